"""Whether every alert has ended at every destination, or still waits: alerts = outcomes + waiting.

A pure fold over alerts.v1, dispatches.v1, notifications.v1 and deliveries.v1, in whatever order
they are read. An alert waits as long as the stage that decides about it has not finished its
record: the offsets that count and deliver have committed say so. Once they have, an alert without
an outcome is a difference: it was lost.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeVar

from services.board.state.deliveries.dispatch_head import DispatchHead
from shared.messages.headers import REPLAY_ID
from shared.messages.schemas import Alert, Delivery, Notification

K = TypeVar("K")
V = TypeVar("V")

GRACE_MS: Final = 120_000
"""Alerts and dispatches younger than this are under way: they count as waiting."""
MAX_PAIRS: Final = 100_000
"""Alerts, each at one destination, that are remembered: 70 MB. The oldest are forgotten first."""
MAX_DISPATCHES: Final = 50_000
DECIDED: Final = "decided"
"""The outcome of an alert whose dispatch was decided, where the notification does not list it."""
REPLAYED: Final = "replayed"
"""The outcome of a replayed alert that was decided so long ago that it is not remembered."""


@dataclass(frozen=True, slots=True)
class RecordPlace:
    """Where a record is, and when it was written, in Unix ms."""

    partition: int
    offset: int
    recorded_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CommittedOffsets:
    """How far stages have finished their partitions: count in alerts.v1, deliver in dispatches.v1.

    A partition without a commit is finished up to 0.
    """

    alerts: Mapping[int, int] = field(default_factory=dict)
    dispatches: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleBalance:
    """A rule's alerts at a destination: how many, with which outcomes, and how many wait.

    ``difference`` is what is left: alerts that are lost. ``lost`` names some of them.
    """

    rule: str
    destination: str
    alerts: int
    outcomes: Mapping[str, int]
    waiting: int
    difference: int
    lost: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _AlertFacts:
    """What is remembered of an alert; ``is_counted``: its rule has a threshold."""

    rule: str
    version: tuple[str, str]
    place: RecordPlace
    is_counted: bool
    is_replayed: bool


@dataclass(slots=True)
class _Pair:
    """An alert at a destination: what the topics have said of it so far."""

    alert: _AlertFacts | None = None
    dispatch_id: str = ""
    outcome: str = ""


@dataclass(slots=True, kw_only=True)
class Reconciliation:
    """The fold. Alerts that were written before ``since_ms`` are left out: their outcomes may be.

    ``forgotten`` counts the alerts that were forgotten, for lack of room, without an outcome.
    """

    since_ms: int = 0
    max_pairs: int = MAX_PAIRS
    max_dispatches: int = MAX_DISPATCHES
    forgotten: int = 0
    _pairs: dict[tuple[str, str], _Pair] = field(default_factory=dict)
    _dispatches: dict[str, RecordPlace] = field(default_factory=dict)
    _decided: dict[str, None] = field(default_factory=dict)
    _with_omitted: dict[tuple[str, str, str], str] = field(default_factory=dict)

    def take_alert(self, alert: Alert, headers: Mapping[str, str], place: RecordPlace) -> None:
        """Count an alert at each of its destinations, once."""
        if place.recorded_ms < self.since_ms:
            return
        facts = _AlertFacts(
            rule=alert.rule_id,
            version=(alert.article_id, alert.article_revision),
            place=place,
            is_counted=alert.threshold is not None,
            is_replayed=REPLAY_ID in headers,
        )
        for destination in dict.fromkeys(alert.destinations):
            pair = self._pair(alert.alert_id, destination)
            pair.alert = pair.alert or facts

    def take_dispatch(self, head: DispatchHead, place: RecordPlace) -> None:
        """Note in which dispatch alerts go to its destination."""
        if place.recorded_ms < self.since_ms:
            return
        _bound(self._dispatches, head.dispatch_id, place, self.max_dispatches)
        for alert_id in head.alert_ids:
            self._pair(alert_id, head.destination).dispatch_id = head.dispatch_id
        if head.omitted:
            key = (*head.version, head.destination)
            _bound(self._with_omitted, key, head.dispatch_id, self.max_dispatches)

    def take_notification(self, notification: Notification) -> None:
        """Note the outcome of its alerts; the last one of an alert counts."""
        for alert in notification.alerts:
            pair = self._pair(alert.alert_id, notification.destination)
            pair.outcome = notification.outcome.value

    def take_entry(self, entry: Delivery) -> None:
        """Note that dispatches are decided."""
        for dispatch_id in entry.dispatch_ids:
            _bound(self._decided, dispatch_id, None, self.max_dispatches)

    def balances(
        self, now_ms: int, committed: CommittedOffsets, is_stored: Callable[[str], bool]
    ) -> tuple[RuleBalance, ...]:
        """Return the balance of each rule and destination, those with a difference first.

        ``committed`` must be older than the last record that was taken. ``is_stored`` returns
        whether a dispatch waits in deliver's state.
        """
        totals: dict[tuple[str, str], Counter[str]] = {}
        lost: dict[tuple[str, str], list[str]] = {}
        for (alert_id, destination), pair in self._pairs.items():
            if pair.alert is None:
                continue
            key = (pair.alert.rule, destination)
            status = self._status(pair, destination, now_ms, committed, is_stored)
            totals.setdefault(key, Counter())[status] += 1
            if status == _LOST:
                lost.setdefault(key, []).append(alert_id)
        rows = (_balance(key, totals[key], lost.get(key, ())) for key in totals)
        return tuple(sorted(rows, key=lambda row: (-row.difference, row.rule, row.destination)))

    def _status(
        self,
        pair: _Pair,
        destination: str,
        now_ms: int,
        committed: CommittedOffsets,
        is_stored: Callable[[str], bool],
    ) -> str:
        alert = pair.alert
        assert alert is not None  # noqa: S101 - the caller has checked
        if pair.outcome:
            return pair.outcome
        dispatch_id = pair.dispatch_id or self._with_omitted.get((*alert.version, destination), "")
        if dispatch_id in self._decided:
            return DECIDED
        place = self._dispatches.get(dispatch_id)
        if _is_young(alert.place, now_ms) or is_stored(dispatch_id):
            return _WAITING
        if place is not None:
            if _is_young(place, now_ms) or not _is_finished(place, committed.dispatches):
                return _WAITING
        elif alert.is_counted and not _is_finished(alert.place, committed.alerts):
            return _WAITING
        return REPLAYED if alert.is_replayed else _LOST

    def _pair(self, alert_id: str, destination: str) -> _Pair:
        key = (alert_id, destination)
        pair = self._pairs.get(key)
        if pair is None:
            pair = self._pairs[key] = _Pair()
            if len(self._pairs) > self.max_pairs:
                oldest = self._pairs.pop(next(iter(self._pairs)))
                self.forgotten += oldest.alert is not None and not oldest.outcome
        return pair


_WAITING: Final = "waiting"
_LOST: Final = "lost"
_SHOWN_LOST: Final = 5


def _balance(key: tuple[str, str], totals: Counter[str], lost: Iterable[str]) -> RuleBalance:
    outcomes = {name: totals[name] for name in sorted(totals) if name not in (_WAITING, _LOST)}
    rule, destination = key
    return RuleBalance(
        rule=rule,
        destination=destination,
        alerts=totals.total(),
        outcomes=outcomes,
        waiting=totals[_WAITING],
        difference=totals[_LOST],
        lost=tuple(lost)[:_SHOWN_LOST],
    )


def _is_young(place: RecordPlace, now_ms: int) -> bool:
    return now_ms - place.recorded_ms < GRACE_MS


def _is_finished(place: RecordPlace, committed: Mapping[int, int]) -> bool:
    return place.offset < committed.get(place.partition, 0)


def _bound(values: dict[K, V], key: K, value: V, limit: int) -> None:
    """Insert a value, and forget the oldest beyond the limit."""
    values[key] = value
    if len(values) > limit:
        del values[next(iter(values))]
