"""What is counted for the daily lines, destination by destination. Pure."""

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

    def follow(self, destinations: AbstractSet[str], now: datetime, articles: int) -> None:
        """Begin to count for destinations that are new, and forget those without a daily line."""
        for destination in destinations - self.by_destination.keys():
            self._put(DailyTally(destination=destination, since=now, articles_before=articles))
        for destination in self.by_destination.keys() - destinations:
            del self.by_destination[destination]
            self.changed.add(destination)

    def add(self, fact: NotificationHead) -> None:
        """Count a notification that was decided; notices are not about articles."""
        before = self.by_destination.get(fact.destination)
        if before is None or fact.kind == "notice":
            return
        ids = (alert.article_id[:_ID_CHARACTERS] for alert in fact.alerts)
        matched = tuple(dict.fromkeys((*before.matched, *ids)))[:MAX_MATCHED]
        if fact.outcome == AlertOutcome.NOTIFIED:
            self._put(replace(before, matched=matched, messages=before.messages + 1))
            return
        alerts = before.withheld.get(fact.outcome, 0) + len(fact.alerts) + fact.omitted
        withheld = {**before.withheld, fact.outcome: alerts}
        self._put(replace(before, matched=matched, withheld=withheld))

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
