"""Which alerts a destination is not told of now, and why: silenced, muted or inhibited. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from services.alerting.deliver.grouping.waiting import WaitingDispatch
from services.alerting.match.dispatches import fit_alerts
from services.alerting.reasons import NotificationReason
from services.alerting.routes.local_times import active_mute_time
from services.alerting.routes.routes import Routes, find_route
from services.alerting.silences.silence_book import SilenceBook
from services.alerting.urgency import urgency
from shared.feedback.feedback_book import FeedbackBook
from shared.messages.ids import notification_id
from shared.messages.schemas import Alert, AlertOutcome, Notification, Severity, Story


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryPolicy:
    """What decides whether a destination is told: the routes of now, and what people have said."""

    routes: Callable[[], Routes] = Routes
    silences: SilenceBook = field(default_factory=SilenceBook)
    feedback: FeedbackBook = field(default_factory=FeedbackBook)


@dataclass(frozen=True, slots=True)
class WithheldAlert:
    """An alert that a destination is not told of, with its outcome and why."""

    alert: Alert
    outcome: AlertOutcome
    reason: NotificationReason
    text: str


def withhold(
    members: Sequence[WaitingDispatch],
    story: Story | None,
    policy: DeliveryPolicy,
    now: datetime,
) -> tuple[WithheldAlert, ...]:
    """Return the alerts of ``members`` that are withheld.

    Corrections and withdrawals of what was sent are told in any case, and so is what a person asks
    for: then nothing is withheld.
    """
    kinds = {member.place.kind for member in members if member.place}
    was_told = story is not None and story.sent_at is not None
    is_asked_for = any(member.is_redriven for member in members)
    if is_asked_for or (was_told and kinds & {"correction", "withdrawal"}):
        return ()
    withheld = (
        _withhold(alert, member, story, policy, now)
        for member in members
        for alert in member.dispatch.alerts
    )
    return tuple(each for each in withheld if each is not None)


def without_alerts(
    members: Sequence[WaitingDispatch], withheld: Iterable[WithheldAlert]
) -> list[WaitingDispatch]:
    """Return the dispatches with the alerts that are told; one that loses all of them is left out.

    A dispatch that has had no alerts stays.
    """
    ids = {each.alert.alert_id for each in withheld}
    if not ids:
        return list(members)
    return [each for each in (_without(member, ids) for member in members) if each is not None]


def build_facts(
    withheld: Iterable[WithheldAlert], destination: str, story_id: str
) -> tuple[Notification, ...]:
    """Return what is recorded of withheld alerts: one fact for each outcome and reason."""
    groups: dict[tuple[AlertOutcome, str], list[Alert]] = {}
    for each in withheld:
        groups.setdefault((each.outcome, each.text), []).append(each.alert)
    facts = []
    for (outcome, text), alerts in groups.items():
        listed, omitted = fit_alerts((), alerts)
        facts.append(
            Notification(
                notification_id=notification_id(
                    destination, str(outcome), *(alert.alert_id for alert in alerts)
                ),
                destination=destination,
                outcome=outcome,
                reason=text,
                alerts=listed,
                story_id=story_id,
                severity=max((alert.severity for alert in alerts), key=urgency),
                omitted=omitted,
            )
        )
    return tuple(facts)


def _withhold(
    alert: Alert,
    member: WaitingDispatch,
    story: Story | None,
    policy: DeliveryPolicy,
    now: datetime,
) -> WithheldAlert | None:
    silence = policy.silences.find(alert, member.story_id, member.dispatch.destination, now)
    if silence is not None:
        reason = NotificationReason.SILENCED
        text = reason.text(author=silence.author, comment=silence.comment)
        return WithheldAlert(alert, AlertOutcome.SILENCED, reason, text)
    route = find_route(alert, member.dispatch.destination)
    if route is None:
        return None
    known = policy.routes().mute_times
    mute_times = (known[name] for name in route.mute_times if name in known)
    muting = active_mute_time(mute_times, alert.severity, now)
    if muting is not None:
        reason = NotificationReason.MUTED
        return WithheldAlert(alert, AlertOutcome.MUTED, reason, reason.text(mute_time=muting.name))
    if route.inhibits and _is_inhibited(alert, story):
        reason = NotificationReason.INHIBITED
        return WithheldAlert(alert, AlertOutcome.INHIBITED, reason, reason.text())
    return None


def _is_inhibited(alert: Alert, story: Story | None) -> bool:
    was_told = story is not None and story.sent_at is not None
    has_critical = story is not None and story.severity is Severity.CRITICAL
    return was_told and has_critical and alert.severity is not Severity.CRITICAL


def _without(member: WaitingDispatch, ids: set[str]) -> WaitingDispatch | None:
    dispatch = member.dispatch
    alerts = tuple(alert for alert in dispatch.alerts if alert.alert_id not in ids)
    if alerts == dispatch.alerts:
        return member
    if not alerts:
        return None
    severity = max((alert.severity for alert in alerts), key=urgency)
    return replace(member, dispatch=replace(dispatch, alerts=alerts, severity=severity))
