"""How fast a replay goes: as fast as it can, or a multiple of the articles' own pace."""

import re
from dataclasses import dataclass
from typing import Final

import typer

from shared.messages.schemas import RawArticle

_FORM: Final = re.compile(r"(\d+(?:\.\d+)?)x")


@dataclass(slots=True)
class Pace:
    """Waits between articles. ``factor`` None never waits; 10 makes ten hours of news one hour."""

    factor: float | None = None
    _last_s: float | None = None

    def gap_s(self, article: RawArticle) -> float:
        """Seconds to wait between the article before and this one; unknown and backward times do not wait."""
        if self.factor is None or article.published_at is None:
            return 0.0
        now_s, last_s = article.published_at.timestamp(), self._last_s
        self._last_s = now_s
        return 0.0 if last_s is None else max(0.0, now_s - last_s) / self.factor


def parse_speed(text: str) -> Pace:
    """``max`` or a multiple such as ``10x``; typer.BadParameter otherwise."""
    if text == "max":
        return Pace()
    found = _FORM.fullmatch(text)
    if found is None or float(found[1]) == 0:
        raise typer.BadParameter(f"{text!r} is no speed: write max, or a multiple such as 10x")
    return Pace(float(found[1]))
