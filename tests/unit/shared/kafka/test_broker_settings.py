"""What `doctor` says about brokers that forget too early."""

from services.console.local.kafka_broker.configuration import BEHAVIOUR
from shared.kafka.broker_settings import mistakes, summary
from shared.kafka.topics import DAY_MS, LONGEST_READ_MS, OFFSETS_RETENTION_MS, TOPICS

LOCAL = {name: str(value) for name, value in BEHAVIOUR.items()}
KAFKA_DEFAULTS = {
    "offsets.retention.minutes": "10080",
    "transactional.id.expiration.ms": str(7 * DAY_MS),
}


def test_offsets_outlive_every_record_that_a_group_may_find() -> None:
    """A topic with a longer retention must raise it too; it is far above 30 days."""
    assert all(
        (topic.retention_ms or 0) < LONGEST_READ_MS < OFFSETS_RETENTION_MS
        for topic in TOPICS
        if topic.cleanup == "delete"
    )
    assert OFFSETS_RETENTION_MS >= 30 * DAY_MS


def test_our_own_brokers_are_in_order() -> None:
    """The local broker's settings, which a contract test compares with docker-compose's."""
    assert mistakes({1: LOCAL}) == []
    assert summary({1: LOCAL}) == "kept for 100 days without a reader"


def test_kafkas_default_of_a_week_is_reported_with_the_correction() -> None:
    """Reported for every broker that has it: a group's offsets are on one of them."""
    first, second = mistakes({2: KAFKA_DEFAULTS, 1: LOCAL, 3: KAFKA_DEFAULTS})
    assert first.startswith(
        "broker 2: offsets.retention.minutes is 10080 (7 days): "
        "a stage that is down for longer reads again"
    )
    assert first.endswith("set it to 144000 on every broker")
    assert second.startswith("broker 3: ")


def test_short_lived_transactional_ids_are_reported_and_hidden_settings_are_not() -> None:
    """A managed cluster may not show its settings."""
    (line,) = mistakes({1: LOCAL | {"transactional.id.expiration.ms": "3600000"}})
    assert "a stage that is idle for longer has to start again" in line
    assert mistakes({1: {}}) == []
    assert summary({1: {}}) == "the brokers do not let us read their settings"
