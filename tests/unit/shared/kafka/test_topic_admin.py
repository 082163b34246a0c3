"""How the broker should keep each topic, from the table of topics."""

from shared.base.settings import KafkaSettings
from shared.kafka.cluster import Cluster
from shared.kafka.topic_admin import _normalise, topic_specs
from shared.kafka.topics import TOPICS, dead_letter_sources

CLUSTER = Cluster(KafkaSettings(kafka_topic_prefix="p."))


def test_every_topic_and_every_dead_letter_topic_is_listed_once() -> None:
    """Under the cluster's prefix."""
    names = [topic.name for topic in topic_specs(CLUSTER)]
    assert sorted(names) == sorted(
        ["p." + topic.name for topic in TOPICS]
        + ["p." + topic.dead_letters for topic in dead_letter_sources()],
    )
    assert len(names) == len(set(names))


def test_state_is_kept_for_ever_and_compacted() -> None:
    """Feed states would otherwise be gone after a week.

    Segments are small, or a restore would read what has long been overwritten.
    """
    (feeds,) = (topic for topic in topic_specs(CLUSTER) if topic.name == "p.feeds.v1")
    assert (feeds.configuration["cleanup.policy"], feeds.configuration["retention.ms"]) == (
        "compact",
        "-1",
    )
    assert {
        topic.name for topic in topic_specs(CLUSTER) if "segment.bytes" in topic.configuration
    } == {f"p.{topic.name}" for topic in TOPICS if topic.cleanup != "delete"}


def test_dead_letters_have_room_for_the_largest_record_and_its_error() -> None:
    """Otherwise a large poison record would stop its stage."""
    by_name = {
        topic.name: int(topic.configuration["max.message.bytes"]) for topic in topic_specs(CLUSTER)
    }
    for source in dead_letter_sources():
        assert by_name[f"p.{source.dead_letters}"] >= source.max_message_bytes + 64 * 1024


def test_partitions_can_be_chosen_for_a_small_cluster() -> None:
    """State stays partitioned like its source; dead letters have one partition."""
    for topic in topic_specs(CLUSTER, 3):
        assert topic.partitions == (1 if topic.name.endswith(".dlq.v1") else 3)


def test_the_order_of_policies_is_no_difference() -> None:
    """Brokers return lists in an order of their own."""
    assert _normalise("delete,compact") == _normalise("compact,delete")
    assert _normalise("compact") != _normalise("compact,delete")
    assert _normalise(None) != _normalise("compact")
