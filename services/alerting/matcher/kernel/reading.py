"""Segment an article's two texts, compiled: words, with the sentence and paragraph of each."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.alerting.matcher.characters import BLANK, OTHER, UNMET
from services.alerting.matcher.kernel.jit import jit
from services.alerting.matcher.kernel.paragraphs import find_paragraphs
from services.alerting.matcher.kernel.words import AHEAD, HARD, find_words, spell_exacts, spell_keys

_RETURN, _LINE_FEED = ord("\r"), ord("\n")


class ReadCounts(NamedTuple):
    """One number each: words, those of the headline, the used part of ``spelt``, hard words."""

    words: NDArray[np.int64]
    in_headline: NDArray[np.int64]
    spelt: NDArray[np.int64]
    hard: NDArray[np.int64]


class Workspace(NamedTuple):
    """Arrays to work in: a text's character classes, and where its paragraphs begin and end."""

    kinds: NDArray[np.uint8]
    starts: NDArray[np.int32]
    ends: NDArray[np.int32]


@jit
def segment_article(headline, body, sentences, chars, room, words, counts, with_exact, endings):
    """Fill ``words`` and ``counts``; return False if a character is not in the tables yet.

    ``sentences`` is where those of the body begin. Exact forms are filled only ``with_exact``.
    ``endings`` are those of the language.
    """
    if not _classify(headline, chars, room.kinds):
        return False
    count = find_words(headline, room.kinds, words, 0, chars, endings)
    spelt = _spell(headline, room.kinds, words, 0, count, chars, with_exact, 0)
    words.field[:count] = 0
    words.sentence[:count] = 0
    words.paragraph[:count] = 0
    if not _classify(body, chars, room.kinds):
        return False
    size = find_words(body, room.kinds, words, count, chars, endings)
    spelt = _spell(body, room.kinds, words, count, size, chars, with_exact, spelt)
    words.field[count:size] = 1
    paragraphs = find_paragraphs(room.kinds, len(body), room.starts, room.ends)
    _number(words.start, count, size, room.starts, paragraphs, words.paragraph)
    _number(words.start, count, size, sentences, len(sentences), words.sentence)
    counts.words[0], counts.in_headline[0], counts.spelt[0] = size, count, spelt
    counts.hard[0] = _hard(words.key, size) + (_hard(words.exact, size) if with_exact else 0)
    return True


@jit
def _spell(text, kinds, words, first, last, chars, with_exact, spelt):
    spelt = spell_keys(text, kinds, words, first, last, chars, spelt)
    return spell_exacts(text, words, first, last, chars, spelt) if with_exact else spelt


@jit
def _hard(forms, size):
    count = 0
    for i in range(size):
        count += forms[i] == HARD
    return count


@jit
def _classify(text, chars, kinds):
    """Write the character classes of a text; return False if a character is not in the tables.

    The two characters of a line end count as one.
    """
    size = len(text)
    for i in range(size):
        kinds[i] = chars.kind[text[i]]
        if kinds[i] == UNMET:
            return False
        if text[i] == _LINE_FEED and i and text[i - 1] == _RETURN:
            kinds[i - 1] = BLANK
    kinds[size : size + AHEAD] = OTHER
    return True


@jit
def _number(positions, first, last, starts, size, numbers):
    """Write for each word the number of the span in which it begins.

    They count from 1: the headline is span 0.
    """
    following = 0
    for i in range(first, last):
        while following < size and starts[following] <= positions[i]:
            following += 1
        numbers[i] = following
