from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from services.alerting.reasons import NotificationReason
from shared.messages.ids import notification_id
from shared.messages.schemas import (
    ActorOnDate,
    Alert,
    AlertOutcome,
    Excerpt,
    Match,
    Notification,
    OfficeHeld,
    Severity,
    Span,
    TimeSource,
)

TEXT = "Trump said a second summit with Kim was close."


@pytest.fixture
def make_alert() -> Callable[..., Alert]:
    """Return a function that makes an alert; its keyword arguments replace fields.

    The alert matched "second summit".
    """
    return _alert


@pytest.fixture
def make_notification() -> Callable[..., Notification]:
    """Return a function that makes a notification of one alert; it takes the alert's fields."""
    return _notification


def _alert(**changes: Any) -> Alert:
    known: dict[str, Any] = {
        "alert_id": "a" * 32,
        "rule_id": "second-summit",
        "rule_revision": "r1",
        "rule_title": "A second summit",
        "severity": Severity.HIGH,
        "destinations": ("slack:newsroom",),
        "article_id": "b" * 32,
        "article_revision": "v1",
        "uri": "https://wire.example/1",
        "url": "https://wire.example/1",
        "source": "Example Wire",
        "headline": "Second summit near",
        "language": "en",
        "event_time": datetime(2018, 9, 10, 12, 5, tzinfo=UTC),
        "event_time_source": TimeSource.PAGE,
        "pubstatus": "usable",
        "signature": (),
        "matches": (
            Match(
                clause="second W/5 summit", field="body", start=13, end=26, surface="second summit"
            ),
        ),
        "excerpts": (
            Excerpt(
                field="body", text=TEXT, marks=(Span(start=13, end=19), Span(start=20, end=26))
            ),
        ),
        "actors": (
            ActorOnDate(
                actor="mike-pompeo",
                name="Mike Pompeo",
                offices=(
                    OfficeHeld(
                        office="us-secretary-of-state",
                        title="Secretary of State",
                        acting=False,
                        verified=True,
                    ),
                ),
            ),
        ),
    }
    return Alert(**(known | changes))


def _notification(*, destination: str = "slack:newsroom", **changes: Any) -> Notification:
    alert = _alert(**changes)
    return Notification(
        notification_id=notification_id(destination, alert.alert_id),
        destination=destination,
        outcome=AlertOutcome.NOTIFIED,
        reason=NotificationReason.EVERY_MATCH.text(),
        alerts=(alert,),
    )
