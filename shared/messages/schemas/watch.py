"""The watch's state: what was read on a day, and what is wrong."""

from dataclasses import dataclass, field
from datetime import date

import msgspec

from shared.messages.schemas.values import UtcTime


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceDay:
    """In which minutes of a day (UTC) articles of a source were read, and how many.

    ``minutes`` are 1 440 bits, the first minute in the lowest bit of the first byte.
    """

    source: str
    day: date
    articles: int
    minutes: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyTally:
    """What is counted for a destination's next daily line, since the time ``since``.

    ``articles_before`` were read before. ``matched`` are short ids of articles. ``due`` is when the
    last line was due and ``line`` its text; None and empty before the first.
    """

    destination: str
    since: UtcTime
    articles_before: int
    matched: tuple[str, ...] = ()
    messages: int = 0
    withheld: dict[str, int] = field(default_factory=dict)
    due: UtcTime | None = None
    line: str = ""


class OpenTrouble(msgspec.Struct, frozen=True, kw_only=True):
    """What operators were told of and is not over: ``kind`` is a stage that lags, or reading."""

    kind: str
    since: UtcTime


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchProgress:
    """How far the watch has read each partition, written with all that follows from it.

    ``positions`` are the next offsets by ``topic/partition``; ``articles`` were read in all. It
    contains clock readings, and so do the daily lines.
    """

    began_at: UtcTime
    written_at: UtcTime
    articles: int
    positions: dict[str, int]
    troubles: tuple[OpenTrouble, ...] = ()
