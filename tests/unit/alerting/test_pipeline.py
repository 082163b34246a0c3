"""The table of stages agrees with the table of topics, and the service runs what it lists."""

from itertools import pairwise

from services.alerting.app import SAME_PARTITIONS, STAGE_NAMES
from services.alerting.pipeline import STAGES
from shared.kafka.topics import (
    ALERTS,
    ARTICLES_TAGGED,
    DELIVERIES,
    DISPATCHES,
    HITS,
    RECIPIENTS,
)


def test_each_stage_reads_what_the_one_before_it_writes() -> None:
    """The producer of a stage's source is the stage before it, by the table of topics."""
    for before, after in pairwise(STAGES):
        assert f"alerting/{before.name}" in after.source.producers
        assert f"alerting/{after.name}" in after.source.consumers


def test_each_stage_consumes_its_source() -> None:
    """A stage that the table of topics does not know could not be found by an operator."""
    assert all(f"alerting/{stage.name}" in stage.source.consumers for stage in STAGES)


def test_the_service_runs_the_stages_in_this_order() -> None:
    """``--only`` takes these names, and state has the partitions of what it is the state of."""
    assert STAGE_NAMES == ("match", "count", "deliver")
    assert SAME_PARTITIONS == (
        (ARTICLES_TAGGED, RECIPIENTS),
        (ALERTS, HITS),
        (DISPATCHES, DELIVERIES),
    )
