"""The checks before a service starts, without a broker."""

import logging

from shared.base.settings import KafkaSettings
from shared.kafka import preflight
from shared.kafka.cluster import Cluster
from shared.kafka.preflight import _mistakes
from shared.kafka.topics import ARTICLES_CLEAN, ARTICLES_TAGGED, FEEDS

CLUSTER = Cluster(KafkaSettings(kafka_topic_prefix="p."))


def test_every_missing_topic_is_reported_with_the_command_that_creates_it() -> None:
    """Dead-letter topics too: without them the first bad record would stop the stage."""
    mistakes = _mistakes(CLUSTER, {"p.articles.clean.v1": 1}, [ARTICLES_CLEAN, ARTICLES_TAGGED], [])
    missing = ["articles.tagged.v1", "articles.clean.v1.dlq.v1", "articles.tagged.v1.dlq.v1"]
    assert mistakes == [
        f"topic p.{name} is missing: run `summitwire topics create`" for name in missing
    ]


def test_state_must_be_partitioned_like_its_source() -> None:
    """Otherwise a key's state would be on another worker than its records."""
    counts = {"p.articles.clean.v1": 12, "p.articles.clean.v1.dlq.v1": 1, "p.feeds.v1": 6}
    mistakes = _mistakes(CLUSTER, counts, [ARTICLES_CLEAN, FEEDS], [(ARTICLES_CLEAN, FEEDS)])
    expected = (
        "topic feeds.v1 has 6 partitions and its source articles.clean.v1 has 12: "
        "they must be equal; stop every service, give the smaller one 12, "
        "and run `summitwire topics repartition feeds.v1` (docs/operations.md, Partitions)"
    )
    assert mistakes == [expected]


def test_a_cluster_as_the_table_says_is_fine() -> None:
    """There is nothing to report."""
    counts = {"p.articles.clean.v1": 6, "p.articles.clean.v1.dlq.v1": 1, "p.feeds.v1": 6}
    assert _mistakes(CLUSTER, counts, [ARTICLES_CLEAN, FEEDS], [(ARTICLES_CLEAN, FEEDS)]) == []


def test_aiokafka_logs_again_when_overlapping_checks_are_over() -> None:
    """Two checks that end in the order in which they began must not silence it for good."""
    clients = logging.getLogger("aiokafka")
    first, second = preflight._capture_client_errors(), preflight._capture_client_errors()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert not clients.propagate, "the second still captures"
    second.__exit__(None, None, None)
    assert clients.propagate
