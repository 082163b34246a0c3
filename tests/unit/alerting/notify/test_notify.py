"""alerts → notifications: one per destination, with ids from content."""

from collections.abc import Callable

from services.alerting.notify.notify import notify
from shared.messages.codec import encode
from shared.messages.ids import notification_id
from shared.messages.schemas import Alert, AlertOutcome

MakeAlert = Callable[..., Alert]


def test_one_notification_a_destination_in_the_rules_order(make_alert: MakeAlert) -> None:
    """Each destination gets one notification, in the rule's order, also if it is named twice."""
    alert = make_alert(destinations=("slack:newsroom", "console:here", "slack:newsroom"))
    found = notify(alert)
    assert [each.destination for each in found] == ["slack:newsroom", "console:here"]
    assert [each.notification_id for each in found] == [
        notification_id(each.destination, alert.alert_id) for each in found
    ]
    assert all(each.alerts == (alert,) and each.outcome is AlertOutcome.NOTIFIED for each in found)


def test_no_destination_no_notification(make_alert: MakeAlert) -> None:
    """A rule without destinations gives no notification."""
    assert notify(make_alert(destinations=())) == ()


def test_same_alert_same_bytes(make_alert: MakeAlert) -> None:
    """An alert that is processed twice gives the same bytes."""
    assert [encode(each) for each in notify(make_alert())] == [
        encode(each) for each in notify(make_alert())
    ]
