"""Segment an article's three texts, compiled: words, with the sentence and paragraph of each."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.alerting.matcher.characters import BLANK, OTHER, UNMET
from services.alerting.matcher.kernel.jit import jit
from services.alerting.matcher.kernel.paragraphs import find_paragraphs
from services.alerting.matcher.kernel.words import AHEAD, HARD, find_words, spell_exacts, spell_keys

_RETURN, _LINE_FEED = ord("\r"), ord("\n")


class ReadCounts(NamedTuple):
    """Where the words of each text begin, with the number of all words at last.

    And one number each: the paragraphs of the deck, the used part of ``spelt``, hard words.
    """

    fields: NDArray[np.int64]
    deck_paragraphs: NDArray[np.int64]
    spelt: NDArray[np.int64]
    hard: NDArray[np.int64]


class Workspace(NamedTuple):
    """Arrays to work in: a text's character classes, and where its paragraphs begin and end."""

    kinds: NDArray[np.uint8]
    starts: NDArray[np.int32]
    ends: NDArray[np.int32]


@jit
def segment_article(
    headline, deck, body, deck_sentences, sentences, chars, room, words, counts, with_exact, endings
):
    """Fill ``words`` and ``counts``; return False if a character is not in the tables yet.

    ``sentences`` is where those of the body begin. Exact forms are filled only ``with_exact``.
    ``endings`` are those of the language.
    """
    fields, spelt = counts.fields, counts.spelt
    spelt[0] = 0
    if not _segment(headline, 0, chars, room, words, fields, spelt, with_exact, endings):
        return False
    words.sentence[: fields[1]] = 0
    words.paragraph[: fields[1]] = 0
    if not _segment(deck, 1, chars, room, words, fields, spelt, with_exact, endings):
        return False
    paragraphs = _number_spans(deck, 1, deck_sentences, 0, 0, room, words, fields)
    counts.deck_paragraphs[0] = paragraphs
    if not _segment(body, 2, chars, room, words, fields, spelt, with_exact, endings):
        return False
    _number_spans(body, 2, sentences, len(deck_sentences), paragraphs, room, words, fields)
    size = fields[3]
    counts.hard[0] = _hard(words.key, size) + (_hard(words.exact, size) if with_exact else 0)
    return True


@jit
def _segment(text, field, chars, room, words, fields, spelt, with_exact, endings):
    """Append the words of one text; return False if a character is not in the tables yet."""
    if not _classify(text, chars, room.kinds):
        return False
    first = fields[field]
    size = find_words(text, room.kinds, words, first, chars, endings)
    spelt[0] = _spell(text, room.kinds, words, first, size, chars, with_exact, spelt[0])
    words.field[first:size] = field
    fields[field + 1] = size
    return True


@jit
def _number_spans(text, field, sentences, sentences_before, paragraphs_before, room, words, fields):
    """Write the numbers of one text's sentences and paragraphs.

    Return the number of paragraphs so far.
    """
    first, size = fields[field], fields[field + 1]
    count = find_paragraphs(room.kinds, len(text), room.starts, room.ends)
    _number(words.start, first, size, room.starts, count, paragraphs_before, words.paragraph)
    _number(words.start, first, size, sentences, len(sentences), sentences_before, words.sentence)
    return paragraphs_before + count


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
def _number(positions, first, last, starts, size, before, numbers):
    """Write for each word the number of the span in which it begins.

    They count on from ``before``, the number of spans in the texts before this one: the headline
    is span 0.
    """
    following = 0
    for i in range(first, last):
        while following < size and starts[following] <= positions[i]:
            following += 1
        numbers[i] = before + following
