"""What a line has to do with the story: whether the paragraphs near it use its words, and whether it repeats the words of the headline.

A headline is known by what follows: the paragraphs behind it use its words, and rare ones. In scripts without spaces pairs of characters
stand for words.
"""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from math import log
from typing import Final

import numpy as np

from services.cleaner.lines.context_features import Matrix
from services.cleaner.lines.line_types import TextLine, ends_with_full_stop

TOPIC: Final = (
    *(
        "its words follow",
        "lines from the headline",
        "the headline's weight",
        "the next best headline",
        "headline's words",
    ),
    *("words near", "words far off"),
)
"""Names of the columns, in order."""
_TELLING_CHARACTERS: Final = 4
_PARAGRAPH_WORDS: Final = 8
_SHORTEST_HEADLINE_WORDS: Final = 3
_LONGEST_HEADLINE_WORDS: Final = 30
_FOLLOWING: Final = 8
"""A headline's words are looked for in so many paragraphs behind it,"""
_FOLLOWS_WITHIN: Final = 25
"""the first of which is no further away than this many lines."""
_NEAR: Final = 10
_FAR_BEFORE: Final = -20
_FAR_BEHIND: Final = 60

Places = Mapping[str, Sequence[int]]


def topic(lines: Sequence[TextLine], words: Sequence[Sequence[str]]) -> Matrix:
    """A row a line; ``words`` are the lines', in lower case."""
    telling = [frozenset(_telling(each)) for each in words]
    paragraphs = [
        at
        for at, line in enumerate(lines)
        if line.prose and not line.junk and line.words >= _PARAGRAPH_WORDS
    ]
    places: defaultdict[str, list[int]] = defaultdict(list)
    for at in paragraphs:
        for word in telling[at]:
            places[word].append(at)
    rarity = _rarity(telling)
    followed = [
        _followed(at, line, telling[at], paragraphs, places, rarity)
        for at, line in enumerate(lines)
    ]
    cohesion = [_cohesion(at, each, places) for at, each in enumerate(telling)]
    return np.hstack([_headline(lines, followed, telling), np.array(cohesion)]).astype(np.float32)


def _telling(words: Sequence[str]) -> Iterator[str]:
    yield from (
        word
        for word in words
        if len(word) >= _TELLING_CHARACTERS or (len(word) > 1 and not word.isascii())
    )
    single = [word for word in words if len(word) == 1 and not word.isascii()]
    yield from (one + other for one, other in pairwise(single))


def _rarity(telling: Sequence[frozenset[str]]) -> dict[str, float]:
    """The logarithm of one in how many lines has the word."""
    counted = Counter(word for each in telling for word in each)
    return {word: log(max(2, len(telling)) / count) for word, count in counted.items()}


def _followed(
    at: int,
    line: TextLine,
    telling: frozenset[str],
    paragraphs: Sequence[int],
    places: Places,
    rarity: Mapping[str, float],
) -> tuple[float, float]:
    """The share of the line's words that the next paragraphs use, and the rarity of these words, times that share."""
    after = bisect_right(paragraphs, at)
    following = paragraphs[after : after + _FOLLOWING]
    if (
        not telling
        or not following
        or not _SHORTEST_HEADLINE_WORDS <= line.words <= _LONGEST_HEADLINE_WORDS
    ):
        return 0.0, 0.0
    if following[0] - at > _FOLLOWS_WITHIN:
        return 0.0, 0.0
    used = [
        word for word in telling if _any_within(places.get(word, ()), following[0], following[-1])
    ]
    return len(used) / len(telling), sum(rarity[word] for word in sorted(used)) * len(used) / len(
        telling
    )


def _any_within(places: Sequence[int], first: int, last: int) -> bool:
    return bisect_right(places, last) > bisect_left(places, first)


def _headline(
    lines: Sequence[TextLine],
    followed: Sequence[tuple[float, float]],
    telling: Sequence[frozenset[str]],
) -> Matrix:
    """The columns about the line that is most like a headline, and each line's own likeness."""
    weights = [
        0.0 if ends_with_full_stop(line.text) else weight
        for line, (_, weight) in zip(lines, followed, strict=True)
    ]
    best = max(weights)
    next_best = sorted(weights)[-2] / best if best and len(weights) > 1 else 0.0
    place = weights.index(best)
    headline = telling[place] if best else frozenset()
    rows = [
        (
            share,
            min(max(at - place, _FAR_BEFORE), _FAR_BEHIND) if best else 0,
            np.log1p(best),
            next_best,
            len(headline & telling[at]) / max(1, len(headline)),
        )
        for at, (share, _) in enumerate(followed)
    ]
    return np.array(rows, np.float32)


def _cohesion(at: int, telling: frozenset[str], places: Places) -> tuple[float, float]:
    """The shares of the line's words that other paragraphs use: near it, and only far away."""
    near = far = 0
    for word in telling:
        used = places.get(word, ())
        around = bisect_right(used, at + _NEAR) - bisect_left(used, at - _NEAR)
        own = _any_within(used, at, at)
        near += around > own
        far += around == own and len(used) > around
    return near / max(1, len(telling)), far / max(1, len(telling))
