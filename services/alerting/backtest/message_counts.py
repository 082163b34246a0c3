"""Messages of a simulation, counted by receiver, day and kind. Pure.

A day is a day in UTC, of the time at which the message goes out. A message is what a destination
would have received; what it would not have received is counted beside it, by why.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from services.alerting.backtest.simulation import SimulatedMessage
from services.alerting.routes.routes import Routes

DIGESTED: Final = "digested"
"""Stories that a digest has told of; the digest itself is one message."""
MESSAGE_KINDS: Final = (
    "first",
    "update",
    "corroborated",
    "correction",
    "withdrawal",
    "burst",
    "digest",
    "notice",
)
UNSENT_KINDS: Final = (
    DIGESTED,
    "folded",
    "inhibited",
    "muted",
    "silenced",
    "counted",
    "withdrawn",
)
"""Decisions that send nothing of their own, by their outcome."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCounts:
    """One day of a receiver: its messages, the alerts that were decided about, and all kinds."""

    day: str
    messages: int
    alerts: int
    kinds: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Busiest:
    """The day or hour with most messages, the earliest of several."""

    at: str
    messages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiverCounts:
    """What one destination would have received; ``receiver`` is its name in the routes, or "".

    ``alerts`` are those behind the messages and behind what was not sent, each once; ``rules`` are
    theirs. ``busiest_hour`` is None where all articles say only their day.
    """

    destination: str
    receiver: str
    messages: int
    alerts: int
    kinds: Mapping[str, int]
    days: tuple[DayCounts, ...]
    busiest_day: Busiest | None
    busiest_hour: Busiest | None

    def over(self, budget: int) -> tuple[DayCounts, ...]:
        """Return the days with more messages than the budget, the worst first."""
        days = (day for day in self.days if day.messages > budget)
        return tuple(sorted(days, key=lambda day: (-day.messages, day.day)))


@dataclass(slots=True)
class _Tally:
    kinds: Counter[str] = field(default_factory=Counter)
    messages: int = 0
    alerts: set[str] = field(default_factory=set)

    def add(self, message: SimulatedMessage) -> None:
        notification = message.notification
        self.alerts.update(alert.alert_id for alert in notification.alerts)
        if not message.is_posted:
            self.kinds[str(notification.outcome)] += 1
            return
        self.messages += 1
        self.kinds[notification.kind] += 1
        if notification.kind == "digest":
            self.kinds[DIGESTED] += len(message.stories)

    def ordered(self) -> dict[str, int]:
        """Return the kinds that there are, messages first."""
        order = (*MESSAGE_KINDS, *UNSENT_KINDS)
        return {kind: self.kinds[kind] for kind in order if self.kinds[kind]}


def count_messages(
    messages: Iterable[SimulatedMessage], routes: Routes | None = None
) -> tuple[ReceiverCounts, ...]:
    """Return the counts of each destination, those with most messages first."""
    by_destination: dict[str, list[SimulatedMessage]] = {}
    for message in messages:
        by_destination.setdefault(message.notification.destination, []).append(message)
    counts = [_count(name, sent, routes or Routes()) for name, sent in by_destination.items()]
    return tuple(sorted(counts, key=lambda entry: (-entry.messages, entry.destination)))


def _count(
    destination: str, messages: Sequence[SimulatedMessage], routes: Routes
) -> ReceiverCounts:
    total, days, hours = _Tally(), dict[str, _Tally](), Counter[str]()
    for message in messages:
        total.add(message)
        days.setdefault(message.day, _Tally()).add(message)
        if message.is_posted and _is_hour_known(message):
            hours[_hour(message.at)] += 1
    receiver = routes.receiver_of(destination)
    return ReceiverCounts(
        destination=destination,
        receiver=receiver.name if receiver else "",
        messages=total.messages,
        alerts=len(total.alerts),
        kinds=total.ordered(),
        days=tuple(
            DayCounts(
                day=day, messages=tally.messages, alerts=len(tally.alerts), kinds=tally.ordered()
            )
            for day, tally in sorted(days.items())
        ),
        busiest_day=_busiest({day: tally.messages for day, tally in days.items()}),
        busiest_hour=_busiest(hours),
    )


def _busiest(counts: Mapping[str, int]) -> Busiest | None:
    best = max(sorted(counts), key=lambda at: counts[at], default=None)
    return Busiest(at=best, messages=counts[best]) if best and counts[best] else None


def _is_hour_known(message: SimulatedMessage) -> bool:
    """Return whether the time of day says something: not if its articles say only their day."""
    notification = message.notification
    if notification.kind == "digest":
        return True
    return any(alert.event_time_precision != "day" for alert in notification.alerts)


def _hour(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:00Z}"
