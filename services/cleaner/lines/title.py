"""Which of the lines before the first paragraph is the headline, beside menus and kickers above it and decks, bylines and captions below.

A headline is as long as headlines are, and the story repeats its words; of two such lines the upper one is the headline, the other the deck.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from services.cleaner.lines.line_types import TextLine, ends_with_full_stop, is_byline
from services.cleaner.lines.repeats import REPEATED
from services.cleaner.text.characters import fold
from shared.text.writing_systems import UNSPACED

_FULL_LENGTH_WORDS: Final = 5
_CONFIRMED_SHARE: Final = 0.6
_SERIOUS_SHARE: Final = 0.4
_SERIOUS_WORDS: Final = 4
_MOST_LATER: Final = 2
_LATER: Final = 0.25
"""What each line further down costs: decks repeat the story's words as well as headlines do, but stand below them."""
_LONGEST_WORDS: Final = 30
_LONGEST_CHARACTERS: Final = 1_000
"""Of so few words; a line of endless ones is no headline, and its parts are not looked for in the body."""
_NEAR_LINES: Final = 25
"""A page's menus may fill hundreds of lines; its headline stands near the story."""
_TELLING_CHARACTERS: Final = 3
_UNSPACED_RUN: Final = re.compile(f"[{UNSPACED}]+")


def title_among(lines: Sequence[TextLine], body: str, stated: str | None) -> int | None:
    """The index of the headline in ``lines``; None if none of them is one. ``stated``: the feed's or manifest's headline."""
    same = [at for at, line in enumerate(lines) if stated and fold(line.text) == fold(stated)]
    if same:
        return same[-1]
    told = " " + fold(body)
    first = max(0, len(lines) - _NEAR_LINES)
    candidates = [
        (at, _confirmed(lines[at].text, told))
        for at in range(first, len(lines))
        if _may_be_title(lines[at])
    ]
    return _best(lines, candidates)


def _best(lines: Sequence[TextLine], candidates: Sequence[tuple[int, float]]) -> int | None:
    best, best_score, rank = None, -1.0, 0
    for at, confirmed in candidates:
        score = (
            min(lines[at].words, _FULL_LENGTH_WORDS) / _FULL_LENGTH_WORDS
            + min(confirmed, _CONFIRMED_SHARE) / _CONFIRMED_SHARE
        )
        score -= _LATER * min(rank, _MOST_LATER)
        rank += confirmed >= _SERIOUS_SHARE and lines[at].words >= _SERIOUS_WORDS
        if score > best_score:
            best, best_score = at, score
    return best


def _may_be_title(line: TextLine) -> bool:
    if line.words > _LONGEST_WORDS or len(line.text) > _LONGEST_CHARACTERS:
        return False
    return (
        line.junk in {"", REPEATED}
        and not is_byline(line.text)
        and not ends_with_full_stop(line.text)
    )


def _confirmed(text: str, told: str) -> float:
    """The share of the line's telling words that the body repeats; ``told`` is the folded body."""
    telling = list(_telling(text))
    return sum(word in told for word in telling) / len(telling) if telling else 0.0


def _telling(text: str) -> Iterator[str]:
    """Words of three letters and more, to be found at the start of a word; in a script without spaces, pairs of characters."""
    for word in fold(text).split():
        if _UNSPACED_RUN.match(word):
            yield from (word[at : at + 2] for at in range(max(1, len(word) - 1)))
        elif len(word) >= _TELLING_CHARACTERS:
            yield f" {word}"
