"""Which of the lines before the first paragraph is the headline, beside kickers above it and decks, bylines and captions below."""

from collections.abc import Sequence
from typing import Final

from services.cleaner.lines.kinds import Line, ends_with_full_stop, is_byline
from services.cleaner.text import fold

_FULL_LENGTH_WORDS: Final = 5
_CONFIRMED_SHARE: Final = 0.6
_LATER: Final = 0.25
"""What each line further down costs: decks repeat the story's words as well as headlines do, but stand below them."""
_LONGEST_WORDS: Final = 30
_TELLING_CHARACTERS: Final = 3


def title_among(lines: Sequence[Line], body: str, stated: str | None) -> int | None:
    """The index of the headline in ``lines``; None if none of them is one. ``stated``: the feed's or manifest's headline."""
    if stated:
        same = [at for at, line in enumerate(lines) if fold(line.text) == fold(stated)]
        if same:
            return same[0]
    candidates = [at for at, line in enumerate(lines) if _may_be_title(line)]
    told = fold(body)
    scored = [(_score(lines[at], told) - _LATER * rank, -at) for rank, at in enumerate(candidates)]
    return -max(scored)[1] if scored else None


def _may_be_title(line: Line) -> bool:
    return not line.junk and not is_byline(line.text) and not ends_with_full_stop(line.text) and line.words <= _LONGEST_WORDS


def _score(line: Line, told: str) -> float:
    """Up to 1 for length and up to 1 for the share of its telling words that the body repeats (scripts without spaces: pairs)."""
    telling = [word for word in fold(line.text).split() if len(word) >= _TELLING_CHARACTERS] or fold(line.text).split()
    confirmed = sum(word in told for word in telling) / max(1, len(telling))
    return min(line.words, _FULL_LENGTH_WORDS) / _FULL_LENGTH_WORDS + min(confirmed, _CONFIRMED_SHARE) / _CONFIRMED_SHARE
