"""Find countries by name, demonym, group (both Koreas) or metonym.

A metonym is a capital or seat that acts or speaks for its government. One where something happens
(in Hanoi) is a place and no mention (metonymy.py). A name that is part of another one (Jordan
Peele, the Korea Times) is no country, nor is that word in the rest of the article, unless the
article names the country in another way. A short name (Georgia) counts only where the article names
the country in another way, or in a list of countries. A name that two countries share refers to
neither. The North and the South count where the article has established which (relative_names.py).
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate
from operator import attrgetter
from typing import Final, NamedTuple

from services.tagger.data.gazetteer import Gazetteer
from services.tagger.embedded_country_names import is_ambiguous_elsewhere, is_part_of_other_name
from services.tagger.languages import applies_to_language
from services.tagger.metonymy import is_literal_place
from services.tagger.relative_names import find_relative_mentions
from services.tagger.scan.automaton import CandidateSpan, NameKind, longest_spans
from services.tagger.scan.candidate_spans import FieldScan, Mask, owners
from shared.messages.schemas import CountryMention

_APOSTROPHES: Final = frozenset("'’")
_IN_TEXT_ORDER: Final = attrgetter("start", "end", "iso3")
_SENTENCE_REACH: Final = 60
_LIST_SEPARATOR: Final = re.compile(r"(?:,|,? and|,? or|/|[-–]) ?")


class _FieldNames(NamedTuple):
    """A field, its country names, and those that are part of another name."""

    scan: FieldScan
    names: list[CandidateSpan]
    parts: list[CandidateSpan]


def find_country_mentions(
    scans: Sequence[FieldScan], people: Sequence[Mask], language: str, gazetteer: Gazetteer
) -> list[list[CountryMention]]:
    """Return the mentions of countries by field, in text order.

    There are none where ``people`` are named; ``language`` is the article's.
    """
    fields = [
        _split_parts(scan, _country_spans(scan, mask, language), gazetteer)
        for scan, mask in zip(scans, people, strict=True)
    ]
    if not any(field.names for field in fields):
        return [[] for _ in scans]
    ambiguous_words = frozenset(
        _word(field.scan, part)
        for field in fields
        for part in field.parts
        if is_ambiguous_elsewhere(field.scan, part, gazetteer)
    )
    may_be_doubtful = bool(ambiguous_words) or any(scan.spans(NameKind.SHORT) for scan in scans)
    certain = frozenset(
        owner
        for field in (fields if may_be_doubtful else ())
        for owner in _certain_countries(field, ambiguous_words)
    )
    mentions = [list(_mentions(field, ambiguous_words, certain, gazetteer)) for field in fields]
    relative = find_relative_mentions(scans, people, mentions, gazetteer)
    return [
        sorted([*of_field, *by_relative_name], key=_IN_TEXT_ORDER) if by_relative_name else of_field
        for of_field, by_relative_name in zip(mentions, relative, strict=True)
    ]


def _split_parts(scan: FieldScan, spans: list[CandidateSpan], gazetteer: Gazetteer) -> _FieldNames:
    names: list[CandidateSpan] = []
    parts: list[CandidateSpan] = []
    for span in spans:
        (parts if is_part_of_other_name(scan, span, gazetteer) else names).append(span)
    return _FieldNames(scan, names, parts)


def _certain_countries(field: _FieldNames, ambiguous_words: frozenset[str]) -> Iterator[str]:
    for index, span in enumerate(field.names):
        is_certain = not _is_doubtful(field.scan, span, ambiguous_words)
        if is_certain or _is_in_list(field, index, ambiguous_words):
            yield from owners(span.names)


def _country_spans(scan: FieldScan, people: Mask, language: str) -> list[CandidateSpan]:
    candidates = scan.spans(
        NameKind.COUNTRY,
        NameKind.DEMONYM,
        NameKind.METONYM,
        NameKind.GROUP,
        NameKind.SHORT,
    )
    if not candidates:
        return []
    spans = longest_spans(
        [
            span
            for span in candidates
            if not span.names[0].language
            or any(applies_to_language(name, language) for name in span.names)
        ]
    )
    in_titles = {span.start for span in _metonyms_in_titles(scan)}
    return [
        span
        for span in spans
        if span.start not in in_titles and people.is_free(span.start, span.end)
    ]


def _metonyms_in_titles(scan: FieldScan) -> Iterator[CandidateSpan]:
    """Yield metonyms inside an office's phrase that do not own it (Pentagon chief)."""
    metonyms, offices = scan.spans(NameKind.METONYM), sorted(scan.spans(NameKind.OFFICE))
    if not (metonyms and offices):
        return
    starts = [office.start for office in offices]
    reach = list(accumulate((office.end for office in offices), max))
    for span in metonyms:
        if scan.text.plain[span.end : span.end + 1] in _APOSTROPHES:
            continue
        before = bisect_right(starts, span.start)
        if before and span.end <= reach[before - 1]:
            yield span


def _word(scan: FieldScan, span: CandidateSpan) -> str:
    return scan.text.plain[span.start : span.end].lower()


def _is_doubtful(scan: FieldScan, span: CandidateSpan, ambiguous_words: frozenset[str]) -> bool:
    """Return whether the name alone does not show that the country is meant.

    ``ambiguous_words`` are part of another name in the article.
    """
    return span.names[0].kind is NameKind.SHORT or (
        bool(ambiguous_words) and _word(scan, span) in ambiguous_words
    )


def _mentions(
    field: _FieldNames,
    ambiguous_words: frozenset[str],
    certain: frozenset[str],
    gazetteer: Gazetteer,
) -> Iterator[CountryMention]:
    scan, plain = field.scan, field.scan.text.plain
    previous_metonym: tuple[int, bool] | None = None
    for index, span in enumerate(field.names):
        if (
            _is_doubtful(scan, span, ambiguous_words)
            and span.names[0].owner not in certain
            and not _is_among_governments(field, index, ambiguous_words)
        ):
            continue
        is_metonym = span.names[0].kind is NameKind.METONYM
        if is_metonym:
            is_place = is_literal_place(plain, span, previous_metonym, gazetteer.regions)
            previous_metonym = (span.end, is_place)
            if is_place:
                continue
        for iso3 in _countries_of(span, gazetteer):
            yield CountryMention(
                field=scan.field,
                start=span.start,
                end=span.end,
                surface=plain[span.start : span.end],
                iso3=iso3,
                metonym=is_metonym,
            )


def _is_among_governments(field: _FieldNames, index: int, ambiguous_words: frozenset[str]) -> bool:
    """Return whether a metonym is in a sentence with a certain country.

    It is then no person or team: Washington warned Tehran.
    """
    names = field.names
    if names[index].names[0].kind is not NameKind.METONYM:
        return False
    neighbours = [
        names[neighbour]
        for neighbour in (index - 1, index + 1)
        if 0 <= neighbour < len(names)
        and not _is_doubtful(field.scan, names[neighbour], ambiguous_words)
    ]
    gaps = [
        (min(names[index].end, neighbour.end), max(names[index].start, neighbour.start))
        for neighbour in neighbours
    ]
    return any(
        end - start <= _SENTENCE_REACH and not field.scan.sentences.is_divided(start, end)
        for start, end in gaps
    )


def _is_in_list(field: _FieldNames, index: int, ambiguous_words: frozenset[str]) -> bool:
    """Return whether a certain country is listed beside a short name: Georgia and Armenia."""
    names = field.names
    if (
        names[index].names[0].kind is not NameKind.SHORT
        or _word(field.scan, names[index]) in ambiguous_words
    ):
        return False
    neighbours = [
        neighbour
        for neighbour in (index - 1, index + 1)
        if 0 <= neighbour < len(names) and _is_list_gap(field, min(index, neighbour))
    ]
    return any(
        not _is_doubtful(field.scan, names[neighbour], ambiguous_words) for neighbour in neighbours
    )


def _is_list_gap(field: _FieldNames, index: int) -> bool:
    """Return whether only a list separator is between the name at ``index`` and the next one."""
    first, second = field.names[index], field.names[index + 1]
    return _LIST_SEPARATOR.fullmatch(field.scan.text.plain, first.end, second.start) is not None


def _countries_of(span: CandidateSpan, gazetteer: Gazetteer) -> tuple[str, ...]:
    ids = owners(span.names)
    if span.names[0].kind is NameKind.GROUP:
        return tuple(sorted(gazetteer.groups[ids[0]]))
    return ids if len(ids) == 1 else ()
