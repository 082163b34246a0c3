"""Reasons are enums: messages, metric labels and logs say the same."""

import re
from collections.abc import Callable

import pytest
from prometheus_client import REGISTRY

from services.alerting.app import handle_alert
from services.alerting.count.burst_dispatches import decide
from services.alerting.reasons import NotificationReason, ParkingReason, Reason
from shared.messages.codec import encode
from shared.messages.schemas import Alert, Threshold
from shared.stream.state_store import StateStore

Make = Callable[..., Alert]


def count(reason: NotificationReason) -> float:
    """Return how many notifications were counted with this reason."""
    name = "summitwire_notifications_total"
    return REGISTRY.get_sample_value(name, {"reason": reason.label}) or 0.0


@pytest.mark.parametrize("reason", [*NotificationReason, *ParkingReason])
def test_a_reason_has_a_label_and_a_text(reason: Reason) -> None:
    """The label suits a metric, and the text needs the fields that it names, and no others."""
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", reason.label)
    fields = dict.fromkeys(re.findall(r"{(\w+)", reason.value), 3)
    assert "{" not in reason.text(**fields)


def test_an_alert_that_was_counted_before_has_no_reason(make_alert: Make) -> None:
    """A replay gives no notification, and nothing is counted."""
    alert, state = make_alert(threshold=Threshold(count=2, within_s=60)), StateStore()
    assert decide(alert, state).reason is NotificationReason.BELOW_THRESHOLD
    assert decide(alert, state).reason is None


def test_notifications_are_counted_by_reason(make_alert: Make) -> None:
    """Each destination's notification counts once, under the reason that it carries."""
    threshold = Threshold(count=2, within_s=60)
    alert = make_alert(destinations=("slack:a", "slack:b"), threshold=threshold)
    before = count(NotificationReason.BELOW_THRESHOLD)
    outputs = handle_alert(encode(alert), StateStore())
    assert isinstance(outputs, list)
    assert len(outputs) == 2
    assert count(NotificationReason.BELOW_THRESHOLD) == before + 2
