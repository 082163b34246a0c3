"""Find every listed name in a text in one pass of an Aho–Corasick automaton over all names.

A name matches where no word continues at either side. Han and kana have no spaces, so such a name
may match inside a run of characters; a Hangul name matches at the start of a word, whatever
particle follows. A final possessive ('s, s') is not part of the word before it.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from operator import attrgetter
from typing import Final, Literal, NamedTuple

import msgspec
from ahocorasick_rs import AhoCorasick, BytesAhoCorasick

from services.tagger.scan.normalise import NormalisedText, normalise_name
from shared.text.apostrophes import NO_ENDINGS, is_after_elision, is_before_ending
from shared.text.words import LEAST_LETTERS, MOST_DIGITS
from shared.text.writing_systems import UNSPACED

_UNSPACED: Final = re.compile(f"[{UNSPACED}]")
_KATAKANA: Final = re.compile("[\u30a1-\u30fa\u30fc]")
_HANGUL: Final = re.compile("[\uac00-\ud7a3]")
_PARTICLE: Final = re.compile(
    "(?:은|는|이|가|을|를|의|와|과|도|만|에|께|로|으로|한테|라|야|아|여|나|랑|하고|보다|처럼|까지|부터|조차|마저"
    "|씨|님|측|뿐|들|식|표|발|때|前|전|정부|대통령|위원장|국무위원장|총리|장관|전대통령)"
)
"""What may follow a person's name within one word: a particle, a title or a noun such as
"government". Without this check 조현재 would match 조현."""
_SHORT_ACRONYM: Final = 3
"""Abbreviations of up to this many letters match in capitals only: US is never the pronoun, while
NATO may be written Nato."""
_CAPITALS_BEFORE: Final = re.compile(r"\b[A-Z]{2,} $")
_CAPITALS_AFTER: Final = re.compile(r" [A-Z]{2,}\b")
_REACH: Final = 30
_DIGITS: Final = frozenset("0123456789")
_FOOTNOTE: Final = re.compile(rf"[0-9]{{1,{MOST_DIGITS}}}(?![^\W_])")
_MARKS: Final = re.compile("[^\\w]|_")
_SPACES: Final = bytes(code if chr(code).isalpha() else ord(" ") for code in range(128)) + bytes(
    128
)
"""ASCII letters as they are, a space for every other ASCII character."""
_ASCII: Final = bytes(range(128))
_EDGES: Final = frozenset(mark for mark in map(chr, range(128)) if not mark.isalnum()) - {".", "'"}
"""Marks at which a word ends whatever it is."""
_EDGES_OF_WORDS: Final = _EDGES | {"."}
"""A stop ends a word of letters; U.S is not part of U.S.A."""


class NameKind(StrEnum):
    """What a listed name refers to."""

    PERSON = "person"
    MONONYM = "person by one name"
    TITLED = "person by title and surname"
    SURNAME = "surname"
    ORGANISATION = "organisation"
    ABBREVIATION = "abbreviation"
    OFFICE = "office"
    OFFICE_OF = "office of a country"
    COUNTRY = "country"
    DEMONYM = "demonym"
    RELATIVE = "relative name of a country"
    SHORT = "short name of a country"
    METONYM = "metonym"
    GROUP = "group of countries"
    KEYWORD = "keyword"
    EVENT = "event"
    EVENT_WORD = "word beside an event"
    EVENT_STOP = "phrase that is no event"
    STOP_NAME = "stop name"
    OTHER_BODY = "other body"
    SHIP = "type of ship"

    __hash__ = str.__hash__  # Enum's own is a Python function, which is slow as a key


_ANY_CASE: Final = frozenset(
    {
        NameKind.KEYWORD,
        NameKind.EVENT,
        NameKind.EVENT_WORD,
        NameKind.EVENT_STOP,
        NameKind.STOP_NAME,
        NameKind.OFFICE,
        NameKind.OFFICE_OF,
        NameKind.OTHER_BODY,
        NameKind.SHIP,
        NameKind.GROUP,
    }
)
_CAPITALS: Final = frozenset({NameKind.SHORT, NameKind.SURNAME, NameKind.RELATIVE})


class Case(StrEnum):
    """How closely the capitals in the text must match a name's."""

    ANY = "any"
    CAPITAL = "capital"
    EXACT = "exact"


class Name(NamedTuple):
    """One spelling as listed, the id of its owner, and (keywords, events) its language."""

    kind: NameKind
    owner: str
    spelling: str
    language: str = ""


class CandidateSpan(msgspec.Struct, frozen=True, order=True, gc=False):
    """A span of the original text and the names that match there.

    There are several names where entries share a spelling.
    """

    start: int
    end: int
    names: tuple[Name, ...]


SpansByKind = Mapping[NameKind, Sequence[CandidateSpan]]


_NamesOfKind = tuple[NameKind, tuple[Name, ...], tuple[Case, ...] | Literal[Case.CAPITAL] | None]
_Entry = tuple[_NamesOfKind, ...]
_BY_SPELLING: Final = attrgetter("spelling", "owner", "language")


class _Pattern(NamedTuple):
    """A normalised name, the names it stands for, and what a match must be checked for.

    ``spelling`` is None where every match is the name: letters without a space or mark.
    ``needs_capital``: every name needs a capital at its start. ``fits``: where that is there, if
    it is needed, every name matches. ``edges`` are the characters that end a word whatever it is.
    """

    spelling: str | None
    entry: _Entry
    needs_capital: bool
    fits: bool
    edges: frozenset[str]


class Finder:
    """All names as automata, built once for a gazetteer; ``find`` is pure.

    ASCII names are searched with a space at either end, in a text whose every punctuation mark and
    digit is replaced by a space, so the automaton itself matches whole words only, and words with a
    footnote's number. Other names are searched
    as they are, in texts that contain characters beyond ASCII.
    """

    def __init__(self, names: Iterable[Name], also_words: Iterable[str] = ()) -> None:
        entries: dict[str, dict[NameKind, list[Name]]] = {}
        for name in names:
            for pattern in _patterns(name.spelling):
                entries.setdefault(pattern, {}).setdefault(name.kind, []).append(name)
        self.patterns: Final = tuple(sorted(entries))
        self._also_words = frozenset(word.upper() for word in also_words)
        by_pattern = {
            pattern: tuple(map(_names_of_kind, sorted(entries[pattern].items())))
            for pattern in self.patterns
        }
        ascii_names = [pattern for pattern in self.patterns if pattern.isascii()]
        self._words: Final = [_pattern(name, by_pattern[name]) for name in ascii_names]
        self._word_automaton: Final = BytesAhoCorasick(
            [b" %s " % _space_out(name) for name in ascii_names]
        )
        self._beyond_ascii: Final = [
            (name, by_pattern[name]) for name in self.patterns if not name.isascii()
        ]
        self._letters_beyond_ascii: Final = frozenset(
            _beyond_ascii("".join(name for name, _entry in self._beyond_ascii))
        )
        self._automaton_beyond_ascii: Final = AhoCorasick(
            [name for name, _entry in self._beyond_ascii]
        )

    def find(self, text: NormalisedText) -> SpansByKind:
        """Return the spans of every name by kind, ordered by end; overlaps are included."""
        spans: defaultdict[NameKind, list[CandidateSpan]] = defaultdict(list)
        normalised, plain, has_offsets = text.normalised, text.plain, text.offsets is not None
        patterns, padded = self._words, f" {normalised} "
        find = self._word_automaton.find_matches_as_indexes
        for index, start, after in find(_space_out(padded), overlapping=True):
            spelling, entry, needs_capital, fits, edges = patterns[index]
            if needs_capital and not plain[start].isupper() and not has_offsets:
                continue
            end = after - 2
            if spelling and padded[start + 1 : end + 1] != spelling:
                continue
            if (padded[start] in _EDGES and padded[end + 1] in edges) or is_whole_word(
                normalised, start, end, text.endings
            ):
                if fits and not has_offsets:
                    for kind, names, _cases in entry:
                        spans[kind].append(CandidateSpan(start, end, names))
                else:
                    self._append(spans, start, end, entry, text)
        if not normalised.isascii():
            for start, end, entry in self._matches_beyond_ascii(text):
                self._append(spans, start, end, entry, text)
        return spans

    def _append(
        self,
        spans: defaultdict[NameKind, list[CandidateSpan]],
        start: int,
        end: int,
        entry: _Entry,
        text: NormalisedText,
    ) -> None:
        """Append a match in the normalised text, by kind, with the names whose capitals fit."""
        start, end = text.span(start, end)
        for kind, names, cases in entry:
            if cases is None:
                spans[kind].append(CandidateSpan(start, end, names))
            elif cases is not Case.CAPITAL:
                self._append_fitting(spans[kind], CandidateSpan(start, end, names), cases, text)
            elif text.plain[start].isupper():
                spans[kind].append(CandidateSpan(start, end, names))

    def _matches_beyond_ascii(self, text: NormalisedText) -> list[tuple[int, int, _Entry]]:
        names, normalised = self._beyond_ascii, text.normalised
        if self._letters_beyond_ascii.isdisjoint(_beyond_ascii(normalised)):
            return []
        find = self._automaton_beyond_ascii.find_matches_as_indexes
        return [
            (start, end, names[index][1])
            for index, start, end in find(normalised, overlapping=True)
            if is_whole_word(normalised, start, end, text.endings)
            and _is_whole_hangul_name(normalised, end, names[index][1])
        ]

    def _append_fitting(
        self,
        spans: list[CandidateSpan],
        span: CandidateSpan,
        cases: tuple[Case, ...],
        text: NormalisedText,
    ) -> None:
        """Append the span with those of its names whose capitals fit the text, if any."""
        surface, names = text.plain[span.start : span.end], span.names
        if len(names) == 1:
            if self._fits(cases[0], surface, names[0], text, span.start):
                spans.append(span)
            return
        pairs = zip(names, cases, strict=True)
        fitting = tuple(
            [name for name, case in pairs if self._fits(case, surface, name, text, span.start)]
        )
        if fitting:
            spans.append(CandidateSpan(span.start, span.end, fitting))

    def _fits(self, case: Case, surface: str, name: Name, text: NormalisedText, start: int) -> bool:
        if case is not Case.EXACT:
            return case is Case.ANY or has_capitals(surface, name.spelling)
        if surface != surface.upper():
            return False
        return surface not in self._also_words or not _is_among_capitals(
            text, start, start + len(surface)
        )


def case_of(name: Name) -> Case:
    """Return how closely the capitals must match.

    One word needs its capital, a short abbreviation all of them; a name of several words matches
    in any case.
    """
    if name.kind in _ANY_CASE:
        return Case.EXACT if _is_short_acronym(name.spelling) else Case.ANY
    if _is_short_acronym(name.spelling):
        return Case.EXACT
    has_several_words = " " in name.spelling or "-" in name.spelling
    return Case.ANY if has_several_words and name.kind not in _CAPITALS else Case.CAPITAL


def has_capitals(surface: str, spelling: str) -> bool:
    """Return whether each word that is listed with a capital has one in the text.

    True for writing systems without capitals.
    """
    if " " not in spelling:
        return surface[0].isupper() or not spelling[0].isupper()
    pairs = zip(surface.split(), spelling.split(), strict=False)
    return all(word[0].isupper() or not listed[0].isupper() for word, listed in pairs)


def is_whole_word(
    normalised: str, start: int, end: int, endings: frozenset[str] = NO_ENDINGS
) -> bool:
    """Return whether no word continues before ``start`` or after ``end``, as rules read words.

    A name in katakana counts as a word between other kana and Han. ``endings`` may follow a name
    after an apostrophe.
    """
    if not normalised[start].isascii() and _is_within_katakana(normalised, start, end):
        return False
    if start and normalised[start - 1] != " " and not _is_word_start(normalised, start):
        return False
    return (
        end >= len(normalised)
        or normalised[end] in " ,"
        or _is_word_end(normalised, start, end, endings)
    )


def line_of(plain: str, position: int) -> str:
    """Return the line at a position."""
    after = plain.find("\n", position)
    return plain[plain.rfind("\n", 0, position) + 1 : after if after >= 0 else len(plain)]


def longest_spans(spans: Iterable[CandidateSpan]) -> list[CandidateSpan]:
    """Select the longest of overlapping spans (the first of equally long ones), in text order."""
    ordered, reach = sorted(spans), 0
    for span in ordered:
        if span.start < reach:
            break
        reach = span.end
    else:
        return ordered
    selected: list[CandidateSpan] = []
    overlapping: list[CandidateSpan] = []
    reach = 0
    for span in ordered:
        if overlapping and span.start >= reach:
            selected += _longest_of(overlapping) if len(overlapping) > 1 else overlapping
            overlapping = []
        overlapping.append(span)
        reach = max(reach, span.end)
    return selected + _longest_of(overlapping)


def _longest_of(overlapping: list[CandidateSpan]) -> list[CandidateSpan]:
    if len(overlapping) < 2:
        return overlapping
    selected: list[CandidateSpan] = []
    first = overlapping[0].start
    covered = bytearray(max(span.end for span in overlapping) - first)
    for span in sorted(overlapping, key=lambda span: span.start - span.end):
        start, end = span.start - first, span.end - first
        if covered.find(1, start, end) < 0:
            covered[start:end] = b"\x01" * (end - start)
            selected.append(span)
    return sorted(selected)


def _names_of_kind(kind_and_names: tuple[NameKind, list[Name]]) -> _NamesOfKind:
    """Return one kind's names for a pattern with the capitals they need.

    That is a case for each name, Case.CAPITAL where all need only the first one, or None where
    no name needs any.
    """
    kind, names = kind_and_names
    if len(names) > 1:
        names = sorted(set(names), key=_BY_SPELLING)
    cases = tuple([case_of(name) for name in names])
    if cases.count(Case.ANY) == len(cases):
        return kind, tuple(names), None
    needs_only_first = cases.count(Case.CAPITAL) == len(cases) and all(
        " " not in name.spelling and name.spelling[0].isupper() for name in names
    )
    return kind, tuple(names), Case.CAPITAL if needs_only_first else cases


def _pattern(name: str, entry: _Entry) -> _Pattern:
    needs_capital = all(_need_a_capital(of_kind) for of_kind in entry)
    fits = all(cases is Case.CAPITAL for _kind, _names, cases in entry) or all(
        cases is None for _kind, _names, cases in entry
    )
    if name.isalpha():
        return _Pattern(None, entry, needs_capital, fits, _EDGES_OF_WORDS)
    return _Pattern(name, entry, needs_capital, fits, _EDGES)


def _need_a_capital(of_kind: _NamesOfKind) -> bool:
    """Return whether none of the names matches where its first letter is small."""
    _kind, names, cases = of_kind
    return cases is Case.CAPITAL or (
        cases is not None
        and Case.ANY not in cases
        and all(name.spelling[0].isupper() for name in names)
    )


def _space_out(normalised: str) -> bytes:
    """Replace by spaces all but ASCII letters, one for one."""
    return normalised.encode("ascii", "replace").translate(_SPACES)


def _beyond_ascii(normalised: str) -> str:
    """Return what remains of a normalised text without its ASCII characters."""
    return normalised.encode().translate(None, _ASCII).decode()


def _patterns(spelling: str) -> tuple[str, ...]:
    """Return what to search: the normalised name; for U.S. and the like also without last stop."""
    normalised = normalise_name(spelling)
    if normalised.count(".") > 1 and _MARKS.sub("", spelling).isupper():
        return normalised, normalised.rstrip(".")
    return (normalised,) if normalised else ()


def _is_short_acronym(spelling: str) -> bool:
    if len(spelling) > 2 * _SHORT_ACRONYM:
        return False
    letters = spelling.replace(".", "")
    return letters.isalpha() and letters.isupper() and len(letters) <= _SHORT_ACRONYM


def _is_whole_hangul_name(normalised: str, end: int, entry: _Entry) -> bool:
    """Return whether a person's name in Hangul that ends at ``end`` is not part of a longer one."""
    if any(kind is not NameKind.PERSON for kind, _names, _cases in entry):
        return True
    if not (_HANGUL.match(normalised, end) and _HANGUL.match(normalised, end - 1)):
        return True
    return _PARTICLE.match(normalised, end) is not None


def _is_within_katakana(normalised: str, start: int, end: int) -> bool:
    edges = ((start - 1, start), (end - 1, end))
    return any(
        before >= 0 and _KATAKANA.match(normalised, before) and _KATAKANA.match(normalised, after)
        for before, after in edges
    )


def _is_among_capitals(text: NormalisedText, start: int, end: int) -> bool:
    """Return whether the line, or the word on either side, is in capitals: US may then be us."""
    before = _CAPITALS_BEFORE.search(text.plain, max(0, start - _REACH), start)
    after = _CAPITALS_AFTER.match(text.plain, end)
    return (before is not None and after is not None) or text.lines.is_upper(start)


def _is_word_start(normalised: str, start: int) -> bool:
    before = normalised[start - 1]
    if before == "'":
        is_quote = start < 2 or not normalised[start - 2].isalpha()
        return is_quote or is_after_elision(normalised, start)
    return not before.isalnum() or bool(
        _UNSPACED.match(normalised, start) or _UNSPACED.match(before)
    )


def _is_word_end(normalised: str, start: int, end: int, endings: frozenset[str]) -> bool:
    after, last = normalised[end], normalised[end - 1]
    if after == ".":  # U.S is not part of U.S.A
        return (
            end - 2 <= start
            or normalised[end - 2] != "."
            or not normalised[end + 1 : end + 2].isalnum()
        )
    if after == "'":
        follows = normalised[end + 1 : end + 2].isalpha()
        return not follows or is_before_ending(normalised, end, endings)
    if after in _DIGITS:
        return end - start >= LEAST_LETTERS and _FOOTNOTE.match(normalised, end) is not None
    return not after.isalnum() or bool(
        _UNSPACED.match(last) or _UNSPACED.match(after) or _HANGUL.match(last)
    )
