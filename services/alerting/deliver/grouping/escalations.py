"""Which messages of one destination nobody has answered, and when others are told of them. Pure.

The clock of an escalation starts when its message is decided, and the state keeps it: a restart
changes nothing. A story is escalated to a destination once, with its latest message, unless a more
urgent one follows. Whoever says anything about a message has read it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal

from msgspec import structs

from services.alerting.count.burst_dispatches import format_duration
from services.alerting.deliver.grouping.withholding import DeliveryPolicy
from services.alerting.reasons import NotificationReason
from services.alerting.routes.routes import find_route
from services.alerting.urgency import urgency
from shared.messages.ids import content_id
from shared.messages.schemas import (
    Alert,
    Dispatch,
    EscalationOrigin,
    EscalationStep,
    Notification,
    PendingEscalation,
    Severity,
)

EscalationOutcome = Literal["escalated", "acknowledged", "silenced"]

MAX_RULES: Final = 50
MAX_ARTICLES: Final = 20
MAX_MESSAGES: Final = 50
"""Messages of a story, the latest, that an answer may be about."""


@dataclass(frozen=True, slots=True)
class DueEscalation:
    """What is due: the story's escalation afterwards, and the dispatches to those to be told."""

    pending: PendingEscalation
    outcome: EscalationOutcome
    dispatches: tuple[Dispatch, ...] = ()


class StoryEscalations:
    """The escalations of one destination by story. Give it the stored ones."""

    def __init__(self, stored: Iterable[PendingEscalation] = ()) -> None:
        self._by_story = {pending.story_id: pending for pending in stored}
        self._due: dict[str, datetime] = {}
        for pending in self._by_story.values():
            self._keep(pending)

    def due_in(self, now: datetime) -> float | None:
        """Return the seconds until the next one is due; None if there is none."""
        return (min(self._due.values()) - now).total_seconds() if self._due else None

    def take_message(
        self, notification: Notification, posted_id: str, policy: DeliveryPolicy, now: datetime
    ) -> PendingEscalation | None:
        """Note a message of a story, and return what is to be stored; None if nothing changes.

        ``posted_id`` is the id of the post, which may be a digest of several.
        """
        pending = self._by_story.get(notification.story_id)
        if notification.kind == "withdrawal":
            changed = pending and _without_withdrawn(pending, notification)
        else:
            changed = _after_message(pending, notification, posted_id, policy, now)
        if changed is None or changed == pending:
            return None
        self._keep(changed)
        return changed

    def take_due(self, policy: DeliveryPolicy, now: datetime) -> DueEscalation | None:
        """Return the first escalation that is due, decided; None if there is none."""
        due = [(due_at, story_id) for story_id, due_at in self._due.items() if due_at <= now]
        if not due:
            return None
        decided = _decide(self._by_story[min(due)[1]], policy, now)
        self._keep(decided.pending)
        return decided

    def forget(self, story_id: str) -> bool:
        """Forget a story; return whether there was anything to forget."""
        self._due.pop(story_id, None)
        return self._by_story.pop(story_id, None) is not None

    def _keep(self, pending: PendingEscalation) -> None:
        self._by_story[pending.story_id] = pending
        self._due.pop(pending.story_id, None)
        if steps := _open_steps(pending):
            self._due[pending.story_id] = min(step.due_at for step in steps)


def _after_message(
    pending: PendingEscalation | None,
    notification: Notification,
    posted_id: str,
    policy: DeliveryPolicy,
    now: datetime,
) -> PendingEscalation | None:
    """Return a story's escalation after a message that says something."""
    steps = _steps(notification, now)
    is_more_urgent = pending is None or _rank(notification.severity) > _rank(pending.severity)
    if pending is None or _is_answered(pending, policy):
        if not steps or not is_more_urgent:
            return None
        return PendingEscalation(
            destination=notification.destination,
            story_id=notification.story_id,
            since=now,
            severity=notification.severity,
            notification_ids=_ids((), notification, posted_id),
            steps=steps,
            message=_shorten(notification, ()),
        )
    merged = replace(
        pending,
        severity=notification.severity if is_more_urgent else pending.severity,
        notification_ids=_ids(pending.notification_ids, notification, posted_id),
        steps=_merge(pending.steps, steps, is_more_urgent=is_more_urgent),
    )
    alerts = pending.message.alerts if pending.message else ()
    message = _shorten(notification, alerts) if _open_steps(merged) else None
    return replace(merged, message=message)


def _steps(notification: Notification, now: datetime) -> tuple[EscalationStep, ...]:
    """Return to whom a message is escalated and when, by the routes of its alerts."""
    after: dict[str, int] = {}
    for alert in notification.alerts:
        route = find_route(alert, notification.destination)
        escalation = route.escalation if route else None
        for destination in escalation.destinations if escalation else ():
            if escalation is not None and destination != notification.destination:
                seconds = escalation.after_s
                after[destination] = min(seconds, after.get(destination, seconds))
    return tuple(
        EscalationStep(
            destination=destination, after_s=seconds, due_at=now + timedelta(seconds=seconds)
        )
        for destination, seconds in sorted(after.items())
    )


def _merge(
    before: Sequence[EscalationStep], requested: Sequence[EscalationStep], *, is_more_urgent: bool
) -> tuple[EscalationStep, ...]:
    """Return the steps after another message: the first time holds, and each is taken once.

    What is more urgent than what was escalated is escalated again.
    """
    steps = {step.destination: step for step in before}
    for step in requested:
        earlier = steps.get(step.destination)
        if earlier is None or (earlier.is_escalated and is_more_urgent):
            steps[step.destination] = step
    return tuple(steps.values())


def _decide(pending: PendingEscalation, policy: DeliveryPolicy, now: datetime) -> DueEscalation:
    message = pending.message
    if message is None or _is_answered(pending, policy):
        return DueEscalation(_close(pending), "acknowledged")
    if _is_silenced(message, policy, now):
        return DueEscalation(_close(pending), "silenced")
    due = [step for step in _open_steps(pending) if step.due_at <= now]
    steps = tuple(
        structs.replace(step, is_escalated=True) if step in due else step for step in pending.steps
    )
    after = replace(pending, steps=steps)
    after = after if _open_steps(after) else replace(after, message=None)
    dispatches = tuple(_dispatch(message, step) for step in due)
    return DueEscalation(after, "escalated", dispatches)


def _dispatch(message: Notification, step: EscalationStep) -> Dispatch:
    """Return the dispatch that tells another destination of a message that nobody answered."""
    origin = EscalationOrigin(
        destination=message.destination,
        story_id=message.story_id,
        notification_id=message.notification_id,
        after_s=step.after_s,
    )
    reason = NotificationReason.ESCALATED
    return Dispatch(
        dispatch_id=content_id(
            "escalation", step.destination, message.destination, message.notification_id
        ),
        destination=step.destination,
        kind="notice",
        severity=message.severity or Severity.HIGH,
        alerts=message.alerts,
        reason=reason.text(destination=message.destination, after=format_duration(step.after_s)),
        escalated=replace(message, alerts=(), escalated_from=origin),
    )


def _close(pending: PendingEscalation) -> PendingEscalation:
    """Return the escalation of a story that somebody takes care of."""
    return replace(pending, is_answered=True, message=None, steps=())


def _is_answered(pending: PendingEscalation, policy: DeliveryPolicy) -> bool:
    return pending.is_answered or (
        policy.feedback.find_answer(
            pending.destination,
            pending.story_id,
            notification_ids=pending.notification_ids,
            since=pending.since,
        )
        is not None
    )


def _is_silenced(message: Notification, policy: DeliveryPolicy, now: datetime) -> bool:
    """Return whether all alerts of a message are silenced by now: somebody knows of it."""
    return bool(message.alerts) and all(
        policy.silences.find(alert, message.story_id, message.destination, now)
        for alert in message.alerts
    )


def _without_withdrawn(pending: PendingEscalation, withdrawal: Notification) -> PendingEscalation:
    """Return the escalation without the articles that were taken back; closed if none is left."""
    message = pending.message
    if message is None:
        return pending
    gone = {each.article_id for each in withdrawal.articles if each.pubstatus != "usable"}
    articles = tuple(each for each in message.articles if each.article_id not in gone)
    alerts = tuple(alert for alert in message.alerts if alert.article_id not in gone)
    if not alerts:
        return replace(pending, steps=_escalated_steps(pending), message=None)
    if (articles, alerts) == (message.articles, message.alerts):
        return pending
    rest = replace(
        message, kind="first", articles=articles, alerts=alerts, new_sentences=(), changes=()
    )
    return replace(pending, message=rest)


def _shorten(notification: Notification, earlier: tuple[Alert, ...]) -> Notification:
    """Return the message as it may be escalated: an alert of each rule, and the first articles.

    A correction on which no rule fires any more is about the alerts of the ``earlier`` message.
    """
    alerts = notification.alerts or earlier
    if notification.kind != "burst":  # one lists its articles by their alerts
        by_rule: dict[str, Alert] = {}
        for alert in alerts:
            by_rule.setdefault(alert.rule_id, alert)
        alerts = tuple(by_rule.values())
    return replace(
        notification,
        alerts=alerts[:MAX_RULES],
        articles=notification.articles[:MAX_ARTICLES],
    )


def _ids(before: Sequence[str], notification: Notification, posted_id: str) -> tuple[str, ...]:
    ids = dict.fromkeys((*before, notification.notification_id, posted_id))
    return tuple(ids)[-MAX_MESSAGES:]


def _open_steps(pending: PendingEscalation) -> list[EscalationStep]:
    return [step for step in pending.steps if not step.is_escalated]


def _escalated_steps(pending: PendingEscalation) -> tuple[EscalationStep, ...]:
    return tuple(step for step in pending.steps if step.is_escalated)


def _rank(severity: Severity | None) -> int:
    return -1 if severity is None else urgency(severity)
