"""Names on a cluster, and what an operator is told whose cluster does not answer."""

import pytest
from aiokafka.errors import KafkaConnectionError, KafkaError

from shared.base.settings import KafkaSettings
from shared.kafka.cluster import Cluster

SECRET = "hunter2"


def cluster(**settings: str) -> Cluster:
    return Cluster(KafkaSettings(kafka_bootstrap="kafka:9092", **settings))  # type: ignore[arg-type]


def test_names_carry_the_prefix_and_lose_it_again() -> None:
    """Topics, groups and transactional ids of two installations on one cluster never meet."""
    ours = cluster(kafka_topic_prefix="eu.")
    assert ours.name("alerts.v1") == "eu.alerts.v1"
    assert ours.table_name(ours.name("alerts.v1")) == "alerts.v1"


@pytest.mark.parametrize("error", [KafkaConnectionError("refused"), OSError("no route")])
def test_a_broker_that_does_not_answer_is_one_line_with_a_way_out(error: Exception) -> None:
    """Where we looked, how to start one, which setting."""
    told = str(cluster().unreachable(error))
    assert (
        told
        == "no Kafka broker answers at kafka:9092: start one with `summitwire broker start` or set KAFKA_BOOTSTRAP"
    )


def test_a_refusal_names_the_settings_and_shows_no_secret() -> None:
    """The password stands in the settings, and nowhere else."""
    ours = cluster(
        kafka_security_protocol="SASL_PLAINTEXT",
        kafka_sasl_username="u",
        kafka_sasl_password=SECRET,
    )
    told = str(ours.unreachable(KafkaError("SASL authentication failed")))
    assert "KAFKA_SASL_*" in told
    assert SECRET not in told + repr(ours)
