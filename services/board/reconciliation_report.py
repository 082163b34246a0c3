"""What comes of a comparison of alerts with their outcomes: metrics, log, the board's page."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from services.board.state.deliveries.reconciliation import RuleBalance
from shared.base import metrics
from shared.base.log import get
from shared.messages.ids import content_id
from shared.messages.schemas import Dispatch, Severity

log = get(__name__)

MAX_SERIES: Final = 2_000
"""Rules and destinations with metrics of their own, those with a difference first."""
ROWS: Final = 200
SHOWN_ROWS: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconciliationReport:
    """The last comparison, in Unix ms; 0 before the first.

    ``logged`` are the differences that stand in the log, by rule and destination; ``raised`` those
    of them that are new, or have changed.
    """

    at_ms: int = 0
    balances: tuple[RuleBalance, ...] = ()
    logged: dict[tuple[str, str], int] = field(default_factory=dict)
    raised: tuple[RuleBalance, ...] = ()

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
    lasting = {
        (row.rule, row.destination): row
        for row in balances
        if row.difference and (row.rule, row.destination) in differed
    }
    logged = {key: row.difference for key, row in lasting.items()}
    raised = [row for key, row in lasting.items() if before.logged.get(key) != logged[key]]
    for row in raised:
        _log(row)
    return ReconciliationReport(
        at_ms=now_ms, balances=tuple(balances), logged=logged, raised=tuple(raised)
    )


def _log(row: RuleBalance) -> None:
    log.error(
        "alerts have no outcome and do not wait",
        rule=row.rule,
        destination=row.destination,
        difference=row.difference,
        alerts=row.alerts,
        for_example=list(row.lost),
    )


def build_notice(raised: Sequence[RuleBalance], destination: str) -> Dispatch:
    """Return the dispatch by which operators hear of these differences.

    Its id comes from the alerts that are lost, so that two boards say it once.
    """
    rows = sorted(raised, key=lambda row: (row.rule, row.destination))
    parts = (f"{row.rule} {row.destination} {row.difference} {sorted(row.lost)}" for row in rows)
    shown = [f"{row.difference} of {row.rule} for {row.destination}" for row in rows[:SHOWN_ROWS]]
    more = f" and {len(rows) - SHOWN_ROWS} more rules and destinations" if rows[SHOWN_ROWS:] else ""
    return Dispatch(
        dispatch_id=content_id("reconciliation", destination, *parts),
        destination=destination,
        kind="notice",
        severity=Severity.HIGH,
        reason="alerts have no outcome and do not wait: "
        f"{', '.join(shown)}{more}; look for dead letters of dispatches.v1",
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
