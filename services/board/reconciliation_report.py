"""What comes of a comparison of alerts with their outcomes: metrics, log, the board's page."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from services.board.state.deliveries.reconciliation import RuleBalance
from shared.base import metrics
from shared.base.log import get

log = get(__name__)

MAX_SERIES: Final = 2_000
"""Rules and destinations with metrics of their own, those with a difference first."""
ROWS: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconciliationReport:
    """The last comparison, in Unix ms; 0 before the first.

    ``logged`` are the differences that stand in the log, by rule and destination.
    """

    at_ms: int = 0
    balances: tuple[RuleBalance, ...] = ()
    logged: dict[tuple[str, str], int] = field(default_factory=dict)

    @property
    def difference(self) -> int:
        """How many alerts are lost."""
        return sum(balance.difference for balance in self.balances)

    @property
    def waiting(self) -> int:
        """How many alerts wait for their outcome."""
        return sum(balance.waiting for balance in self.balances)


def report_balances(
    before: ReconciliationReport, balances: Sequence[RuleBalance], now_ms: int
) -> ReconciliationReport:
    """Set the metrics, and log each difference that was there in the comparison before, too."""
    for gauge, figure in (
        (metrics.RECONCILED_ALERTS, "alerts"),
        (metrics.RECONCILED_WAITING, "waiting"),
        (metrics.RECONCILED_DIFFERENCE, "difference"),
    ):
        gauge.clear()
        for row in balances[:MAX_SERIES]:
            gauge.labels(row.rule, row.destination).set(getattr(row, figure))
    metrics.RECONCILED_AT.set(now_ms / 1000)
    differed = {
        (row.rule, row.destination): row.difference for row in before.balances if row.difference
    }
    logged = dict[tuple[str, str], int]()
    for row in balances:
        key = (row.rule, row.destination)
        if row.difference and key in differed:
            logged[key] = row.difference
            if before.logged.get(key) != row.difference:
                _log(row)
    return ReconciliationReport(at_ms=now_ms, balances=tuple(balances), logged=logged)


def _log(row: RuleBalance) -> None:
    log.error(
        "alerts have no outcome and do not wait",
        rule=row.rule,
        destination=row.destination,
        difference=row.difference,
        alerts=row.alerts,
        for_example=list(row.lost),
    )


def summarise_balances(report: ReconciliationReport, *, forgotten: int = 0) -> dict[str, Any]:
    """Return the comparison as the page shows it.

    ``forgotten`` alerts without an outcome are not compared any more, for lack of room.
    """
    balances = report.balances
    at = datetime.fromtimestamp(report.at_ms / 1000, UTC) if report.at_ms else None
    return {
        "at": at,
        "alerts": sum(row.alerts for row in balances),
        "waiting": report.waiting,
        "difference": report.difference,
        "forgotten": forgotten,
        "rows": balances[:ROWS],
        "more": max(0, len(balances) - ROWS),
    }
