"""What a word is: where the words, sentences and paragraphs of a text stand.

docs/rules.md explains it to analysts; the matcher's kernel does the same in loops.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from shared.messages.schemas import Span
from shared.text.normalise import (
    character_classes,
    is_hangul,
    normalise,
    normalise_exact,
)
from shared.text.sentences import split_sentences

_LETTER: Final = "[aAsS]"
_POSSESSIVE: Final = rf"'[sS](?![aAsS0mz]|'{_LETTER})"
_WORD: Final = re.compile(
    rf"""(?:
        (?P<abbreviation>{_LETTER}[mz]*(?:\.{_LETTER}[mz]*)+(?![aAsS0])\.?)      # U.S.
      | (?P<run>(?:{_LETTER}[mz]*(?:(?!{_POSSESSIVE})'(?={_LETTER}))?            # O'Brien
                 |0[mz]*(?:[.,](?=0))?)+)                                        # 1,000 and 3.5
    )(?:{_POSSESSIVE})?                                                          # Trump's is Trump
    | (?P<sign>c[mz]*)                                                           # a Han character
    """,
    re.VERBOSE,
)
_PARAGRAPH_END: Final = re.compile(r"\n[ z]*+(?:\n[ z]*+)+|\u2029\s*")
_CRLF: Final = re.compile("\r\n")


@dataclass(frozen=True, slots=True)
class Word:
    """One word: its code points, normalised form, exact form, sentence and paragraph."""

    start: int
    end: int
    key: str
    exact: str
    sentence: int = 0
    paragraph: int = 0


@dataclass(frozen=True, slots=True)
class SegmentedText:
    """A text with its words in order; ``positions`` lists the places of each normalised form."""

    text: str
    words: tuple[Word, ...]
    sentences: tuple[Span, ...]
    paragraphs: tuple[Span, ...]
    positions: dict[str, list[int]] = field(default_factory=dict, compare=False, repr=False)


def segment_text(
    text: str, *, sentences: Sequence[Span] | None = None, one_sentence: bool = False
) -> SegmentedText:
    """Find the words, sentences and paragraphs of a text.

    ``sentences`` are those that the article's message states; without them they are found here. A
    headline is ``one_sentence`` and one paragraph.
    """
    kinds = _kinds(text)
    whole = [Span(start=0, end=len(text))] if text else []
    paragraphs = whole if one_sentence else list(_paragraphs(kinds))
    if one_sentence or sentences is None:
        sentences = whole if one_sentence else _split(text, paragraphs)
    words = tuple(_words(text, kinds, sentence_starts(sentences), [p.start for p in paragraphs]))
    positions: dict[str, list[int]] = {}
    for position, word in enumerate(words):
        positions.setdefault(word.key, []).append(position)
    return SegmentedText(text, words, tuple(sentences), tuple(paragraphs), positions)


def find_sentences(text: str) -> list[Span]:
    """Return the sentences of a text for which no message states them."""
    return _split(text, _paragraphs(_kinds(text)))


def sentence_starts(sentences: Sequence[Span]) -> list[int]:
    """Return where sentences begin; the first one begins at 0, so that every word is in one."""
    return [0, *(span.start for span in sentences[1:])] if sentences else []


@lru_cache(maxsize=65_536)
def words_of(text: str) -> tuple[Word, ...]:
    """Return the words of a rule's term, segmented like those of an article."""
    return tuple(_words(text, character_classes(text), [0], [0]))


def takes_endings(key: str) -> bool:
    """Return whether a rule's word matches every word that begins with it.

    That holds for Hangul, where particles follow a name without a blank.
    """
    return is_hangul(key[-1])


def _words(text: str, kinds: str, sentences: list[int], paragraphs: list[int]) -> Iterator[Word]:
    for match in _WORD.finditer(kinds):
        start, end = match.span(match.lastgroup or 0)
        while kinds[end - 1] == "z":
            end -= 1
        key, exact = forms(text[start:end], abbreviation=match.lastgroup == "abbreviation")
        yield Word(
            start,
            end,
            key,
            exact,
            bisect_right(sentences, start) - 1,
            bisect_right(paragraphs, start) - 1,
        )


def forms(surface: str, *, abbreviation: bool) -> tuple[str, str]:
    """Return a word's normalised and exact form; an abbreviation consists of letters with stops."""
    key, exact = normalise(surface), normalise_exact(surface)
    return (
        (_abbreviation(key.rstrip(".")), exact.replace(".", "")) if abbreviation else (key, exact)
    )


def _abbreviation(key: str) -> str:
    """Return the letters with stops between them: ``u.s``.

    Where normalising made two letters of one (ß.ß.), the stops are left out, because nobody would
    read it as letters with stops.
    """
    return key if all(len(letter) == 1 for letter in key.split(".")) else key.replace(".", "")


def _kinds(text: str) -> str:
    return character_classes(_CRLF.sub(" \n", text) if "\r" in text else text)


def _split(text: str, paragraphs: Iterable[Span]) -> list[Span]:
    return [
        sentence
        for paragraph in paragraphs
        for sentence in split_sentences(text, paragraph.start, paragraph.end)
    ]


def _paragraphs(kinds: str) -> Iterator[Span]:
    start = 0
    for end, following in [
        *((separator.start(), separator.end()) for separator in _PARAGRAPH_END.finditer(kinds)),
        (len(kinds), 0),
    ]:
        paragraph = kinds[start:end].rstrip()
        if paragraph:
            yield Span(start=start, end=start + len(paragraph))
        start = following
