"""What comes of a comparison: metrics, and an error once a difference lasts."""

from collections.abc import MutableMapping
from typing import Any

import pytest
from structlog.testing import capture_logs

from services.board.reconciliation_report import (
    ReconciliationReport,
    build_notice,
    report_balances,
    summarise_balances,
)
from services.board.state.deliveries.reconciliation import RuleBalance
from shared.base import metrics

NOW_MS = 1_700_000_000_000


def a_balance(rule: str = "summit", difference: int = 0, **changes: Any) -> RuleBalance:
    sample: dict[str, Any] = {
        "rule": rule,
        "destination": "slack:newsroom",
        "alerts": 5 + difference,
        "outcomes": {"notified": 4},
        "waiting": 1,
        "difference": difference,
        "lost": tuple(f"alert-{number}" for number in range(difference)),
    }
    return RuleBalance(**(sample | changes))


def report(
    *rounds: list[RuleBalance],
) -> tuple[ReconciliationReport, list[MutableMapping[str, Any]]]:
    last = ReconciliationReport()
    with capture_logs() as logs:
        for balances in rounds:
            last = report_balances(last, balances, NOW_MS)
    return last, [entry for entry in logs if entry["log_level"] == "error"]


@pytest.mark.parametrize(
    ("differences", "logged"),
    [
        ([1], []),
        ([1, 0, 1], []),
        ([1, 1], [1]),
        ([1, 1, 1, 1], [1]),
        ([1, 1, 2], [1, 2]),
        ([2, 1, 1, 0, 3, 3], [1, 3]),
    ],
)
def test_a_difference_that_lasts_is_an_error_once(
    differences: list[int], logged: list[int]
) -> None:
    """One comparison may be unlucky; the same each minute is one line, not a flood."""
    _, errors = report(*([a_balance(difference=each)] for each in differences))
    assert [error["difference"] for error in errors] == logged


def test_the_error_names_rule_destination_and_examples() -> None:
    """So that somebody can look for them."""
    _, (error,) = report([a_balance(difference=2)], [a_balance(difference=2)])
    assert (error["rule"], error["destination"]) == ("summit", "slack:newsroom")
    assert error["for_example"] == ["alert-0", "alert-1"]


@pytest.mark.parametrize(
    ("differences", "raised"), [([1], []), ([1, 1], [1]), ([1, 1, 1], []), ([1, 1, 2], [2])]
)
def test_what_is_logged_is_raised_once(differences: list[int], raised: list[int]) -> None:
    """The operators' destination hears of it in the same comparison."""
    last, _ = report(*([a_balance(difference=each)] for each in differences))
    assert [row.difference for row in last.raised] == raised


def test_the_notice_names_rules_and_is_the_same_on_every_board() -> None:
    """Its id comes from the alerts that are lost; of many rules five are named."""
    rows = [a_balance(f"rule-{number}", difference=number + 1) for number in range(8)]
    notice = build_notice(rows, "slack:ops")
    assert (notice.destination, notice.kind) == ("slack:ops", "notice")
    assert "1 of rule-0 for slack:newsroom, 2 of rule-1 for" in notice.reason
    assert "and 3 more rules and destinations" in notice.reason
    assert build_notice(rows[::-1], "slack:ops") == notice
    assert build_notice(rows[1:], "slack:ops").dispatch_id != notice.dispatch_id


def test_the_metrics_are_those_of_the_last_comparison() -> None:
    """A rule that is gone has no series."""
    report([a_balance("old", 1)], [a_balance("new", 2)])
    collected = {
        sample.labels["rule"]: sample.value
        for family in metrics.RECONCILED_DIFFERENCE.collect()
        for sample in family.samples
    }
    assert collected == {"new": 2.0}


def test_the_page_gets_the_sums() -> None:
    """And no time before the first comparison."""
    assert summarise_balances(ReconciliationReport())["at"] is None
    last, _ = report([a_balance("a", 1), a_balance("b")])
    summary = summarise_balances(last, forgotten=7)
    assert summary["forgotten"] == 7
    assert (summary["alerts"], summary["waiting"], summary["difference"]) == (11, 2, 1)
