"""Find the headline among the lines before the first paragraph.

Menus and kickers are above it; decks, bylines and captions below. A headline is as long as
headlines are, and the story repeats its words; of two such lines the upper one is the headline, the
other one the deck.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from services.cleaner.lines.line_types import TextLine, ends_with_full_stop, is_byline
from services.cleaner.lines.repeats import REPEATED
from services.cleaner.text.characters import normalise
from shared.text.writing_systems import UNSPACED

_FULL_LENGTH_WORDS: Final = 5
_CONFIRMED_SHARE: Final = 0.6
_SERIOUS_SHARE: Final = 0.4
_SERIOUS_WORDS: Final = 4
_MAX_LATER: Final = 2
_LATER: Final = 0.25
"""What each line further down costs: decks repeat the story's words as headlines do, but are below
them."""
_MAX_WORDS: Final = 30
_MAX_CHARACTERS: Final = 1_000
"""Of so few words; a line of endless ones is no headline, and is not searched for in the body."""
_NEAR_LINES: Final = 25
"""The menus of a page may fill hundreds of lines; its headline is near the story."""
_MIN_KEYWORD_CHARACTERS: Final = 3
_UNSPACED_RUN: Final = re.compile(f"[{UNSPACED}]+")


def find_headline(lines: Sequence[TextLine], body: str, stated: str | None) -> int | None:
    """Return the index of the headline in ``lines``, None if none of them is one.

    ``stated``: the headline that the feed or manifest gives.
    """
    if stated:
        headline = normalise(stated)
        same = [index for index, line in enumerate(lines) if normalise(line.text) == headline]
        if same:
            return same[-1]
    story = " " + normalise(body)
    first = max(0, len(lines) - _NEAR_LINES)
    candidates = [
        (index, _confirmed_share(lines[index].text, story))
        for index in range(first, len(lines))
        if _may_be_headline(lines[index])
    ]
    return _best(lines, candidates)


def _best(lines: Sequence[TextLine], candidates: Sequence[tuple[int, float]]) -> int | None:
    best, best_score, rank = None, -1.0, 0
    for index, confirmed in candidates:
        words = lines[index].words
        score = min(words, _FULL_LENGTH_WORDS) / _FULL_LENGTH_WORDS
        score += min(confirmed, _CONFIRMED_SHARE) / _CONFIRMED_SHARE
        score -= _LATER * min(rank, _MAX_LATER)
        rank += confirmed >= _SERIOUS_SHARE and words >= _SERIOUS_WORDS
        if score > best_score:
            best, best_score = index, score
    return best


def _may_be_headline(line: TextLine) -> bool:
    if line.words > _MAX_WORDS or len(line.text) > _MAX_CHARACTERS:
        return False
    if line.junk not in {"", REPEATED}:
        return False
    return not is_byline(line.text) and not ends_with_full_stop(line.text)


def _confirmed_share(text: str, story: str) -> float:
    """Return the share of the line's keywords that the normalised body repeats."""
    keywords = list(_keywords(text))
    return sum(word in story for word in keywords) / len(keywords) if keywords else 0.0


def _keywords(text: str) -> Iterator[str]:
    """Yield the words of three letters or more, with the space that starts a word.

    Of a script without spaces, yield pairs of characters.
    """
    for word in normalise(text).split():
        if _UNSPACED_RUN.match(word):
            yield from (word[start : start + 2] for start in range(max(1, len(word) - 1)))
        elif len(word) >= _MIN_KEYWORD_CHARACTERS:
            yield f" {word}"
