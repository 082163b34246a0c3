"""The check before a service starts, without a broker: what is told of a cluster's topics."""

import logging

from shared.base.settings import KafkaSettings
from shared.kafka import preflight
from shared.kafka.cluster import Cluster
from shared.kafka.preflight import _mistakes
from shared.kafka.topics import ARTICLES_CLEAN, ARTICLES_TAGGED, FEEDS

OURS = Cluster(KafkaSettings(kafka_topic_prefix="p."))


def test_every_missing_topic_is_told_and_how_to_create_it() -> None:
    """Also the dead letters': without them the first bad record would stop the stage."""
    told = _mistakes(OURS, {"p.articles.clean.v1": 1}, [ARTICLES_CLEAN, ARTICLES_TAGGED], [])
    missing = ["articles.tagged.v1", "articles.clean.v1.dlq.v1", "articles.tagged.v1.dlq.v1"]
    assert told == [
        f"topic p.{name} is missing: run `summitwire topics create`" for name in missing
    ]


def test_state_must_be_partitioned_like_its_source() -> None:
    """Else a key's state would lie on another worker than its records."""
    there = {"p.articles.clean.v1": 12, "p.articles.clean.v1.dlq.v1": 1, "p.feeds.v1": 6}
    told = _mistakes(OURS, there, [ARTICLES_CLEAN, FEEDS], [(ARTICLES_CLEAN, FEEDS)])
    expected = (
        "topic feeds.v1 has 6 partitions and its source articles.clean.v1 has 12: they must be equal; stop every service, give the smaller "
        "one 12, and run `summitwire topics repartition feeds.v1` (docs/operations.md, Partitions)"
    )
    assert told == [expected]


def test_a_cluster_as_the_table_says_is_fine() -> None:
    """Nothing to tell."""
    there = {"p.articles.clean.v1": 6, "p.articles.clean.v1.dlq.v1": 1, "p.feeds.v1": 6}
    assert _mistakes(OURS, there, [ARTICLES_CLEAN, FEEDS], [(ARTICLES_CLEAN, FEEDS)]) == []


def test_aiokafka_is_heard_again_when_overlapping_checks_are_over() -> None:
    """Two checks that end in the order in which they began must not leave its errors unheard for good."""
    clients = logging.getLogger("aiokafka")
    first, second = preflight._capture_client_errors(), preflight._capture_client_errors()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert not clients.propagate, "the second still listens"
    second.__exit__(None, None, None)
    assert clients.propagate
