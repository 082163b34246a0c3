"""What is counted for the daily lines, destination by destination. Pure."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

import msgspec

from shared.messages.schemas import AlertOutcome, DailyTally

MAX_MATCHED: Final = 5_000
"""Articles that a tally tells apart; a line says "5000 or more" then."""
_ID_CHARACTERS: Final = 12


class _AlertHead(msgspec.Struct):
    """What is needed of an alert."""

    article_id: str


class NotificationHead(msgspec.Struct):
    """What is needed of a notification: it is decoded in a fraction of the time."""

    destination: str
    outcome: str
    kind: str = "first"
    alerts: tuple[_AlertHead, ...] = ()
    omitted: int = 0


@dataclass(slots=True)
class Tallies:
    """The tallies of the destinations that have a daily line; ``changed`` are to be stored."""

    by_destination: dict[str, DailyTally] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)

    def load(self, tally: DailyTally) -> None:
        """Take a tally as it was stored."""
        self.by_destination[tally.destination] = tally

    def follow(self, destinations: AbstractSet[str], now: datetime, articles: int) -> bool:
        """Begin to count for destinations that are new, and forget those without a daily line.

        Return whether there are any: a new one is stored at once, or its first line could be lost.
        """
        is_changed = self.by_destination.keys() != destinations
        for destination in destinations - self.by_destination.keys():
            self._put(DailyTally(destination=destination, since=now, articles_before=articles))
        for destination in self.by_destination.keys() - destinations:
            del self.by_destination[destination]
            self.changed.add(destination)
        return is_changed

    def add(self, fact: NotificationHead) -> None:
        """Count a notification that was decided; notices are not about articles."""
        before = self.by_destination.get(fact.destination)
        if before is None or fact.kind == "notice":
            return
        ids = (alert.article_id[:_ID_CHARACTERS] for alert in fact.alerts)
        matched = tuple(dict.fromkeys((*before.matched, *ids)))[:MAX_MATCHED]
        is_sent = fact.outcome == AlertOutcome.NOTIFIED
        withheld = _after_burst(before.withheld, fact) if is_sent else _add(before.withheld, fact)
        messages = before.messages + is_sent
        self._put(replace(before, matched=matched, messages=messages, withheld=withheld))

    def begin_next(self, destination: str, due: datetime, line: str, articles: int) -> None:
        """Begin to count for the line after one that was due at this time."""
        self._put(
            DailyTally(
                destination=destination,
                since=due,
                articles_before=articles,
                due=due,
                line=line,
            )
        )

    def _put(self, tally: DailyTally) -> None:
        self.by_destination[tally.destination] = tally
        self.changed.add(tally.destination)


def _add(withheld: Mapping[str, int], fact: NotificationHead) -> dict[str, int]:
    alerts = withheld.get(fact.outcome, 0) + len(fact.alerts) + fact.omitted
    return {**withheld, fact.outcome: alerts}


def _after_burst(withheld: Mapping[str, int], fact: NotificationHead) -> dict[str, int]:
    """Return the alerts that were not sent after a message: those of its burst were, after all.

    The burst's last alert was never recorded as counted.
    """
    counted = withheld.get(AlertOutcome.COUNTED, 0)
    if fact.kind != "burst" or not counted:
        return dict(withheld)
    left = max(0, counted - (len(fact.alerts) + fact.omitted - 1))
    return {**withheld, AlertOutcome.COUNTED: left}
