"""Rules reload while running: replicas take complete sets from rules.v1, also after a restart."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from services.alerting.rollout.changelog import build_rule_set, rule_set_revision
from services.alerting.rollout.folder import RulesFolder
from services.alerting.rollout.reload_rules import FILES, ActiveRules
from services.alerting.rollout.topic import PUBLISHER, RulesTopic
from services.tagger.data.gazetteer import load_gazetteer
from shared.base import metrics
from shared.base.project import project_root
from shared.files.yaml_document import DocumentError
from shared.kafka.cluster import Cluster
from shared.kafka.topics import ARTICLES_TAGGED, RULES
from shared.messages.codec import decode, encode
from shared.messages.schemas import RuleSetChange, TaggedArticle
from tests.cli import run_forked_async
from tests.kafka_tools import consume, produce
from tests.stage_tools import create_stage_topics, eventually
from tests.unit.board.board_samples import a_tagged

SEEDS = project_root() / "seeds"


def rule(rule_id: str, when: str = "trump") -> str:
    return f"- {{id: {rule_id}, title: T, severity: low, when: '{when}'}}\n"


def replica(cluster: Cluster, folder: Path, by: str = "somebody") -> ActiveRules:
    """Return one process's rules, with its files loaded."""
    replica_rules = ActiveRules(RulesTopic(cluster), RulesFolder(folder, lambda: None), by=by)
    replica_rules.load_files()
    return replica_rules


@asynccontextmanager
async def running(*replicas: ActiveRules) -> AsyncIterator[None]:
    """Run replicas that follow topic and folder until the block ends."""
    for each in replicas:
        await each.prepare()
        await each.start()
    tasks = [asyncio.create_task(each.run()) for each in replicas]
    try:
        yield
    finally:
        for each in replicas:
            await each.stop()
        async with asyncio.timeout(15):
            await asyncio.gather(*tasks)


def in_force(rules: ActiveRules) -> dict[str, str]:
    return {each.rule.rule_id: each.rule.when for each in rules.current.rules}


async def changes(cluster: Cluster) -> list[RuleSetChange]:
    """Return every change that the topic holds, in order."""
    return [
        decode(record.value, RuleSetChange)
        for record in await consume(cluster, RULES.name)
        if record.key.startswith(b"#") and record.value
    ]


def ignore_what_aiokafka_leaves_unread() -> None:
    """Keep asyncio from logging a future of aiokafka that nobody awaits.

    A fenced producer's batch keeps it (_drain_waiter), and asyncio would log its trace whenever it
    is collected.
    """
    asyncio.get_running_loop().set_exception_handler(lambda _loop, _context: None)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "one.yaml").write_text(rule("kept") + rule("gone"), "utf-8")
    return tmp_path / "rules"


async def test_replicas_switch_together_when_a_file_changes(cluster: Cluster, folder: Path) -> None:
    """Both see the file, and one change is recorded.

    It says who, when, and what was added, changed and removed.
    """
    await create_stage_topics(cluster)
    one, two = replica(cluster, folder, "one"), replica(cluster, folder, "two")
    async with running(one, two):
        assert in_force(one) == in_force(two) == {"gone": "trump", "kept": "trump"}
        (folder / "one.yaml").write_text(rule("kept", "kim") + rule("new"), "utf-8")
        wanted = {"kept": "kim", "new": "trump"}
        await eventually(
            lambda: in_force(one) == in_force(two) == wanted, "both replicas have the new set"
        )
    first, second = await changes(cluster)
    assert (first.number, first.previous, first.added, first.changed_by) == (
        1,
        "",
        ("gone", "kept"),
        "one",
    )
    assert (second.number, second.previous, second.rules) == (2, first.revision, 2)
    assert (second.added, second.changed, second.removed) == (("new",), ("kept",), ("gone",))
    assert second.changed_by in ("one", "two")
    assert second.changed_at > first.changed_at
    assert {each.rule.revision for each in one.current.rules} == {
        each.rule.revision for each in two.current.rules
    }


async def test_a_replica_without_the_new_file_switches_too(
    cluster: Cluster, folder: Path, tmp_path: Path
) -> None:
    """Its folder lags behind: it takes the set from the topic and does not publish the old one."""
    await create_stage_topics(cluster)
    lagging = tmp_path / "lagging"
    lagging.mkdir()
    (lagging / "one.yaml").write_text((folder / "one.yaml").read_text("utf-8"), "utf-8")
    one, two = replica(cluster, folder), replica(cluster, lagging)
    async with running(one, two):
        (folder / "one.yaml").write_text(rule("kept", "kim"), "utf-8")
        await eventually(
            lambda: in_force(two) == {"kept": "kim"}, "the lagging replica follows the topic"
        )
        (lagging / "one.yaml").write_text(rule("kept", "kim"), "utf-8")
        await eventually(
            lambda: not two._folder.has_changed(0) and two._loading is None, "it has read its file"
        )
    assert [change.number for change in await changes(cluster)] == [1, 2]


async def test_a_replica_that_comes_late_with_an_old_change_does_not_put_it_back(
    cluster: Cluster, folder: Path, tmp_path: Path
) -> None:
    """It saw the first of two changes and waited; in the meantime the second was published."""
    await create_stage_topics(cluster)
    lagging = tmp_path / "lagging"
    lagging.mkdir()
    (lagging / "one.yaml").write_text((folder / "one.yaml").read_text("utf-8"), "utf-8")
    one, two = replica(cluster, folder), replica(cluster, lagging)
    two.is_leader = lambda: False
    async with running(one, two):
        for path in (lagging, folder):
            (path / "one.yaml").write_text(rule("kept", "kim"), "utf-8")
        await eventually(
            lambda: two._publication is not None, "the lagging replica waits for its turn"
        )
        await eventually(
            lambda: in_force(two) == {"kept": "kim"}, "the other one publishes the change"
        )
        (folder / "one.yaml").write_text(rule("kept", "moon"), "utf-8")
        await eventually(lambda: in_force(two) == {"kept": "moon"}, "and the next one")
        await eventually(lambda: two._publication is None, "its turn has come and gone")
    assert [change.number for change in await changes(cluster)] == [1, 2, 3]


async def test_a_bad_file_keeps_the_last_good_set(cluster: Cluster, folder: Path) -> None:
    """The log says why, and the gauge is 0 until the file is corrected."""
    await create_stage_topics(cluster)
    async with running(rules := replica(cluster, folder)):
        assert metrics.RULES_RELOADED._value.get() == 1
        (folder / "bad.yaml").write_text(rule("half", "trump AND") + rule("other", "a b"), "utf-8")
        await eventually(lambda: FILES in rules.reloads.mistakes, "the mistakes are found")
        assert [(problem.rule, problem.line) for problem in rules.reloads.mistakes[FILES]] == [
            ("half", 1),
            ("other", 2),
        ]
        assert metrics.RULES_RELOADED._value.get() == 0
        assert in_force(rules) == {"gone": "trump", "kept": "trump"}
        (folder / "bad.yaml").write_text(rule("half", "trump AND kim"), "utf-8")
        await eventually(lambda: "half" in in_force(rules), "the mended file counts")
        assert metrics.RULES_RELOADED._value.get() == 1


async def test_a_restart_stands_where_it_stood(cluster: Cluster, folder: Path) -> None:
    """With bad files it has the last valid set.

    With unchanged files it has the same change, and writes nothing.
    """
    await create_stage_topics(cluster)
    async with running(replica(cluster, folder)):
        pass
    async with running(again := replica(cluster, folder)):
        assert in_force(again) == {"gone": "trump", "kept": "trump"}
    (folder / "one.yaml").write_text("- {id: kept", "utf-8")
    async with running(again := replica(cluster, folder)):
        assert in_force(again) == {"gone": "trump", "kept": "trump"}
        assert again.reloads.mistakes[FILES]
    assert [change.number for change in await changes(cluster)] == [1]


async def test_files_that_changed_while_nobody_ran_count_at_the_start(
    cluster: Cluster, folder: Path
) -> None:
    """Files that are edited before a start count, also if the edit undoes an earlier one."""
    await create_stage_topics(cluster)
    before = (folder / "one.yaml").read_text("utf-8")
    for text in (before, rule("kept", "kim"), before):
        (folder / "one.yaml").write_text(text, "utf-8")
        async with running(replica(cluster, folder)):
            pass
    one, two, three = await changes(cluster)
    assert one.revision == three.revision != two.revision


async def test_bad_files_and_an_empty_topic_refuse_the_start(
    cluster: Cluster, folder: Path
) -> None:
    """There is no valid set: every mistake is reported."""
    await create_stage_topics(cluster)
    (folder / "one.yaml").write_text(rule("half", "trump AND") + rule("other", "a b"), "utf-8")
    with pytest.raises(DocumentError) as refused:
        await replica(cluster, folder).prepare()
    assert len(refused.value.problems) == 2


async def test_a_publisher_killed_in_the_middle_leaves_no_half_set(
    cluster: Cluster, folder: Path
) -> None:
    """What it wrote is never read.

    The next one continues at once, without waiting for the transaction to time out.
    """
    ignore_what_aiokafka_leaves_unread()
    await create_stage_topics(cluster)
    async with running(rules := replica(cluster, folder)):
        dying = cluster.transactional_producer(PUBLISHER)
        await dying.start()
        await dying.begin_transaction()
        await dying.send_and_wait(
            cluster.name(RULES.name), b'{"half": "a set"}', key=b"kept", partition=0
        )
        async with asyncio.timeout(8):
            assert in_force(rules) == {"gone": "trump", "kept": "trump"}
            (folder / "one.yaml").write_text(rule("kept", "kim"), "utf-8")
            await eventually(
                lambda: in_force(rules) == {"kept": "kim"}, "the next change gets through"
            )
        await dying.stop()
    assert rules.reloads.mistakes == {}


async def test_publishers_at_the_same_time_make_one_change_each_at_most(
    cluster: Cluster, folder: Path
) -> None:
    """Eight replicas start at once with the same files: one change, and all have it."""
    ignore_what_aiokafka_leaves_unread()
    await create_stage_topics(cluster)
    replicas = [replica(cluster, folder) for _ in range(8)]
    async with asyncio.timeout(60):
        await asyncio.gather(*(each.prepare() for each in replicas))
    assert len(await changes(cluster)) == 1
    assert all(in_force(each) == {"gone": "trump", "kept": "trump"} for each in replicas)


async def test_records_that_are_no_set_change_nothing_and_the_next_change_mends_them(
    cluster: Cluster, folder: Path
) -> None:
    """If a stranger writes to the topic, the last valid set stays and the gauge is 0.

    A reload restores the set of the files.
    """
    await create_stage_topics(cluster)
    async with running(rules := replica(cluster, folder)):
        await produce(cluster, RULES.name, [(b"kept", b"rubbish")], partition=0)
        await eventually(
            lambda: RULES.name in rules.reloads.mistakes, "the foreign record is noticed"
        )
        assert in_force(rules) == {"gone": "trump", "kept": "trump"}
        rules.reload()
        await eventually(lambda: rules.reloads.mistakes == {}, "a reload mends the topic")
    assert in_force(rules) == {"gone": "trump", "kept": "trump"}


async def test_what_the_topic_gives_is_what_the_files_gave(cluster: Cluster, folder: Path) -> None:
    """The set's revision and each rule's tree survive the topic."""
    await create_stage_topics(cluster)
    (folder / "one.yaml").write_text(
        rule("kept", "(NOT golf) AND trump W/5 kim*") + rule("gone", "exact(US) OR lead(summit)"),
        "utf-8",
    )
    async with running(rules := replica(cluster, folder)):
        pass
    topic = RulesTopic(cluster)
    await topic.open()
    await topic.poll_to_end()
    await topic.close()
    assert [each.tree for each in build_rule_set(topic.log.rules.values()).rules] == [
        each.tree for each in rules.current.rules
    ]
    assert rule_set_revision(topic.log.rules.values()) == (await changes(cluster))[-1].revision


async def test_doctor_says_which_rules_are_in_force(cluster: Cluster, folder: Path) -> None:
    """There are none yet, those of the files, or others; an incomplete set is a mistake."""
    await create_stage_topics(cluster)
    assert (await doctor(cluster, folder)) == (
        True,
        "none yet: alerting puts those of its files there when it starts",
    )
    async with running(replica(cluster, folder, "desk")):
        pass
    ok, told = await doctor(cluster, folder)
    assert ok
    assert re.fullmatch(
        r"2 since change 1, by desk at \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC, as in .*/rules", told
    )
    (folder / "one.yaml").write_text(rule("kept"), "utf-8")
    assert "other than in" in (await doctor(cluster, folder))[1]
    await produce(cluster, RULES.name, [(b"kept", b"rubbish")], partition=0)
    ok, told = await doctor(cluster, folder)
    assert not ok
    assert "its record kept cannot be read" in told


async def test_doctor_says_which_actors_are_in_force(cluster: Cluster, folder: Path) -> None:
    """There are none yet, those of the files, or others; of several records the last one counts."""
    await create_stage_topics(cluster, partitions=3)
    assert (await doctor(cluster, folder, "actors in force")) == (True, "nothing was tagged yet")
    ours = load_gazetteer(SEEDS / "actors", SEEDS / "keywords").revision
    for revision, said in ((ours, ", as in"), ("f" * 32, ", other than in")):
        await produce(cluster, ARTICLES_TAGGED.name, [(b"k", tagged_article(revision))])
        ok, told = await doctor(cluster, folder, "actors in force")
        assert ok
        assert told.startswith(f"revision {revision[:12]} when it last tagged, at ")
        assert said in told


def tagged_article(revision: str) -> bytes:
    return encode(replace(decode(a_tagged(), TaggedArticle), tagger_revision=revision))


async def doctor(cluster: Cluster, folder: Path, what: str = "rules in force") -> tuple[bool, str]:
    """Return what the command says about one item."""
    told = {
        "KAFKA_BOOTSTRAP": cluster.settings.kafka_bootstrap,
        "KAFKA_TOPIC_PREFIX": cluster.settings.kafka_topic_prefix,
        "RULES_DIR": str(folder),
    }
    ended = await run_forked_async("doctor", "--json", environment=told)
    (found,) = (each for each in map(orjson.loads, ended.lines) if each["what"] == what)
    return found["ok"], found["told"]
