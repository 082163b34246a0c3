"""``escalate`` in routes.yaml: what it means, what alerts carry, and every mistake in it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from services.alerting.match.recipients import add_recipients
from services.alerting.routes.parse_routes import find_route_problems, load_routes
from services.alerting.routes.routes import find_route, route_alert
from services.console.routes.trace import as_json, as_text, trace_alert
from shared.messages.schemas import Alert, Escalation, Severity
from tests.builders import build_clean_article

GOOD = """\
receivers:
  - {name: desk, notify: [slack:desk]}
  - {name: chief, notify: [slack:chief, "webhook:pager"]}
route:
  escalate: {after: 1h, to: chief}
  routes:
    - matchers: [severity>=high]
      receiver: desk
      escalate: {after: 10m, to: chief, from: critical}
    - matchers: [severity=medium]
      receiver: desk
    - matchers: [severity=low]
"""


def load(folder: Path, text: str) -> Path:
    path = folder / "routes.yaml"
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize(
    ("severity", "destination", "after_s"),
    [
        (Severity.CRITICAL, "slack:desk", 600),
        (Severity.HIGH, "slack:desk", None),
        (Severity.MEDIUM, "slack:desk", 3_600),
        (Severity.LOW, "slack:newsroom", 3_600),
        (Severity.CRITICAL, "slack:newsroom", None),
    ],
)
def test_an_alert_carries_who_is_told_next(
    tmp_path: Path,
    make_alert: Callable[..., Alert],
    severity: Severity,
    destination: str,
    after_s: int | None,
) -> None:
    """From its route or the one above, from a severity on, at that route's destinations only."""
    path = load(tmp_path, GOOD)
    assert find_route_problems(path) == ()
    alert = route_alert(make_alert(severity=severity), load_routes(path))
    route = find_route(alert, destination)
    chief = ("slack:chief", "webhook:pager")
    expected = (
        Escalation(after_s=after_s, receiver="chief", destinations=chief) if after_s else None
    )
    assert (route.escalation if route else None) == expected
    assert "slack:chief" not in alert.destinations


def test_routes_test_shows_it(tmp_path: Path, make_alert: Callable[..., Alert]) -> None:
    """For people and for programs."""
    trace = trace_alert(make_alert(severity=Severity.CRITICAL), load_routes(load(tmp_path, GOOD)))
    assert "→ slack:desk: after 600 s to chief (slack:chief, webhook:pager)" in as_text(trace)
    assert '"escalation":{"after_s":600,"receiver":"chief"' in as_json(trace)


def test_every_mistake_is_reported_at_once(tmp_path: Path) -> None:
    """Each at its place, with what to write."""
    path = load(
        tmp_path,
        """\
receivers:
  - {name: desk, notify: [slack:desk]}
  - {name: chief, notify: [slack:chief]}
route:
  routes:
    - {receiver: desk, continue: true, escalate: {after: 10m}}
    - {receiver: desk, continue: true, escalate: {to: chief}}
    - {receiver: desk, continue: true, escalate: {after: soon, to: cheif, from: urgent}}
    - {receiver: desk, continue: true, escalate: {after: 0s, to: chief}}
    - {receiver: desk, continue: true, escalate: {after: 40d, to: chief}}
    - {receiver: desk, continue: true, escalate: {after: 10m, to: desk}}
    - {receiver: desk, continue: true, escalate: {afer: 10m, to: chief}}
    - {receiver: desk, escalate: chief}
""",
    )
    problems = {(each.line, each.code) for each in find_route_problems(path)}
    assert problems == {
        (6, "missing-field"),
        (7, "missing-field"),
        (8, "bad-duration"),
        (8, "unknown-name"),
        (8, "bad-severity"),
        (9, "bad-duration"),
        (10, "bad-duration"),
        (11, "bad-escalation"),
        (12, "unknown-field"),
        (12, "missing-field"),
        (13, "wrong-type"),
    }
    suggestions = " ".join(each.suggestion or "" for each in find_route_problems(path))
    assert "chief" in suggestions


def test_corrections_reach_who_was_told_by_an_escalation(
    tmp_path: Path, make_alert: Callable[..., Alert]
) -> None:
    """Match sends them there, and deliver knows whether it was told."""
    routes = load_routes(load(tmp_path, GOOD))
    alert = route_alert(make_alert(severity=Severity.CRITICAL), routes)
    recipients = add_recipients(None, build_clean_article(body="It is so."), [alert])
    assert recipients is not None
    assert {each.destination: each.counted for each in recipients.recipients} == {
        "slack:newsroom": False,
        "slack:desk": False,
        "slack:chief": True,
        "webhook:pager": True,
    }
