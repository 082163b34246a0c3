"""How fast a replay goes: as fast as it can, or at a multiple of the articles' own pace."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import typer

from shared.messages.schemas import RawArticle

_MULTIPLE: Final = re.compile(r"(\d+(?:\.\d+)?)x")
MAX_DELAY_S: Final = 1.0
"""A replay that fell behind, because the pipeline did, does not make up for more than this."""


def event_time(article: RawArticle) -> datetime:
    """Return when an article was published; if that is not known, when it was fetched."""
    return article.published_at or article.fetched_at


@dataclass(slots=True)
class Pace:
    """The waits between articles. ``factor`` None: no waits; 10: ten hours of news in one hour.

    ``max_gap_s``: no wait is longer.
    """

    factor: float | None = None
    max_gap_s: float | None = None
    _last_event_s: float | None = None
    _due_s: float = 0.0

    def wait_s(self, article: RawArticle, now_s: float) -> float:
        """Return the seconds from now to when this article is due; times that go back do not wait.

        ``now_s`` is any clock that never goes back.
        """
        if self.factor is None:
            return 0.0
        event_s, last_s = event_time(article).timestamp(), self._last_event_s
        self._last_event_s = event_s
        if last_s is None:
            self._due_s = now_s
            return 0.0
        gap_s = max(0.0, event_s - last_s) / self.factor
        if self.max_gap_s is not None:
            gap_s = min(gap_s, self.max_gap_s)
        self._due_s = max(self._due_s + gap_s, now_s - MAX_DELAY_S)
        return max(0.0, self._due_s - now_s)


def parse_speed(text: str, max_gap_s: float | None = None) -> Pace:
    """Parse ``max`` or a multiple such as ``10x``; typer.BadParameter otherwise."""
    if text == "max":
        return Pace()
    matched = _MULTIPLE.fullmatch(text)
    if matched is None or float(matched[1]) == 0:
        raise typer.BadParameter(f"invalid speed {text!r}: use max or a multiple such as 10x")
    return Pace(float(matched[1]), max_gap_s)
