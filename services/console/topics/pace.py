"""How fast a replay goes: as fast as it can, or at a multiple of the articles' own pace."""

import re
from dataclasses import dataclass
from typing import Final

import typer

from shared.messages.schemas import RawArticle

_MULTIPLE: Final = re.compile(r"(\d+(?:\.\d+)?)x")


@dataclass(slots=True)
class Pace:
    """The waits between articles. ``factor`` None: no waits; 10: ten hours of news in one hour."""

    factor: float | None = None
    _last_s: float | None = None

    def gap_s(self, article: RawArticle) -> float:
        """Return the seconds to wait before this article; 0 if times are unknown or go back."""
        if self.factor is None or article.published_at is None:
            return 0.0
        now_s, last_s = article.published_at.timestamp(), self._last_s
        self._last_s = now_s
        return 0.0 if last_s is None else max(0.0, now_s - last_s) / self.factor


def parse_speed(text: str) -> Pace:
    """Parse ``max`` or a multiple such as ``10x``; typer.BadParameter otherwise."""
    if text == "max":
        return Pace()
    matched = _MULTIPLE.fullmatch(text)
    if matched is None or float(matched[1]) == 0:
        raise typer.BadParameter(f"invalid speed {text!r}: use max or a multiple such as 10x")
    return Pace(float(matched[1]))
