"""alerts.v1 → notifications.v1 for rules with a threshold: what each alert changes in its rule's hits, and who hears of it. Pure.

The hits are keyed state in the transaction of what follows from them (shared/stream/state_store.py): the same log of
alerts gives the same notifications, byte for byte, whatever crashes.
"""

from dataclasses import replace
from typing import Final

from services.alerting.notify.notify import notify
from services.alerting.notify.same_story import is_near_duplicate
from services.alerting.notify.window import WindowUpdate, apply_alert, count_alerts
from shared.messages import codec
from shared.messages.codec import to_utc
from shared.messages.ids import content_id, notification_id
from shared.messages.schemas import (
    Alert,
    AlertOutcome,
    CountedAlert,
    Notification,
    RuleHits,
    Threshold,
)
from shared.stream.state_store import StateStore

MAX_FULL_ALERT_BYTES: Final = 128 * 1024
"""A larger alert is shortened also where it stands first: with 199 others it would not fit into a record."""
HEADLINE_CHARACTERS: Final = 200
ADDRESS_CHARACTERS: Final = 300
SOURCE_CHARACTERS: Final = 80
_CONTROL: Final = dict.fromkeys([*range(0x20), 0x7F], " ")
PLURALS: Final = {"article": "articles", "source": "sources", "story": "stories"}
_JOINED: Final = {"source": "from {} sources", "story": "with {} stories"}
_UNITS: Final = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def notifications_for(alert: Alert, state: StateStore) -> tuple[Notification, ...]:
    """The notifications that follow from one alert; ``state`` is its partition's, and is changed. Without a threshold it is news by itself."""
    if alert.threshold is None:
        return notify(alert)
    before = load_hits(alert.rule_id, state)
    hit = to_counted_alert(alert, alert.threshold)
    if alert.threshold.distinct == "story":
        hit = replace(hit, value=_story(alert, before, state))
    done = apply_alert(before, hit, alert.threshold)
    if done.outcome is None:
        return ()
    alerts = _alerts(done, alert, state)
    _remember(before, done, alert, state)
    reason = _reason(done, hit, alert.threshold)
    return tuple(
        _notification(destination, done, reason, alerts)
        for destination in dict.fromkeys(alert.destinations)
    )


def load_hits(rule_id: str, state: StateStore) -> RuleHits:
    """What is remembered of the rule; InvalidMessage where nobody can read it."""
    value = state.get(rule_id.encode())
    return RuleHits(rule_id=rule_id) if value is None else codec.decode(value, RuleHits)


def to_counted_alert(alert: Alert, threshold: Threshold) -> CountedAlert:
    """The alert as its rule's threshold sees it; an article that its publisher took back counts for nothing."""
    return CountedAlert(
        alert_id=alert.alert_id,
        article_id=alert.article_id,
        rule_revision=alert.rule_revision,
        at_ms=int(to_utc(alert.event_time).timestamp() * 1000),
        value=content_id("source", alert.source)
        if threshold.distinct == "source"
        else alert.article_id,
        told=alert.pubstatus == "canceled",
    )


def shorten_alert(alert: Alert) -> Alert:
    """What is said of an alert among others: who, what, when and where, each bounded; its signature where stories are told apart."""
    return replace(
        alert,
        uri=_cut(alert.uri, ADDRESS_CHARACTERS),
        url=alert.url if len(alert.url or "") <= ADDRESS_CHARACTERS else None,
        source=_cut(alert.source, SOURCE_CHARACTERS),
        headline=_cut(alert.headline, HEADLINE_CHARACTERS),
        destinations=(),
        signature=alert.signature
        if alert.threshold and alert.threshold.distinct == "story"
        else (),
        matches=(),
        excerpts=(),
        actors=(),
    )


def _story(alert: Alert, before: RuleHits, state: StateStore) -> str:
    """The story of the first hit that waits and tells the same one; else the article's own."""
    waiting = (
        hit for hit in before.hits if not hit.told and hit.rule_revision == alert.rule_revision
    )
    return next(
        (
            hit.value
            for hit in waiting
            if is_near_duplicate(alert.signature, _waiting(hit, alert.rule_id, state).signature)
        ),
        alert.article_id,
    )


def _waiting(hit: CountedAlert, rule_id: str, state: StateStore) -> Alert:
    return codec.decode(state.get(_key(hit.alert_id, rule_id)), Alert)


def _alerts(done: WindowUpdate, alert: Alert, state: StateStore) -> tuple[Alert, ...]:
    """The alert that came last, then the others of its burst by event time."""
    first = (
        alert
        if done.burst and len(codec.encode(alert)) <= MAX_FULL_ALERT_BYTES
        else shorten_alert(alert)
    )
    others = (
        _waiting(hit, alert.rule_id, state) for hit in done.burst if hit.alert_id != alert.alert_id
    )
    return (first, *(replace(other, signature=()) for other in others))


def _remember(before: RuleHits, done: WindowUpdate, alert: Alert, state: StateStore) -> None:
    """Change the state: the rule's hits, and the alerts of those that may still become part of a burst."""
    state.set(alert.rule_id.encode(), codec.encode(done.after))
    was, waits = (
        {hit.alert_id for hit in hits.hits if not hit.told} for hits in (before, done.after)
    )
    for alert_id in sorted(was - waits):
        state.set(_key(alert_id, alert.rule_id), None)
    if alert.alert_id in waits:
        state.set(_key(alert.alert_id, alert.rule_id), codec.encode(shorten_alert(alert)))


def _notification(
    destination: str, done: WindowUpdate, reason: str, alerts: tuple[Alert, ...]
) -> Notification:
    assert done.outcome is not None  # noqa: S101 - an alert that is known makes no notification
    return Notification(
        notification_id=notification_id(destination, *(alert.alert_id for alert in alerts)),
        destination=destination,
        outcome=done.outcome,
        reason=reason,
        alerts=alerts,
        possible_repeat=done.maybe_told,
    )


def _reason(done: WindowUpdate, hit: CountedAlert, threshold: Threshold) -> str:
    if hit.told:
        return "taken back by its publisher: it does not count"
    if done.outcome is AlertOutcome.FOLDED:
        return f"belongs to what was told already, within {format_duration(threshold.within_s)}"
    if done.outcome is AlertOutcome.COUNTED:
        return f"{count_alerts(done.after, hit, threshold)} of {threshold.count} {PLURALS[threshold.distinct]} within {format_duration(threshold.within_s)}"
    different = (
        f" {_JOINED[threshold.distinct].format(len({one.value for one in done.burst}))}"
        if threshold.distinct in _JOINED
        else ""
    )
    return f"{len(done.burst)} articles{different} within {format_duration(threshold.within_s)}"


def format_duration(seconds: int) -> str:
    """``1 h``, ``90 min``, ``2 d``: in the largest unit that gives a whole number."""
    size, unit = next((size, unit) for size, unit in _UNITS if seconds % size == 0)
    return f"{seconds // size} {unit}"


def _key(alert_id: str, rule_id: str) -> bytes:
    return f"{rule_id}/{alert_id}".encode()


def _cut(text: str, characters: int) -> str:
    shown = text.translate(_CONTROL)
    return shown if len(shown) <= characters else shown[: characters - 1] + "…"
