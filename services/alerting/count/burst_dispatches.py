"""alerts.v1 → dispatches.v1: count the alerts of rules with a threshold, and send each burst.

Pure. The counted alerts are keyed state, committed in the transaction of the dispatches that follow
from them (shared/stream/state_store.py). So the same log of alerts gives the same dispatches, byte
for byte, whatever crashes. Alerts of other rules were dispatched by match.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from services.alerting.count.burst_counting import WindowUpdate, apply_alert, count_alerts
from services.alerting.count.same_story import is_near_duplicate
from services.alerting.reasons import NotificationReason
from services.alerting.short_alert import shorten_alert
from shared.messages import codec
from shared.messages.codec import to_utc
from shared.messages.ids import content_id, notification_id
from shared.messages.schemas import (
    Alert,
    AlertOutcome,
    CountedAlert,
    Dispatch,
    Notification,
    RuleHits,
    Threshold,
)
from shared.stream.state_store import StateStore

MAX_FULL_ALERT_BYTES: Final = 128 * 1024
"""A larger alert is always shortened: with 199 others it would not fit into a record."""
PLURALS: Final = {"article": "articles", "source": "sources", "story": "stories"}
_VARIETY: Final = {"source": " from {} sources", "story": " with {} stories"}
_UNITS: Final = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


@dataclass(frozen=True, slots=True)
class CountDecision:
    """What one alert leads to: the dispatches of its burst, or the fact that it only counts.

    ``reason`` is None for an alert of a rule without a threshold, or one that was counted before.
    """

    reason: NotificationReason | None = None
    dispatches: tuple[Dispatch, ...] = ()
    facts: tuple[Notification, ...] = ()


def decide(alert: Alert, state: StateStore) -> CountDecision:
    """Decide which dispatches follow from one alert; ``state``, its partition's, is changed.

    InvalidMessage if the rule's state cannot be decoded.
    """
    if alert.threshold is None:
        return CountDecision()
    before = load_hits(alert.rule_id, state)
    counted = to_counted_alert(alert, alert.threshold)
    if alert.threshold.distinct == "story":
        counted = replace(counted, value=_story_of(alert, before, state))
    update = apply_alert(before, counted, alert.threshold)
    if update.outcome is None:
        return CountDecision()
    alerts = _alerts_to_send(update, alert, state)
    _store(before, update, alert, state)
    reason = _reason(update, counted)
    text = _reason_text(reason, update, counted, alert.threshold)
    destinations = tuple(dict.fromkeys(alert.destinations))
    if update.outcome is AlertOutcome.NOTIFIED:
        return CountDecision(reason, _burst(destinations, alerts, text, update.maybe_told))
    return CountDecision(reason, facts=_facts(destinations, alerts, text, update.outcome))


def _burst(
    destinations: Sequence[str], alerts: tuple[Alert, ...], text: str, maybe_told: bool
) -> tuple[Dispatch, ...]:
    return tuple(
        Dispatch(
            dispatch_id=content_id("dispatch", destination, *(each.alert_id for each in alerts)),
            destination=destination,
            kind="burst",
            severity=alerts[0].severity,
            alerts=alerts,
            reason=text,
            possible_repeat=maybe_told,
        )
        for destination in destinations
    )


def _facts(
    destinations: Sequence[str], alerts: tuple[Alert, ...], text: str, outcome: AlertOutcome
) -> tuple[Notification, ...]:
    return tuple(
        Notification(
            notification_id=notification_id(destination, *(each.alert_id for each in alerts)),
            destination=destination,
            outcome=outcome,
            reason=text,
            alerts=alerts,
            kind="burst",
            severity=alerts[0].severity,
        )
        for destination in destinations
    )


def load_hits(rule_id: str, state: StateStore) -> RuleHits:
    """Return the rule's counted alerts and windows. InvalidMessage if they cannot be decoded."""
    value = state.get(rule_id.encode())
    return RuleHits(rule_id=rule_id) if value is None else codec.decode(value, RuleHits)


def to_counted_alert(alert: Alert, threshold: Threshold) -> CountedAlert:
    """Return the alert as its threshold counts it; a withdrawn article does not count."""
    by_source = threshold.distinct == "source"
    return CountedAlert(
        alert_id=alert.alert_id,
        article_id=alert.article_id,
        rule_revision=alert.rule_revision,
        at_ms=int(to_utc(alert.event_time).timestamp() * 1000),
        value=content_id("source", alert.source) if by_source else alert.article_id,
        told=alert.pubstatus == "canceled",
    )


def format_duration(seconds: int) -> str:
    """Format seconds in the largest unit that divides them: ``1 h``, ``90 min``, ``2 d``."""
    size, unit = next((size, unit) for size, unit in _UNITS if seconds % size == 0)
    return f"{seconds // size} {unit}"


def _story_of(alert: Alert, before: RuleHits, state: StateStore) -> str:
    """Return the story of the first pending near-duplicate, else the article's own."""
    for counted in before.hits:
        if counted.told or counted.rule_revision != alert.rule_revision:
            continue
        if is_near_duplicate(alert.signature, _load_alert(counted, alert.rule_id, state).signature):
            return counted.value
    return alert.article_id


def _load_alert(counted: CountedAlert, rule_id: str, state: StateStore) -> Alert:
    return codec.decode(state.get(_key(counted.alert_id, rule_id)), Alert)


def _alerts_to_send(update: WindowUpdate, alert: Alert, state: StateStore) -> tuple[Alert, ...]:
    """Return the newest alert, in full if it fits, then the others of its burst by event time."""
    is_full = update.burst and len(codec.encode(alert)) <= MAX_FULL_ALERT_BYTES
    earlier = (
        _load_alert(counted, alert.rule_id, state)
        for counted in update.burst
        if counted.alert_id != alert.alert_id
    )
    return (
        alert if is_full else shorten_alert(alert),
        *(replace(other, signature=()) for other in earlier),
    )


def _store(before: RuleHits, update: WindowUpdate, alert: Alert, state: StateStore) -> None:
    """Store the rule's counted alerts, and the alerts that may still become part of a burst."""
    state.set(alert.rule_id.encode(), codec.encode(update.after))
    was_pending, is_pending = (
        {counted.alert_id for counted in memory.hits if not counted.told}
        for memory in (before, update.after)
    )
    for alert_id in sorted(was_pending - is_pending):
        state.set(_key(alert_id, alert.rule_id), None)
    if alert.alert_id in is_pending:
        state.set(_key(alert.alert_id, alert.rule_id), codec.encode(shorten_alert(alert)))


def _reason(update: WindowUpdate, counted: CountedAlert) -> NotificationReason:
    if counted.told:
        return NotificationReason.WITHDRAWN
    return {
        AlertOutcome.FOLDED: NotificationReason.ALREADY_NOTIFIED,
        AlertOutcome.COUNTED: NotificationReason.BELOW_THRESHOLD,
        AlertOutcome.NOTIFIED: NotificationReason.THRESHOLD_MET,
    }[update.outcome or AlertOutcome.NOTIFIED]


def _reason_text(
    reason: NotificationReason, update: WindowUpdate, counted: CountedAlert, threshold: Threshold
) -> str:
    is_counted = reason is NotificationReason.BELOW_THRESHOLD
    distinct = len({member.value for member in update.burst})
    return reason.text(
        counted=count_alerts(update.after, counted, threshold) if is_counted else 0,
        needed=threshold.count,
        units=PLURALS[threshold.distinct],
        articles=len(update.burst),
        variety=_VARIETY.get(threshold.distinct, "").format(distinct),
        within=format_duration(threshold.within_s),
    )


def _key(alert_id: str, rule_id: str) -> bytes:
    return f"{rule_id}/{alert_id}".encode()
