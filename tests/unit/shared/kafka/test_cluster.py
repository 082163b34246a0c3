"""Names on a cluster, and what an operator reads if it does not answer."""

from typing import Any

import pytest
from aiokafka.errors import KafkaConnectionError, KafkaError

from shared.base.settings import KafkaSettings
from shared.kafka.cluster import Cluster

SECRET = "hunter2"


def cluster(**settings: Any) -> Cluster:
    return Cluster(KafkaSettings(kafka_bootstrap="kafka:9092", **settings))


def test_names_carry_the_prefix_and_lose_it_again() -> None:
    """Topics, groups and transactional ids of two installations on one cluster never meet."""
    eu_cluster = cluster(kafka_topic_prefix="eu.")
    assert eu_cluster.name("alerts.v1") == "eu.alerts.v1"
    assert eu_cluster.table_name(eu_cluster.name("alerts.v1")) == "alerts.v1"


@pytest.mark.parametrize("error", [KafkaConnectionError("refused"), OSError("no route")])
def test_a_broker_that_does_not_answer_is_one_line_with_a_way_out(error: Exception) -> None:
    """It says where we looked, how to start a broker, and which setting to change."""
    message = str(cluster().unreachable(error))
    assert (
        message == "no Kafka broker answers at kafka:9092: "
        "start one with `summitwire broker start` or set KAFKA_BOOTSTRAP"
    )


def test_a_refusal_names_the_settings_and_shows_no_secret() -> None:
    """The password is in the settings and nowhere else."""
    eu_cluster = cluster(
        kafka_security_protocol="SASL_PLAINTEXT",
        kafka_sasl_username="u",
        kafka_sasl_password=SECRET,
    )
    message = str(eu_cluster.unreachable(KafkaError("SASL authentication failed")))
    assert "KAFKA_SASL_*" in message
    assert SECRET not in message + repr(eu_cluster)
