"""A running alerting process takes new routes by file, and silences by the command."""

from collections import Counter
from functools import partial
from pathlib import Path

from services.console.fake_slack.server import FakeSlack
from services.console.local.supervisor import ProgramSpec
from shared.kafka import topic_admin
from shared.kafka.cluster import Cluster
from shared.kafka.topics import ARTICLES_TAGGED, NOTIFICATIONS
from shared.messages.codec import decode, encode
from shared.messages.schemas import Notification, TaggedArticle
from tests.builders import invent_words
from tests.cli import run_forked_async
from tests.e2e.system import running, wire_article
from tests.kafka_tools import consume, produce
from tests.stage_tools import eventually

wait = partial(eventually, deadline_s=60.0)
RULES = (
    "- {id: summit, title: T, severity: high, when: 'summit', owner: asia, notify: [slack:own]}\n"
)
ROUTES = """\
receivers:
  - {name: desk, notify: [slack:%s]}
route:
  routes:
    - {matchers: [owner=asia, severity>=high], receiver: desk}
"""
RELOADED = "summitwire_routes_last_reload_successful"


async def send_article(cluster: Cluster, number: int) -> None:
    """Send an article on which the rule fires, about something else each time."""
    words = invent_words(number)
    clean = wire_article(f"{number:032x}", " ".join(words[:5]), f"{' '.join(words[5:])} summit.")
    tagged = TaggedArticle(article=clean, tagger_revision="t")
    await produce(cluster, ARTICLES_TAGGED.name, [(clean.article_id.encode(), encode(tagged))])


async def test_routes_and_silences_of_a_running_process(cluster: Cluster, tmp_path: Path) -> None:
    """A bad file changes nothing; a good one counts for the next article; a silence closes it."""
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "a.yaml").write_text(RULES, "utf-8")
    file = tmp_path / "routes.yaml"
    file.write_text(ROUTES % "first", "utf-8")
    await topic_admin.create(cluster)
    async with FakeSlack(port=0) as sink:
        addresses = [f"{name}: {sink.url(name)}" for name in ("own", "first", "second")]
        environment = {
            "RULES_DIR": str(tmp_path / "rules"),
            "ROUTES_FILE": str(file),
            "SLACK_WEBHOOKS": "\n".join(addresses),
            "DELIVERY_ALLOW": "127.0.0.1",
        }
        program = ProgramSpec("alerting", ["run", "alerting"], environment)
        async with running(cluster, [program]) as system:
            await system.ready()
            await send_article(cluster, 1)
            await wait(lambda: len(sink.posts) == 2, "the rule's destination and the receiver")
            assert Counter(sink.requests) == {"own": 1, "first": 1}

            async def is_reloaded(value: float) -> bool:
                return await system.metric("alerting", RELOADED) == value

            file.write_text("route: {reciever: desk}\n", "utf-8")
            await wait(lambda: is_reloaded(0), "the bad file is refused")
            await system.wait_for_line("routes not reloaded", "routes.yaml:1:", "receiver?")
            file.write_text(ROUTES % "second", "utf-8")
            await wait(lambda: is_reloaded(1), "the good file is used")
            await send_article(cluster, 2)
            await wait(lambda: len(sink.posts) == 4, "the new receiver")
            assert Counter(sink.requests) == {"own": 2, "first": 1, "second": 1}

            settings = {
                "KAFKA_BOOTSTRAP": cluster.settings.kafka_bootstrap,
                "KAFKA_TOPIC_PREFIX": cluster.settings.kafka_topic_prefix,
            }
            added = await run_forked_async(
                "silence", "add", "rule=summit", "-c", "live page", environment=settings
            )
            assert added.code == 0, added.err

            async def has_silence() -> bool:
                return await system.metric("alerting", "summitwire_silences") == 1

            await wait(has_silence, "the process knows the silence")
            await send_article(cluster, 3)

            async def are_silenced() -> bool:
                records = await consume(cluster, NOTIFICATIONS.name)
                facts = [decode(record.value, Notification) for record in records]
                return [str(fact.outcome) for fact in facts].count("silenced") == 2

            await wait(are_silenced, "both destinations are not told")
    assert len(sink.posts) == 4
