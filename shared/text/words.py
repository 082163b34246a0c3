"""What a word is: where the words, sentences and paragraphs of a text stand.

docs/rules.md explains it to analysts; the matcher's kernel does the same in loops.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

from shared.messages.schemas import Span
from shared.text.apostrophes import LONGEST, NO_ENDINGS, endings_of, is_elision, is_ending
from shared.text.normalise import (
    character_classes,
    is_hangul,
    normalise,
    normalise_exact,
)
from shared.text.sentences import split_sentences

_LETTER: Final = "[aAsS]"
_LAST: Final = rf"(?![aAsS0mz]|'{_LETTER})"
_RUN: Final = rf"(?:{_LETTER}[mz]*|0[mz]*(?:[.,](?=0))?)+"
_WORD: Final = re.compile(
    rf"""
      (?P<abbreviation>{_LETTER}[mz]*(?:\.{_LETTER}[mz]*)+(?![aAsS0])\.?)  # U.S.
    | (?P<run>{_RUN})                                                      # Trump, 1,000 and 3.5
    | (?P<sign>c[mz]*)                                                     # a Han character
    """,
    re.VERBOSE,
)
_POSSESSIVE: Final = re.compile(rf"'[sS]{_LAST}")
_ENDING: Final = re.compile(rf"'({_LETTER}{{1,{LONGEST}}}){_LAST}")
_PIECE: Final = re.compile(rf"(?={_LETTER}){_RUN}")
_DIGITS: Final = "0123456789"
MOST_DIGITS: Final = 2
LEAST_LETTERS: Final = 3
"""A footnote's number has at most so many digits, and stands behind at least so many letters."""
JOINING_SCRIPTS: Final = "\u0900"
"""From here on letters may change with their neighbours; no footnote is looked for behind them."""
_FOOTNOTE: Final = re.compile(r"(?:\[[0-9]{1,3}\])+")
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


@dataclass(frozen=True)
class SegmentedText:
    """A text with its words in order, column by column: where they stand and their normalised form.

    ``sentence_numbers`` and ``paragraph_numbers`` say of each word in which it begins, from 0.
    ``abbreviations`` are the numbers of the words that are letters with stops.
    """

    text: str
    starts: Sequence[int]
    ends: Sequence[int]
    keys: Sequence[str]
    sentence_numbers: Sequence[int]
    paragraph_numbers: Sequence[int]
    abbreviations: frozenset[int]
    sentences: tuple[Span, ...]

    @cached_property
    def exacts(self) -> Sequence[str]:
        """The exact form of each word; a word without a normalised form has none either."""
        places = zip(self.starts, self.ends, self.keys, strict=True)
        exacts = [
            normalise_exact(self.text[start:end]) if key else "" for start, end, key in places
        ]
        for number in self.abbreviations:
            exacts[number] = exacts[number].replace(".", "")
        return exacts

    @cached_property
    def positions(self) -> Mapping[str, Sequence[int]]:
        """The numbers of the words of each normalised form, in order."""
        positions: dict[str, list[int]] = {}
        for number, key in enumerate(self.keys):
            if key:
                positions.setdefault(key, []).append(number)
        return positions

    def find_prefix(self, prefix: str) -> list[str]:
        """Return the different normalised forms that begin with ``prefix``, in any order."""
        forms = self._sorted_forms
        first = bisect_left(forms, prefix)
        last = bisect_right(forms, prefix, first, key=lambda form: form[: len(prefix)])
        return forms[first:last]

    @cached_property
    def _sorted_forms(self) -> list[str]:
        return sorted(self.positions)

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """The words one by one, for whoever does not read a column."""
        columns = (self.keys, self.exacts, self.sentence_numbers, self.paragraph_numbers)
        return tuple(map(Word, self.starts, self.ends, *columns))


def segment_text(
    text: str,
    *,
    sentences: Sequence[Span] | None = None,
    one_sentence: bool = False,
    language: str = "",
) -> SegmentedText:
    """Find the words, sentences and paragraphs of a text.

    ``sentences`` are those that the article's message states; without them they are found here. A
    headline is ``one_sentence`` and one paragraph. ``language`` (ISO 639-1) says which endings are
    cut after an apostrophe.
    """
    kinds = _kinds(text)
    whole = [Span(start=0, end=len(text))] if text else []
    paragraphs = whole if one_sentence else list(_paragraphs(kinds))
    if one_sentence or sentences is None:
        sentences = whole if one_sentence else _split(text, paragraphs)
    places = list(_word_places(text, kinds, endings_of(language)))
    starts = [start for start, _end, _is_abbreviation in places]
    return SegmentedText(
        text,
        starts,
        [end for _start, end, _is_abbreviation in places],
        [normal_form(text[start:end], abbreviation=stops) for start, end, stops in places],
        _numbers(starts, sentence_starts(sentences)),
        _numbers(starts, [paragraph.start for paragraph in paragraphs]),
        frozenset(number for number, (*_extent, stops) in enumerate(places) if stops),
        tuple(sentences),
    )


def find_sentences(text: str) -> list[Span]:
    """Return the sentences of a text for which no message states them."""
    return _split(text, find_paragraphs(text))


def find_paragraphs(text: str) -> list[Span]:
    """Return the paragraphs of a text: blank lines separate them."""
    return list(_paragraphs(_kinds(text)))


def sentence_starts(sentences: Sequence[Span]) -> list[int]:
    """Return where sentences begin; the first one begins at 0, so that every word is in one."""
    return [0, *(span.start for span in sentences[1:])] if sentences else []


@lru_cache(maxsize=65_536)
def words_of(text: str) -> tuple[Word, ...]:
    """Return the words of a rule's term, segmented like those of an article."""
    places = _word_places(text, character_classes(text), NO_ENDINGS)
    return tuple(
        Word(
            start,
            end,
            normal_form(text[start:end], abbreviation=stops),
            exact_form(text[start:end], abbreviation=stops),
        )
        for start, end, stops in places
    )


@lru_cache(maxsize=65_536)
def takes_endings(key: str) -> bool:
    """Return whether a rule's word matches every word that begins with it.

    That holds for Hangul, where particles follow a name without a blank.
    """
    return is_hangul(key[-1])


def _numbers(positions: Iterable[int], starts: Sequence[int]) -> list[int]:
    """Return for each position the number of the span in which it is."""
    return [bisect_right(starts, position) - 1 for position in positions]


def _word_places(text: str, kinds: str, endings: frozenset[str]) -> Iterator[tuple[int, int, bool]]:
    """Yield where each word begins and ends, and whether it is letters with stops."""
    position = 0
    while match := _WORD.search(kinds, position):
        start, end = match.span()
        position = end
        if match.lastgroup != "sign":
            end, position = _end_of_word(text, kinds, start, end, match.lastgroup == "run", endings)
        footnote = _FOOTNOTE.match(text, position)
        position = footnote.end() if footnote else position
        while kinds[end - 1] == "z":
            end -= 1
        yield start, end, match.lastgroup == "abbreviation"


def _end_of_word(
    text: str, kinds: str, start: int, end: int, is_run: bool, endings: frozenset[str]
) -> tuple[int, int]:
    """Return where the word ends whose first part ends at ``end``, and where to go on reading.

    Cut off are a final possessive, an ending after an apostrophe, and a footnote's number.
    """
    is_first, position = True, end
    while kinds[end : end + 1] == "'":
        cut = _POSSESSIVE.match(kinds, end) or _ending(text, kinds, end, endings)
        following = _PIECE.match(kinds, end + 1)
        if cut or not (is_run and following and _ends_in_letter(kinds, end)):
            position = cut.end() if cut else end
            break
        if is_first and end - start <= LONGEST and is_elision(normalise(text[start:end])):
            return end, end + 1
        end = position = following.end()
        is_first = False
    bare = _without_footnote(text, start, end) if is_run and kinds[end - 1] in "0mz" else end
    return (bare, bare) if bare < end else (end, position)


def _ending(
    text: str, kinds: str, apostrophe: int, endings: frozenset[str]
) -> re.Match[str] | None:
    match = _ENDING.match(kinds, apostrophe) if endings else None
    return match if match and is_ending(normalise(text[slice(*match.span(1))]), endings) else None


def _ends_in_letter(kinds: str, end: int) -> bool:
    """Return whether the last character before ``end`` but for its marks is a letter."""
    last = end - 1
    while kinds[last] in "mz":
        last -= 1
    return kinds[last] in "aAsS"


def _without_footnote(text: str, start: int, end: int) -> int:
    """Return where the word ends without its footnote: Trump2 is Trump and 2.

    One or two digits after three letters are one; MI6, KN23 and Trump2020 are one word.
    """
    number, digits = end, 0
    while number > start and digits <= MOST_DIGITS:
        form = normalise(text[number - 1])
        if form and not (len(form) == 1 and form in _DIGITS):
            break
        digits += len(form)
        number -= 1
    first, letters = number, 0
    while digits and first > start and letters < LEAST_LETTERS:
        form = normalise(text[first - 1])
        if not all(c.isalpha() and c < JOINING_SCRIPTS for c in form):
            break
        letters += len(form)
        first -= 1
    return number if 0 < digits <= MOST_DIGITS and letters >= LEAST_LETTERS else end


def normal_form(surface: str, *, abbreviation: bool) -> str:
    """Return the form in which words are compared; an abbreviation is letters with stops."""
    key = normalise(surface)
    return _abbreviation(key.rstrip(".")) if abbreviation else key


def exact_form(surface: str, *, abbreviation: bool) -> str:
    """Return the form of a word that ``exact()`` compares."""
    exact = normalise_exact(surface)
    return exact.replace(".", "") if abbreviation else exact


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
