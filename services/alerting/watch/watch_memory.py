"""What the watch remembers, and the records of watch.v1 that it is stored in. Pure.

All of it is written in one transaction with the dispatches that follow from it and with the offsets
up to which it was counted: whoever restores it goes on exactly there.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Final

import msgspec

from services.alerting.watch.arrivals import Arrivals
from services.alerting.watch.tallies import NotificationHead, Tallies
from shared.base.outcomes import InvalidMessage
from shared.messages import codec
from shared.messages.headers import REPLAY_ID
from shared.messages.schemas import DailyTally, OpenTrouble, SourceDay, WatchProgress

PROGRESS_KEY: Final = b"progress"
_SOURCE: Final = b"source/"
_TALLY: Final = b"daily/"
WatchRecord = SourceDay | DailyTally | WatchProgress


class _CleanHead(msgspec.Struct):
    """What is needed of a clean article."""

    source: str


class _ArticleHead(msgspec.Struct):
    """What is needed of a tagged article."""

    article: _CleanHead


_ARTICLES: Final = msgspec.json.Decoder(_ArticleHead)
_FACTS: Final = msgspec.json.Decoder(NotificationHead)


@dataclass(slots=True)
class WatchMemory:
    """Arrivals, tallies and open troubles, and how far the topics were read to count them.

    ``articles`` were read in all; ``positions`` are the next offsets by ``topic/partition``.
    ``written_at`` is when it was stored that was restored; None if nothing was.
    """

    began_at: datetime
    arrivals: Arrivals = field(default_factory=Arrivals)
    tallies: Tallies = field(default_factory=Tallies)
    articles: int = 0
    positions: dict[str, int] = field(default_factory=dict)
    troubles: tuple[OpenTrouble, ...] = ()
    written_at: datetime | None = None

    def take_article(self, value: bytes | None, at: datetime, headers: Mapping[str, str]) -> None:
        """Count an article as read; not one that is replayed, which says nothing about today."""
        if REPLAY_ID in headers:
            return
        try:
            source = _ARTICLES.decode(value or b"").article.source
        except (msgspec.DecodeError, UnicodeDecodeError):
            return  # match makes it a dead letter
        self.articles += 1
        self.arrivals.add(source, at)

    def take_fact(self, value: bytes | None) -> None:
        """Count what was decided about alerts."""
        try:
            self.tallies.add(_FACTS.decode(value or b""))
        except (msgspec.DecodeError, UnicodeDecodeError):
            return

    def restore(self, records: Iterable[tuple[bytes, bytes | None]]) -> list[bytes]:
        """Take what was stored, the last value of each key; return the keys of unreadable ones."""
        unreadable = []
        for key, value in records:
            try:
                self._restore(key, value)
            except InvalidMessage:
                unreadable.append(key)
        return unreadable

    def _restore(self, key: bytes, value: bytes | None) -> None:
        if value is None:
            self.tallies.by_destination.pop(
                key.removeprefix(_TALLY).decode("utf-8", "replace"), None
            )
        elif key.startswith(_SOURCE):
            self.arrivals.load(codec.decode(value, SourceDay))
        elif key.startswith(_TALLY):
            self.tallies.load(codec.decode(value, DailyTally))
        elif key == PROGRESS_KEY:
            progress = codec.decode(value, WatchProgress)
            self.began_at, self.articles = progress.began_at, progress.articles
            self.positions, self.troubles = dict(progress.positions), progress.troubles
            self.written_at = progress.written_at

    def take_changes(self, now: datetime) -> Iterator[tuple[bytes, WatchRecord | None]]:
        """Yield key and message of everything that has changed; None where it is forgotten."""
        for source, day in sorted(self.arrivals.changed):
            yield source_day_key(source, day), self.arrivals.store(source, day)
        for destination in sorted(self.tallies.changed):
            yield tally_key(destination), self.tallies.by_destination.get(destination)
        self.arrivals.changed.clear()
        self.tallies.changed.clear()
        yield (
            PROGRESS_KEY,
            WatchProgress(
                began_at=self.began_at,
                written_at=now,
                articles=self.articles,
                positions=dict(sorted(self.positions.items())),
                troubles=self.troubles,
            ),
        )


def arrival_time(recorded_ms: int, now: datetime) -> datetime:
    """Return when a record was written; ``now`` where its time makes no sense or lies ahead."""
    if not 0 < recorded_ms <= now.timestamp() * 1000:
        return now
    return datetime.fromtimestamp(recorded_ms / 1000, UTC)


def source_day_key(source: str, day: date) -> bytes:
    """Return the key of a day of a source."""
    return _SOURCE + f"{day.isoformat()}/{source}".encode()


def tally_key(destination: str) -> bytes:
    """Return the key of a destination's tally."""
    return _TALLY + destination.encode()
