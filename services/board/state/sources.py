"""Which sources are quiet, when each was read last, and daily lines: a view of watch.v1. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from services.alerting.watch.watch_memory import WatchMemory
from services.board.state.excerpt import shorten
from shared.base.outcomes import InvalidMessage

ROWS: Final = 500
NAME_CHARACTERS: Final = 200
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow:
    """A source as the page shows it: its last article, its articles since midnight (UTC).

    ``usual_s`` is its usual pause in seconds, None if too little is known; ``is_quiet`` is it for
    three times that.
    """

    source: str
    last_at: datetime
    articles: int
    usual_s: int | None
    is_quiet: bool


@dataclass(slots=True)
class Sources:
    """What the watch has stored."""

    _memory: WatchMemory = field(default_factory=lambda: WatchMemory(began_at=_EPOCH))

    def take(self, key: bytes, value: bytes | None) -> None:
        """Take one record. InvalidMessage if it cannot be decoded."""
        if self._memory.restore([(key, value)]):
            raise InvalidMessage(f"an entry of watch.v1 cannot be read: {key[:80]!r}")

    def summary(self, now: datetime) -> dict[str, Any]:
        """Return the page: quiet sources first, then those that were read last."""
        memory = self._memory
        memory.arrivals.forget_before(now)
        memory.arrivals.changed.clear()
        rows = sorted(self._rows(now), key=_order)
        tallies = sorted(
            memory.tallies.by_destination.values(), key=lambda tally: tally.destination
        )
        return {
            "at": memory.written_at,
            "quiet": sum(row.is_quiet for row in rows),
            "troubles": [{"kind": each.kind, "since": each.since} for each in memory.troubles],
            "lines": [
                {"destination": each.destination, "due": each.due, "line": each.line}
                for each in tallies
            ],
            "sources": rows[:ROWS],
            "more": max(0, len(rows) - ROWS),
        }

    def _rows(self, now: datetime) -> Iterator[SourceRow]:
        arrivals = self._memory.arrivals
        quiet = {each.source for each in arrivals.quiet_sources(now)}
        for source in arrivals.sources:
            usual, last_at = arrivals.usual_pause(source), arrivals.last_at(source)
            yield SourceRow(
                source=shorten(source, NAME_CHARACTERS),
                last_at=last_at or _EPOCH,
                articles=arrivals.count_since(source, now),
                usual_s=usual.usual_s if usual else None,
                is_quiet=source in quiet,
            )


def _order(row: SourceRow) -> tuple[bool, float, str]:
    at = row.last_at.timestamp()
    return not row.is_quiet, at if row.is_quiet else -at, row.source
