"""Every listed name that stands in a text, found in one pass of an Aho–Corasick automaton over all names, folded.

A name stands where no word runs on at either side. Han and kana have no spaces, so such a name may stand inside a run; a Hangul name
stands at the start of a word, whatever particle follows. A final possessive ('s, s') is no part of the word before it.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from itertools import pairwise
from operator import attrgetter
from typing import Final, Literal, NamedTuple

import msgspec
from ahocorasick_rs import AhoCorasick, MatchKind

from services.tagger.scan.normalise import NormalisedText, normalise_name
from shared.text.writing_systems import UNSPACED

_UNSPACED: Final = re.compile(f"[{UNSPACED}]")
_KATAKANA: Final = re.compile("[\u30a1-\u30fa\u30fc]")
_HANGUL: Final = re.compile("[\uac00-\ud7a3]")
_PARTICLE: Final = re.compile(
    "(?:은|는|이|가|을|를|의|와|과|도|만|에|께|로|으로|한테|라|야|아|여|나|랑|하고|보다|처럼|까지|부터|조차|마저|씨|님|측|뿐|들|식|표|발|때|前|전|정부|대통령|위원장"
    "|국무위원장|총리|장관|전대통령)"
)
"""What may follow a person's name in one word: a particle, a title, or what belongs to the person. Else 조현재 would be 조현."""
_SHORT_ACRONYM: Final = 3
"""Letters up to which an abbreviation is matched as written only: US is never the pronoun, while NATO may be Nato."""
_CAPITALS_BEFORE: Final = re.compile(r"\b[A-Z]{2,} $")
_CAPITALS_AFTER: Final = re.compile(r" [A-Z]{2,}\b")
_REACH: Final = 30
_MARKS: Final = re.compile("[^\\w]|_")
_SPACES: Final = {code: " " for code in range(128) if not chr(code).isalnum()}


class NameKind(StrEnum):
    """What a listed name is a name of."""

    PERSON = "person"
    ALONE = "person by a surname that is listed as a name"
    TITLED = "titled"
    SURNAME = "surname"
    ORGANISATION = "organisation"
    ABBREVIATION = "abbreviation"
    OFFICE = "office"
    OFFICE_OF = "office of a country"
    COUNTRY = "country"
    DEMONYM = "demonym"
    RELATIVE = "name of a country among others"
    SHORT = "short name of a country"
    METONYM = "metonym"
    GROUP = "group of countries"
    KEYWORD = "keyword"
    EVENT = "event"
    DECOY = "decoy"
    OTHER_BODY = "other body"
    SHIP = "kind of ship"


_ANY_CASE: Final = frozenset(
    {
        NameKind.KEYWORD,
        NameKind.EVENT,
        NameKind.DECOY,
        NameKind.OFFICE,
        NameKind.OFFICE_OF,
        NameKind.OTHER_BODY,
        NameKind.SHIP,
        NameKind.GROUP,
    }
)
_CAPITALS: Final = frozenset({NameKind.SHORT, NameKind.SURNAME, NameKind.RELATIVE})


class Case(StrEnum):
    """How far a name's capitals must be in the text."""

    ANY = "any"
    CAPITAL = "capital"
    EXACT = "exact"


class Name(NamedTuple):
    """One way to write something: as listed, whose it is, and (keywords) in which language."""

    kind: NameKind
    owner: str
    written: str
    language: str = ""


class CandidateSpan(msgspec.Struct, frozen=True, order=True, gc=False):
    """Names that stand at ``start`` to ``end`` of the text as it stands: several where things share a name."""

    start: int
    end: int
    names: tuple[Name, ...]


SpansByKind = Mapping[NameKind, Sequence[CandidateSpan]]


_OfKind = tuple[NameKind, tuple[Name, ...], tuple[Case, ...] | Literal[Case.CAPITAL] | None]
_Entry = tuple[_OfKind, ...]
_AS_WRITTEN: Final = attrgetter("written", "owner", "language")


class Finder:
    """All names as automata. Built once for a gazetteer; ``find`` is pure.

    Names in ASCII are looked for with a space at either end, in a text whose every mark is a space: so the automaton itself finds whole words
    only. The others are looked for as they stand, in texts that hold such characters.
    """

    def __init__(self, names: Iterable[Name], also_words: Iterable[str] = ()) -> None:
        entries: dict[str, dict[NameKind, list[Name]]] = {}
        for name in names:
            for pattern in _patterns(name.written):
                entries.setdefault(pattern, {}).setdefault(name.kind, []).append(name)
        self.patterns: Final = tuple(sorted(entries))
        self._also_words = frozenset(word.upper() for word in also_words)
        listed = {
            pattern: tuple(map(_entry, sorted(entries[pattern].items())))
            for pattern in self.patterns
        }
        self._words = _Automaton(
            [
                (f" {_spaced(pattern)} ", pattern, listed[pattern])
                for pattern in self.patterns
                if pattern.isascii()
            ]
        )
        self._others = _Automaton(
            [
                (pattern, pattern, listed[pattern])
                for pattern in self.patterns
                if not pattern.isascii()
            ]
        )

    def find(self, text: NormalisedText) -> SpansByKind:
        """What stands where, kind by kind, by where it ends; overlapping names are all there."""
        hits: defaultdict[NameKind, list[CandidateSpan]] = defaultdict(list)
        plain, moved = text.plain, text.places is not None
        for start, end, entry in self._places(text):
            first, after = text.span(start, end) if moved else (start, end)
            for kind, names, cases in entry:
                if cases is None:
                    hits[kind].append(CandidateSpan(first, after, names))
                elif cases is not Case.CAPITAL:
                    self._keep_as_written(
                        hits[kind], CandidateSpan(first, after, names), cases, text
                    )
                elif plain[first].isupper():
                    hits[kind].append(CandidateSpan(first, after, names))
        return hits

    def _places(self, text: NormalisedText) -> list[tuple[int, int, _Entry]]:
        places = []
        folded, cased = text.folded, text.plain if text.places is None else None
        patterns, padded = self._words.patterns, f" {folded} "
        for index, start, after in self._words.find(f" {_spaced(folded)} "):
            pattern, entry, needs_capital = patterns[index]
            end = after - 2
            if (needs_capital and cased and not cased[start].isupper()) or padded[
                start + 1 : end + 1
            ] != pattern:
                continue
            if (padded[start] == " " and padded[end + 1] in " ,") or is_whole_word(
                folded, start, end
            ):
                places.append((start, end, entry))
        if not folded.isascii():
            others = self._others.patterns
            found = (
                (start, end, others[index][1]) for index, start, end in self._others.find(folded)
            )
            places += [
                place
                for place in found
                if is_whole_word(folded, place[0], place[1])
                and _is_whole(folded, place[1], place[2])
            ]
        return places

    def _keep_as_written(
        self,
        kept: list[CandidateSpan],
        found: CandidateSpan,
        cases: tuple[Case, ...],
        text: NormalisedText,
    ) -> None:
        surface, names = text.plain[found.start : found.end], found.names
        if len(names) == 1:
            if self._fits(cases[0], surface, names[0], text, found.start):
                kept.append(found)
            return
        pairs = zip(names, cases, strict=True)
        fitting = tuple(
            [name for name, case in pairs if self._fits(case, surface, name, text, found.start)]
        )
        if fitting:
            kept.append(CandidateSpan(found.start, found.end, fitting))

    def _fits(self, case: Case, surface: str, name: Name, text: NormalisedText, start: int) -> bool:
        if case is not Case.EXACT:
            return case is Case.ANY or has_capitals(surface, name.written)
        if surface != surface.upper():
            return False
        return surface not in self._also_words or not _among_capitals(
            text, start, start + len(surface)
        )


class _Automaton:
    """Patterns to look for, each with the folded name it stands for, that name's entry, and whether none of it stands without a capital."""

    def __init__(self, patterns: Sequence[tuple[str, str, _Entry]]) -> None:
        self.patterns: Final = [
            (pattern, entry, all(cases is Case.CAPITAL for _, _, cases in entry))
            for _sought, pattern, entry in patterns
        ]
        self._automaton = (
            AhoCorasick(
                [sought for sought, _pattern, _entry in patterns], matchkind=MatchKind.Standard
            )
            if patterns
            else None
        )

    def find(self, text: str) -> list[tuple[int, int, int]]:
        """Index, start and end of each place, overlapping ones too, by where they end."""
        return (
            self._automaton.find_matches_as_indexes(text, overlapping=True)
            if self._automaton
            else []
        )


def case_of(name: Name) -> Case:
    """One word needs its capital, a short abbreviation all of them; a name of several words is found in any case."""
    if name.kind in _ANY_CASE:
        return Case.EXACT if _is_short_acronym(name.written) else Case.ANY
    if _is_short_acronym(name.written):
        return Case.EXACT
    several = " " in name.written or "-" in name.written
    return Case.ANY if several and name.kind not in _CAPITALS else Case.CAPITAL


def has_capitals(surface: str, written: str) -> bool:
    """Whether each word that is listed with a capital has one in the text; true for scripts without capitals."""
    if " " not in written:
        return surface[0].isupper() or not written[0].isupper()
    pairs = zip(surface.split(), written.split(), strict=False)
    return all(there[0].isupper() or not listed[0].isupper() for there, listed in pairs)


def is_whole_word(folded: str, start: int, end: int) -> bool:
    """Whether no word runs on before ``start`` or after ``end``; one in katakana is a word within other kana and Han."""
    if not folded[start].isascii() and _is_within_katakana(folded, start, end):
        return False
    if start and folded[start - 1] != " " and not _starts_here(folded, start):
        return False
    return end >= len(folded) or folded[end] in " ," or _ends_here(folded, start, end)


def line_of(plain: str, place: int) -> str:
    """The line around a place."""
    after = plain.find("\n", place)
    return plain[plain.rfind("\n", 0, place) + 1 : after if after >= 0 else len(plain)]


def longest_spans(found: Iterable[CandidateSpan]) -> list[CandidateSpan]:
    """The longest of overlapping places (the first of equally long ones), in the order of the text."""
    places = sorted(found)
    if all(one.end <= two.start for one, two in pairwise(places)):
        return places
    kept: list[CandidateSpan] = []
    overlapping: list[CandidateSpan] = []
    reach = 0
    for place in places:
        if overlapping and place.start >= reach:
            kept += _longest_of(overlapping) if len(overlapping) > 1 else overlapping
            overlapping = []
        overlapping.append(place)
        reach = max(reach, place.end)
    return kept + _longest_of(overlapping)


def _longest_of(overlapping: list[CandidateSpan]) -> list[CandidateSpan]:
    if len(overlapping) < 2:
        return overlapping
    kept: list[CandidateSpan] = []
    first = overlapping[0].start
    taken = bytearray(max(place.end for place in overlapping) - first)
    for place in sorted(overlapping, key=lambda place: place.start - place.end):
        start, end = place.start - first, place.end - first
        if taken.find(1, start, end) < 0:
            taken[start:end] = b"\x01" * (end - start)
            kept.append(place)
    return sorted(kept)


def _entry(listed: tuple[NameKind, list[Name]]) -> _OfKind:
    """The names of one kind for one pattern, and what capitals they ask for: each its own, all only the first one, or none any."""
    kind, names = listed
    if len(names) > 1:
        names = sorted(set(names), key=_AS_WRITTEN)
    cases = tuple([case_of(name) for name in names])
    if cases.count(Case.ANY) == len(cases):
        return kind, tuple(names), None
    plain = cases.count(Case.CAPITAL) == len(cases) and all(
        " " not in name.written and name.written[0].isupper() for name in names
    )
    return kind, tuple(names), Case.CAPITAL if plain else cases


def _spaced(folded: str) -> str:
    """The text with a space for each mark, and for whatever is not ASCII, character by character."""
    if folded.replace(" ", "").isalnum() and folded.isascii():
        return folded
    plain = folded if folded.isascii() else folded.encode("ascii", "replace").decode("ascii")
    return plain.translate(_SPACES)


def _patterns(written: str) -> tuple[str, ...]:
    """What to look for: the name folded, and an abbreviation with stops (U.S.) also without the last one."""
    folded = normalise_name(written)
    if folded.count(".") > 1 and _MARKS.sub("", written).isupper():
        return folded, folded.rstrip(".")
    return (folded,) if folded else ()


def _is_short_acronym(written: str) -> bool:
    if len(written) > 2 * _SHORT_ACRONYM:
        return False
    letters = written.replace(".", "")
    return letters.isalpha() and letters.isupper() and len(letters) <= _SHORT_ACRONYM


def _is_whole(folded: str, end: int, entry: _Entry) -> bool:
    """Whether a person's name in Hangul that ends there is no part of a longer one."""
    if any(kind is not NameKind.PERSON for kind, _names, _cases in entry) or not (
        _HANGUL.match(folded, end) and _HANGUL.match(folded, end - 1)
    ):
        return True
    return _PARTICLE.match(folded, end) is not None


def _is_within_katakana(folded: str, start: int, end: int) -> bool:
    edges = ((start - 1, start), (end - 1, end))
    return any(
        one >= 0 and _KATAKANA.match(folded, one) and _KATAKANA.match(folded, two)
        for one, two in edges
    )


def _among_capitals(text: NormalisedText, start: int, end: int) -> bool:
    """Whether the line, or at least the word on either side, is all in capitals, so that US may well be us."""
    before, after = (
        _CAPITALS_BEFORE.search(text.plain, max(0, start - _REACH), start),
        _CAPITALS_AFTER.match(text.plain, end),
    )
    return (before is not None and after is not None) or text.lines.is_upper(start)


def _starts_here(folded: str, start: int) -> bool:
    before = folded[start - 1]
    if before == "'":
        return start < 2 or not folded[start - 2].isalnum()
    return not before.isalnum() or bool(_UNSPACED.match(folded, start) or _UNSPACED.match(before))


def _ends_here(folded: str, start: int, end: int) -> bool:
    after, last = folded[end], folded[end - 1]
    if after == ".":  # U.S is no part of U.S.A
        return end - 2 <= start or folded[end - 2] != "." or not folded[end + 1 : end + 2].isalnum()
    if after == "'":
        rest = folded[end + 1 : end + 3]
        return not rest[:1].isalnum() or (rest[0] == "s" and not rest[1:].isalnum())
    return not after.isalnum() or bool(
        _UNSPACED.match(last) or _UNSPACED.match(after) or _HANGUL.match(last)
    )
