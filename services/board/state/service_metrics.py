"""Parses a service's /metrics: lag and outcomes of each of its stages. Pure."""

import re
from dataclasses import dataclass
from typing import Final

from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from shared.base import metrics
from shared.base.outcomes import InvalidMessage

_LAG: Final = next(iter(metrics.LAG.describe())).name
_RECORDS: Final = f"{next(iter(metrics.RECORDS.describe())).name}_total"
_RELOADED: Final = {
    next(iter(gauge.describe())).name: remark
    for gauge, remark in (
        (metrics.RULES_RELOADED, "its rule files are invalid: the last valid rules stay active"),
        (
            metrics.ACTORS_RELOADED,
            "its files of actors and keywords are invalid: the last valid ones stay active",
        ),
        (
            metrics.ROUTES_RELOADED,
            "its file of routes is invalid: the last valid routes stay active",
        ),
    )
}
MAX_STAGES: Final = 12
_DELETED: Final = re.compile(
    rf"^{next(iter(metrics.DELETED_UNREAD.describe())).name}_total"
    r'{partition="([^"]{1,9})",stage="([^"]{1,60})"} ([0-9.e+]{1,20})$',
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StageMetrics:
    """One stage: its lag in records, and its outcomes since the process started."""

    stage: str
    lag: int
    processed: int
    dropped: int
    dead: int


def parse_stage_metrics(text: str) -> tuple[StageMetrics, ...]:
    """Parse the metrics of all stages, sorted by name.

    Raises InvalidMessage if the text is not in Prometheus' format.
    """
    try:
        samples = [
            sample
            for family in text_string_to_metric_families(text)
            for sample in family.samples
            if sample.name in (_LAG, _RECORDS)
        ]
        stages = sorted({sample.labels.get("stage", "") for sample in samples})
        return tuple(
            _reading(stage, [s for s in samples if s.labels.get("stage") == stage])
            for stage in stages[:MAX_STAGES]
            if stage
        )
    except (ValueError, OverflowError, IndexError, KeyError) as error:
        raise InvalidMessage(f"its /metrics cannot be read: {error}"[:200]) from error


def find_warnings(text: str) -> str:
    """Return what an operator should look into, in words; "" if all is well."""
    remarks = [remark for name, remark in _RELOADED.items() if f"\n{name} 0.0\n" in text]
    return "; ".join([*remarks, *map(_deletion, _DELETED.findall(text))])


def _deletion(labels: tuple[str, str, str]) -> str:
    partition, stage, count = labels
    return (
        f"{float(count):.0f} records of partition {partition} were deleted before {stage} read them"
    )


def _reading(stage: str, samples: list[Sample]) -> StageMetrics:
    outcomes = {
        sample.labels.get("outcome"): int(sample.value)
        for sample in samples
        if sample.name == _RECORDS
    }
    return StageMetrics(
        stage=stage[:60],
        lag=sum(int(sample.value) for sample in samples if sample.name == _LAG),
        processed=outcomes.get("done", 0),
        dropped=outcomes.get("dropped", 0),
        dead=outcomes.get("dead", 0),
    )
