"""Features of what a line has to do with the story.

They say whether the paragraphs near it use its words, and whether it repeats the headline's. A
headline is recognised by the paragraphs behind it, which use its words, and rare ones. In scripts
without spaces pairs of characters stand for words.
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

TOPIC_FEATURES: Final = (
    *("its words follow", "lines from the headline", "the headline's weight"),
    *("the next best headline", "headline's words"),
    *("words near", "words far off"),
)
"""Names of the columns, in order. Weights files name them: renaming one is a change of both."""
_MIN_KEYWORD_CHARACTERS: Final = 4
_PARAGRAPH_WORDS: Final = 8
_MIN_HEADLINE_WORDS: Final = 3
_MAX_HEADLINE_WORDS: Final = 30
_FOLLOWING: Final = 8
"""The words of a headline are looked for in so many paragraphs behind it."""
_FOLLOWS_WITHIN: Final = 25
"""The first of these paragraphs is no further away than so many lines."""
_NEAR: Final = 10
_FAR_BEFORE: Final = -20
_FAR_BEHIND: Final = 60

Places = Mapping[str, Sequence[int]]
"""The indices of the paragraphs that have a word, ascending."""


def topic_features(lines: Sequence[TextLine], words: Sequence[Sequence[str]]) -> Matrix:
    """Return a row a line. ``words``: the words of each line in lower case."""
    keywords = [frozenset(_keywords(line_words)) for line_words in words]
    paragraphs = [index for index, line in enumerate(lines) if _is_paragraph(line)]
    places: defaultdict[str, list[int]] = defaultdict(list)
    for index in paragraphs:
        for word in keywords[index]:
            places[word].append(index)
    rarity = _rarity(keywords)
    use = [
        _use(index, line, keywords[index], paragraphs, places, rarity)
        for index, line in enumerate(lines)
    ]
    cohesion = [_cohesion(index, line_words, places) for index, line_words in enumerate(keywords)]
    return np.hstack([_headline(lines, use, keywords), np.array(cohesion)]).astype(np.float32)


def _is_paragraph(line: TextLine) -> bool:
    return line.is_prose and not line.junk and line.words >= _PARAGRAPH_WORDS


def _keywords(words: Sequence[str]) -> Iterator[str]:
    for word in words:
        if len(word) >= _MIN_KEYWORD_CHARACTERS or (len(word) > 1 and not word.isascii()):
            yield word
    single = [word for word in words if len(word) == 1 and not word.isascii()]
    yield from (first + second for first, second in pairwise(single))


def _rarity(keywords: Sequence[frozenset[str]]) -> dict[str, float]:
    """Return for each word the logarithm of the number of lines to one line that has it."""
    counts = Counter(word for line_words in keywords for word in line_words)
    return {word: log(max(2, len(keywords)) / count) for word, count in counts.items()}


def _use(
    index: int,
    line: TextLine,
    keywords: frozenset[str],
    paragraphs: Sequence[int],
    places: Places,
    rarity: Mapping[str, float],
) -> tuple[float, float]:
    """Return the share of the line's words that the next paragraphs use.

    The second number is the rarity of these words, multiplied by that share.
    """
    after = bisect_right(paragraphs, index)
    following = paragraphs[after : after + _FOLLOWING]
    if not keywords or not following:
        return 0.0, 0.0
    if not _MIN_HEADLINE_WORDS <= line.words <= _MAX_HEADLINE_WORDS:
        return 0.0, 0.0
    if following[0] - index > _FOLLOWS_WITHIN:
        return 0.0, 0.0
    used = [
        word for word in keywords if _any_within(places.get(word, ()), following[0], following[-1])
    ]
    total = sum(rarity[word] for word in sorted(used))
    return len(used) / len(keywords), total * len(used) / len(keywords)


def _any_within(places: Sequence[int], first: int, last: int) -> bool:
    return bisect_right(places, last) > bisect_left(places, first)


def _headline(
    lines: Sequence[TextLine],
    use: Sequence[tuple[float, float]],
    keywords: Sequence[frozenset[str]],
) -> Matrix:
    """Return the columns about the line most like a headline, and each line's own likeness."""
    weights = [
        0.0 if ends_with_full_stop(line.text) else weight
        for line, (_, weight) in zip(lines, use, strict=True)
    ]
    best = max(weights)
    next_best = sorted(weights)[-2] / best if best and len(weights) > 1 else 0.0
    place = weights.index(best)
    headline = keywords[place] if best else frozenset()
    rows = [
        (
            share,
            min(max(index - place, _FAR_BEFORE), _FAR_BEHIND) if best else 0,
            np.log1p(best),
            next_best,
            len(headline & keywords[index]) / max(1, len(headline)),
        )
        for index, (share, _) in enumerate(use)
    ]
    return np.array(rows, np.float32)


def _cohesion(index: int, keywords: frozenset[str], places: Places) -> tuple[float, float]:
    """Return the shares of the line's words that paragraphs near it use, and only far ones."""
    near = far = 0
    for word in keywords:
        used = places.get(word, ())
        around = bisect_right(used, index + _NEAR) - bisect_left(used, index - _NEAR)
        own = _any_within(used, index, index)
        near += around > own
        far += around == own and len(used) > around
    return near / max(1, len(keywords)), far / max(1, len(keywords))
