"""Step 4: countries, by name, demonym, group (both Koreas) or a capital or seat that acts or speaks for the government (``metonym``).

A capital where something happens (in Hanoi) is a place and no mention: places.py. A name that is part of another one (Jordan Peele, the
Korea Times) is no country, nor is that word in the rest of the article, unless the country is named in another way. A short name (Georgia)
counts only where the country is named in another way, or in a list of countries. A name that two countries share names neither.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from services.tagger.data.gazetteer import Gazetteer
from services.tagger.embedded_country_names import is_ambiguous_elsewhere, is_part_of_other_name
from services.tagger.languages import applies_to_language
from services.tagger.metonymy import is_literal_place
from services.tagger.scan.automaton import CandidateSpan, NameKind, longest_spans
from services.tagger.scan.candidate_spans import FieldScan, Mask, owners
from shared.messages.schemas import CountryMention

_APOSTROPHES: Final = frozenset("'’")
_SENTENCE_REACH: Final = 60
_LISTED: Final = re.compile(r"(?:,|,? and|,? or|/|[-–]) ?")


@dataclass(frozen=True, slots=True)
class _Field:
    """A field with the names of countries that stand in it, and those that are part of another name."""

    scan: FieldScan
    names: list[CandidateSpan]
    parts: list[CandidateSpan]


def find_country_mentions(
    scans: Sequence[FieldScan], people: Sequence[Mask], language: str, gazetteer: Gazetteer
) -> list[list[CountryMention]]:
    """The mentions of countries, field by field, in the order of the text; none where ``people`` are named. ``language``: the article's."""
    fields = [
        _field(scan, _names(scan, taken, language), gazetteer)
        for scan, taken in zip(scans, people, strict=True)
    ]
    words = frozenset(
        _word(one.scan, part)
        for one in fields
        for part in one.parts
        if is_ambiguous_elsewhere(one.scan, part, gazetteer)
    )
    sure = frozenset(owner for one in fields for owner in _beyond_doubt(one, words))
    return [list(_in_field(one, words, sure, gazetteer)) for one in fields]


def _field(scan: FieldScan, names: list[CandidateSpan], gazetteer: Gazetteer) -> _Field:
    kept: list[CandidateSpan] = []
    parts: list[CandidateSpan] = []
    for found in names:
        (parts if is_part_of_other_name(scan, found, gazetteer) else kept).append(found)
    return _Field(scan, kept, parts)


def _beyond_doubt(field: _Field, words: frozenset[str]) -> Iterator[str]:
    for at, found in enumerate(field.names):
        if not _is_doubtful(field.scan, found, words) or _is_listed(field, at, words):
            yield from owners(found.names)


def _names(scan: FieldScan, people: Mask, language: str) -> list[CandidateSpan]:
    places = scan.of(
        NameKind.COUNTRY, NameKind.DEMONYM, NameKind.METONYM, NameKind.GROUP, NameKind.SHORT
    )
    found = longest_spans(
        one
        for one in places
        if not one.names[0].language
        or any(applies_to_language(name, language) for name in one.names)
    )
    titles = {one.start for one in _in_titles(scan)}
    return [one for one in found if one.start not in titles and people.is_free(one.start, one.end)]


def _in_titles(scan: FieldScan) -> Iterator[CandidateSpan]:
    """Seats inside an office's phrase that do not own it (Pentagon chief): part of a title."""
    offices = sorted(scan.of(NameKind.OFFICE))
    starts, reach = (
        [office.start for office in offices],
        list(accumulate((office.end for office in offices), max)),
    )
    for found in scan.of(NameKind.METONYM) if offices else ():
        if scan.text.plain[found.end : found.end + 1] in _APOSTROPHES:
            continue
        before = bisect_right(starts, found.start)
        if before and found.end <= reach[before - 1]:
            yield found


def _word(scan: FieldScan, found: CandidateSpan) -> str:
    return scan.text.plain[found.start : found.end].lower()


def _is_doubtful(scan: FieldScan, found: CandidateSpan, words: frozenset[str]) -> bool:
    """Whether the name alone does not show that the country is meant. ``words``: those that are part of another name in the article."""
    return found.names[0].kind is NameKind.SHORT or (bool(words) and _word(scan, found) in words)


def _in_field(
    field: _Field, words: frozenset[str], sure: frozenset[str], gazetteer: Gazetteer
) -> Iterator[CountryMention]:
    scan, plain = field.scan, field.scan.text.plain
    before: tuple[int, bool] | None = None
    for at, found in enumerate(field.names):
        if (
            _is_doubtful(scan, found, words)
            and found.names[0].owner not in sure
            and not _is_among_governments(field, at, words)
        ):
            continue
        metonym = found.names[0].kind is NameKind.METONYM
        if metonym:
            before = (found.end, is_literal_place(plain, found, before, gazetteer.regions))
            if before[1]:
                continue
        for iso3 in _meant(found, gazetteer):
            yield CountryMention(
                field=scan.field,
                start=found.start,
                end=found.end,
                surface=plain[found.start : found.end],
                iso3=iso3,
                metonym=metonym,
            )


def _is_among_governments(field: _Field, at: int, words: frozenset[str]) -> bool:
    """Whether a capital stands in a sentence with a country beyond doubt, so that it is no person or team: Washington warned Tehran."""
    names = field.names
    if names[at].names[0].kind is not NameKind.METONYM:
        return False
    beside = [
        names[other]
        for other in (at - 1, at + 1)
        if 0 <= other < len(names) and not _is_doubtful(field.scan, names[other], words)
    ]
    gaps = [(min(names[at].end, one.end), max(names[at].start, one.start)) for one in beside]
    return any(
        end - start <= _SENTENCE_REACH and not field.scan.sentences.is_divided(start, end)
        for start, end in gaps
    )


def _is_listed(field: _Field, at: int, words: frozenset[str]) -> bool:
    """Whether a country that is beyond doubt stands beside a short name: Georgia and Armenia."""
    names = field.names
    if names[at].names[0].kind is not NameKind.SHORT or _word(field.scan, names[at]) in words:
        return False
    pairs = ((one, one + 1) for one in (at - 1, at) if one >= 0 and one + 1 < len(names))
    beside = [
        one + two - at
        for one, two in pairs
        if _LISTED.fullmatch(field.scan.text.plain, names[one].end, names[two].start)
    ]
    return any(not _is_doubtful(field.scan, names[other], words) for other in beside)


def _meant(found: CandidateSpan, gazetteer: Gazetteer) -> tuple[str, ...]:
    whose = owners(found.names)
    if found.names[0].kind is NameKind.GROUP:
        return tuple(sorted(gazetteer.groups[whose[0]]))
    return whose if len(whose) == 1 else ()
