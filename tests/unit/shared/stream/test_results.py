"""From outcomes to writes, and each outcome counted once."""

from enum import StrEnum
from types import SimpleNamespace
from typing import Any

import pytest
from prometheus_client import REGISTRY

from shared.base.outcomes import Drop
from shared.base.settings import KafkaSettings
from shared.kafka.cluster import Cluster
from shared.kafka.topics import ARTICLES_CLEAN, ARTICLES_RAW
from shared.stream.output import Output
from shared.stream.results import Results
from shared.stream.work import DeadLettered, Processed, Retry


class Why(StrEnum):
    DULL = "dull"


NOW = 1_700_000_000_000


def results(stage: str = "cleaner", checkpoint: str | None = "t-cleaned") -> Results:
    return Results(
        Cluster(KafkaSettings(kafka_topic_prefix="p.")),
        stage=stage,
        source=ARTICLES_RAW,
        checkpoint=checkpoint,
    )


def record(*headers: tuple[str, bytes]) -> Any:
    return SimpleNamespace(key=b"k", value=b"v", headers=headers, partition=2, offset=9)


def count_of(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


DONE = Processed(
    [Output(ARTICLES_CLEAN.name, b"a", b"{}"), Output(ARTICLES_CLEAN.name, b"b", b"[]")]
)


def test_outputs_keep_their_order_and_carry_the_records_headers() -> None:
    """The cluster's prefix, the key, the bytes, the message type, and this checkpoint's time."""
    first, second = results().writes([record(("t-fetched", b"5"))], [DONE], NOW)
    assert (first.topic, first.key, first.value, first.partition) == (
        "p.articles.clean.v1",
        b"a",
        b"{}",
        None,
    )
    assert second.value == b"[]"
    headers = dict(first.headers)
    assert (
        headers["ce_type"],
        headers["ce_source"],
        headers["t-fetched"],
        headers["t-cleaned"],
    ) == (
        b"CleanArticle.v1",
        b"cleaner",
        b"5",
        b"%d" % NOW,
    )


def test_a_drop_writes_nothing_and_a_dead_record_its_letter() -> None:
    """In the order of the records."""
    letters = results().writes(
        [record(), record()], [Drop(Why.DULL), DeadLettered("E", "why")], NOW
    )
    assert [(write.topic, write.value) for write in letters] == [("p.articles.raw.v1.dlq.v1", b"v")]


def test_an_unfinished_record_never_reaches_a_commit() -> None:
    """It would be lost, because its offset is committed with the others."""
    with pytest.raises(AssertionError):
        results().writes([record()], [Retry("x")], NOW)


def test_every_outcome_is_counted_once_with_its_reason() -> None:
    """records_total adds up to the records of the batch."""
    results("counting").count([DONE, DONE, Drop(Why.DULL), DeadLettered("E", "why")])
    outcomes = [
        count_of("summitwire_stage_records_total", stage="counting", outcome=name)
        for name in ("done", "dropped", "dead")
    ]
    assert outcomes == [2, 1, 1]
    assert count_of("summitwire_stage_drops_total", stage="counting", reason="dull") == 1
    assert count_of("summitwire_stage_dead_letters_total", stage="counting", error="E") == 1


def test_a_hop_is_measured_for_live_articles_only() -> None:
    """A replay's times are from another day and would distort the histogram."""
    before = count_of("summitwire_hop_seconds_count", hop="cleaned")
    builder = results()
    builder.writes([record(("t-fetched", b"%d" % (NOW - 30)))], [DONE], NOW)
    builder.writes([record(("t-fetched", b"%d" % (NOW - 30)), ("replay-id", b"r"))], [DONE], NOW)
    builder.writes([record()], [DONE], NOW)
    assert count_of("summitwire_hop_seconds_count", hop="cleaned") == before + 1


def test_a_stage_without_a_checkpoint_measures_no_hop() -> None:
    """Notify and deliver are no stations of the ledger."""
    (write, _) = results(checkpoint=None).writes([record(("t-fetched", b"5"))], [DONE], NOW)
    assert "t-cleaned" not in dict(write.headers)
