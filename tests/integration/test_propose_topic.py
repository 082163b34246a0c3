"""``actors propose --from-topic`` reads each article of articles.clean once, and skips the rest."""

import orjson

from shared.kafka.cluster import Cluster
from shared.kafka.topics import ARTICLES_CLEAN
from shared.messages.codec import encode
from tests.cli import run_forked_async
from tests.e2e.system import wire_article
from tests.kafka_tools import produce
from tests.stage_tools import create_stage_topics


async def test_proposals_come_from_the_retained_topic(cluster: Cluster) -> None:
    """Two articles, one of them written twice, and a record that is not an article."""
    await create_stage_topics(cluster)
    bodies = {"a": "Envoy Ada Novelty said so.", "b": "Ada Novelty, 45, left."}
    values = [encode(wire_article(id_, "", body)) for id_, body in bodies.items()]
    await produce(
        cluster, ARTICLES_CLEAN.name, [(b"k", value) for value in (*values, values[0], b"rubbish")]
    )
    environment = {
        "KAFKA_BOOTSTRAP": cluster.settings.kafka_bootstrap,
        "KAFKA_TOPIC_PREFIX": cluster.settings.kafka_topic_prefix,
    }
    ended = await run_forked_async(
        "actors", "propose", "--from-topic", "--since", "1d", "--json", environment=environment
    )
    (proposal,) = map(orjson.loads, ended.lines)
    assert (proposal["name"], proposal["articles"], proposal["signs"]) == (
        "Ada Novelty",
        2,
        {"a title": 1, "speaks": 1, "an age": 1},
    )
    assert "1 record skipped: no articles" in ended.err
