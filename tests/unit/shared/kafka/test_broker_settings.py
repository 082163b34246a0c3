"""What doctor says of brokers that forget too early."""

from services.console.local.kafka_broker.configuration import BEHAVIOUR
from shared.kafka.broker_settings import mistakes, summary
from shared.kafka.topics import DAY_MS, LONGEST_READ_MS, OFFSETS_RETENTION_MS, TOPICS

OURS = {name: str(value) for name, value in BEHAVIOUR.items()}
KAFKAS_OWN = {
    "offsets.retention.minutes": "10080",
    "transactional.id.expiration.ms": str(7 * DAY_MS),
}


def test_offsets_outlive_every_record_that_a_group_may_find() -> None:
    """Whoever raises a topic's retention raises this with it; the issue's 30 days are kept by far."""
    assert all(
        (topic.retention_ms or 0) < LONGEST_READ_MS < OFFSETS_RETENTION_MS
        for topic in TOPICS
        if topic.cleanup == "delete"
    )
    assert OFFSETS_RETENTION_MS >= 30 * DAY_MS


def test_our_own_brokers_are_in_order() -> None:
    """The local broker, and with it compose's, which a contract test holds equal."""
    assert mistakes({1: OURS}) == []
    assert summary({1: OURS}) == "kept for 100 days without a reader"


def test_kafka_s_own_week_is_a_mistake_with_a_way_to_mend_it() -> None:
    """Of every broker that has it: a group's offsets lie on one of them."""
    first, second = mistakes({2: KAFKAS_OWN, 1: OURS, 3: KAFKAS_OWN})
    assert first.startswith(
        "broker 2: offsets.retention.minutes is 10080 (7 days): a stage that is down for longer reads again"
    )
    assert first.endswith("set it to 144000 on every broker")
    assert second.startswith("broker 3: ")


def test_short_lived_transactional_ids_are_told_and_hidden_settings_are_no_mistake() -> None:
    """A managed cluster may keep its settings to itself."""
    (line,) = mistakes({1: OURS | {"transactional.id.expiration.ms": "3600000"}})
    assert "a stage that is idle for longer has to start again" in line
    assert mistakes({1: {}}) == []
    assert summary({1: {}}) == "the brokers do not let us read their settings"
