"""The result of a run, as a table for people and as JSON for programs. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from tests.faults.chaos.accounting import Account
from tests.faults.chaos.figures import Recovery

SHOWN_NUMBERS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceFigures:
    """The figures of one service with its replicas. Files: the most that one replica had open."""

    exits: Mapping[int, int]
    memory_mb: float | None
    slope_mb_per_min: float | None
    files_start: int | None
    files_end: int | None
    false_green_s: float
    lines_per_min: float
    most_lines_per_min: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All results of a run. ``troubles``: what must not happen, besides losses."""

    seed: int
    seconds: float
    account: Account
    recovery: Mapping[str, Recovery]
    caught_up: Mapping[str, Recovery]
    services: Mapping[str, ServiceFigures]
    troubles: Sequence[str]
    settled: bool

    @property
    def is_good(self) -> bool:
        """Whether nothing was lost, and nothing doubled without a mark."""
        return self.account.is_exact

    def as_json(self) -> dict[str, Any]:
        """Return plain data; the verdict is under ``good``."""
        exits = {name: {str(k): v for k, v in s.exits.items()} for name, s in self.services.items()}
        plain: dict[str, Any] = asdict(self) | {"good": self.is_good}
        for name, codes in exits.items():
            plain["services"][name]["exits"] = codes
        return plain


def table(report: Report) -> str:
    """Return the whole report as text."""
    return "\n".join(
        [*_outcome(report), "", *_recoveries(report), "", *_services(report), "", _verdict(report)]
    )


def _outcome(report: Report) -> Iterator[str]:
    found = report.account
    yield f"seed {report.seed}, {report.seconds:.0f} s under load"
    for name, value in (
        ("articles in", str(found.articles)),
        ("  doubled in articles.raw", _numbers(found.raw_doubled)),
        ("alerts", str(found.alerts)),
        ("  lost", _numbers(found.alerts_lost)),
        ("  duplicated", _numbers(found.alerts_doubled)),
        ("posts accepted", str(found.posts)),
        ("  notifications lost", _numbers(found.posts_lost)),
        ("  repeats, marked", str(len(found.repeats_marked))),
        ("  repeats, unmarked", _numbers(found.repeats_unmarked)),
        ("  marked although first", str(found.first_marked)),
        ("  about nothing that went in", _numbers(found.strays)),
        ("dead letters", ", ".join(f"{n} in {t}" for t, n in found.dead_letters.items()) or "0"),
        ("troubles", ", ".join(report.troubles) or "none"),
        ("settled within the deadline", "yes" if report.settled else "NO"),
    ):
        yield f"{name:<34}{value}"


def _recoveries(report: Report) -> Iterator[str]:
    yield f"{'recovery':<22}{'faults':>8}{'first output s':>22}{'backlog gone s':>22}{'never':>8}"
    yield f"{'':<22}{'':>8}{'median':>12}{'max':>10}{'median':>12}{'max':>10}"
    for kind, first in report.recovery.items():
        rest = report.caught_up[kind]
        cells = (first.median_s, first.max_s, rest.median_s, rest.max_s)
        shown = "".join(f"{_seconds(c):>{w}}" for c, w in zip(cells, (12, 10, 12, 10), strict=True))
        yield f"{kind:<22}{first.times:>8}{shown}{first.never:>8}"


def _services(report: Report) -> Iterator[str]:
    head = ("MB", "MB/min", "files", "false green s", "lines/min", "most/min")
    yield f"{'service':<12}" + "".join(f"{each:>15}" for each in head) + "  exits"
    for name, found in report.services.items():
        cells = (
            "-" if found.memory_mb is None else f"{found.memory_mb:.0f}",
            "-" if found.slope_mb_per_min is None else f"{found.slope_mb_per_min:+.2f}",
            f"{found.files_start or '-'} → {found.files_end or '-'}",
            f"{found.false_green_s:.0f}",
            f"{found.lines_per_min:.0f}",
            f"{found.most_lines_per_min}",
        )
        exits = ", ".join(f"{count} × {code}" for code, count in sorted(found.exits.items()))
        yield f"{name:<12}" + "".join(f"{each:>15}" for each in cells) + f"  {exits or 'none'}"


def _verdict(report: Report) -> str:
    return "nothing lost, nothing doubled unmarked" if report.is_good else "LOST OR DOUBLED"


def _numbers(numbers: Sequence[int]) -> str:
    """Return the count, and the first few of the numbers."""
    more = " …" if len(numbers) > SHOWN_NUMBERS else ""
    first = ", ".join(map(str, numbers[:SHOWN_NUMBERS]))
    return f"{len(numbers)} ({first}{more})" if numbers else "0"


def _seconds(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"
