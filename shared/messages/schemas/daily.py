"""What a daily line tells a receiver."""

import msgspec

from shared.messages.schemas.values import UtcTime


class QuietSource(msgspec.Struct, frozen=True, kw_only=True):
    """A source that is quiet for longer than is usual; seconds."""

    source: str
    quiet_s: int
    usual_s: int


class DailyFigures(msgspec.Struct, frozen=True, kw_only=True):
    """What happened between two daily lines of a destination.

    ``matched`` are articles with an alert for it, ``messages`` were posted to it; ``withheld`` are
    the alerts that were not sent, by outcome. ``waiting`` and ``parked`` are as of ``until``.
    """

    since: UtcTime
    until: UtcTime
    articles: int
    matched: int
    messages: int
    withheld: dict[str, int] = {}
    waiting: int = 0
    parked: int = 0
    quiet: tuple[QuietSource, ...] = ()
