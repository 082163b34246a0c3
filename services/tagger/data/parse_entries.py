"""Parse YAML documents into entries with their locations.

Whatever is wrong within one entry is reported on its document.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import Any, Final, Generic, NamedTuple, TypeVar

from services.tagger.data.date_range import DateRange, parse_date_range
from services.tagger.data.entries import (
    Actor,
    Country,
    CountryGroup,
    CountryNames,
    Guards,
    Keyword,
    KnownPeriod,
    Office,
    OfficeTerm,
    Organisation,
)
from services.tagger.vocabulary.entries import EventType, EventWords
from shared.files.yaml_document import VALUE, Steps, YamlDocument, did_you_mean

E_co = TypeVar("E_co", covariant=True)

ACTOR_SECTIONS: Final = (
    "known",
    "countries",
    "country_names",
    "groups",
    "actors",
    "offices",
    "organisations",
    *(field.name for field in fields(Guards)),
)
KEYWORD_SECTIONS: Final = ("keywords", "events", "event_words")
_KNOWN_FIELDS: Final = ("from", "to", "basis")
_SIMPLE: Final[dict[str, type]] = {
    "events": EventType,
    "event_words": EventWords,
    "countries": Country,
    "country_names": CountryNames,
    "groups": CountryGroup,
    "actors": Actor,
    "organisations": Organisation,
    "keywords": Keyword,
}


@dataclass(frozen=True, slots=True)
class LocatedEntry(Generic[E_co]):
    """An entry, its document and its path in the document."""

    document: YamlDocument
    path: Steps
    entry: E_co


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfficeFields:
    id: str
    names: tuple[str, ...]
    body: str
    country: str | None = None
    needs_country: tuple[str, ...] = ()
    title_only: bool = False
    multiple_holders: bool = False
    note: str | None = None
    known: Any = None
    terms: list[Any]
    gaps: list[Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _TermFields:
    holder: str
    start: Any
    end: Any = None
    acting: bool = False
    verified: bool = False
    checked: tuple[str, ...] = ()
    source: str
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _GapFields:
    after: Any
    before: Any


class _ParsedTerm(NamedTuple):
    path: Steps
    term: OfficeTerm
    start: DateRange
    end: DateRange | None


def check_sections(document: YamlDocument, sections: tuple[str, ...]) -> None:
    """Report what is at the top level of a document and not one of its sections."""
    if document.data is None and not document.problems:
        document.report((), "is empty", code="empty")
    elif document.data is not None and not isinstance(document.data, dict):
        document.report(
            (),
            "expected a mapping of sections",
            code="wrong-type",
            suggestion=f"one or more of {', '.join(sections)}",
        )
        document.data = None
    for name in document.data or {}:
        if name not in sections:
            document.report(
                (name,),
                f"unknown section {name!r}",
                code="unknown-field",
                suggestion=did_you_mean(name, list(sections)),
            )


def parse_section(document: YamlDocument, section: str) -> Iterator[LocatedEntry[Any]]:
    """Yield the valid entries of one section; report the others on the document."""
    if section == "offices":
        yield from _parse_offices(document)
        return
    type_: type[Any] = _SIMPLE[section]
    for path, entry in document.items((section,), type_):
        yield LocatedEntry(document, path, entry)


def parse_guards(document: YamlDocument) -> Guards:
    """Return the guard lists of a document; an invalid one is reported and left empty."""
    lists: dict[str, tuple[str, ...]] = {}
    for field in fields(Guards):
        if document.value_at((field.name,)) is not None:
            words = document.items((field.name,), str)
            lists[field.name] = tuple(word for _path, word in words)
    return Guards(**lists)


def _parse_offices(document: YamlDocument) -> Iterator[LocatedEntry[Office]]:
    known_of_file = parse_known(document)
    for path, parsed in document.items(("offices",), _OfficeFields):
        known = _parse_known(document, (*path, "known")) or known_of_file
        terms = list(_parse_terms(document, path))
        _report_terms_not_known(document, terms, known)
        if not parsed.multiple_holders:
            _report_overlaps(document, terms)
        for gap_path, gap in document.items((*path, "gaps"), _GapFields):
            _parse_date(document, (*gap_path, "after"), gap.after)
            _parse_date(document, (*gap_path, "before"), gap.before)
        office = Office(
            id=parsed.id,
            names=parsed.names,
            body=parsed.body,
            country=parsed.country,
            needs_country=parsed.needs_country,
            title_only=parsed.title_only,
            multiple_holders=parsed.multiple_holders,
            known=known,
            terms=tuple(term.term for term in terms),
        )
        yield LocatedEntry(document, path, office)


def parse_known(document: YamlDocument) -> KnownPeriod | None:
    """Return the period that a file states for all its offices, if it states one."""
    return _parse_known(document, ("known",))


def _parse_known(document: YamlDocument, path: Steps) -> KnownPeriod | None:
    value = document.value_at(path)
    if value is None:
        return None
    if not isinstance(value, dict):
        document.report(
            (*path, VALUE),
            "expected the first and the last day",
            code="wrong-type",
            suggestion="write known: {from: 2017-01-01, to: 2019-12-31}",
        )
        return None
    for name in value:
        if name not in _KNOWN_FIELDS:
            document.report(
                (*path, name),
                f"unknown field {name!r}",
                code="unknown-field",
                suggestion=did_you_mean(name, list(_KNOWN_FIELDS)),
            )
    start = _parse_date(document, (*path, "from"), value.get("from"))
    end = _parse_date(document, (*path, "to"), value.get("to"))
    if start and end and end.last < start.first:
        document.report(
            (*path, "to", VALUE),
            f"known to {end.last}, before it is known from {start.first}",
            code="dates",
        )
    return KnownPeriod(
        start=start.first if start else None,
        end=end.last if end else None,
        basis=str(value.get("basis") or ""),
    )


def _report_terms_not_known(
    document: YamlDocument, terms: list[_ParsedTerm], period: KnownPeriod | None
) -> None:
    """Report terms that start after the last known day: one of the two dates is wrong."""
    for term in terms:
        if period and period.end and term.start.first > period.end:
            document.report(
                (*term.path, "start", VALUE),
                f"{term.term.holder} starts {term.term.start}, but the office is known only to"
                f" {period.end}",
                code="not-known",
                suggestion="set `known: {to: …}` of the office to the last day that is known",
            )


def _parse_terms(document: YamlDocument, office: Steps) -> Iterator[_ParsedTerm]:
    for path, parsed in document.items((*office, "terms"), _TermFields):
        start = _parse_date(document, (*path, "start"), parsed.start, is_required=True)
        end = _parse_date(document, (*path, "end"), parsed.end)
        if start is None or (end is None and parsed.end is not None):
            continue
        if end is not None and end.last < start.first:
            document.report(
                (*path, "end", VALUE),
                f"ends {parsed.end}, before it starts ({parsed.start})",
                code="dates",
            )
        term = OfficeTerm(
            holder=parsed.holder,
            start=start.first,
            end=end.last if end else None,
            acting=parsed.acting,
            verified=parsed.verified,
            source=parsed.source,
        )
        yield _ParsedTerm(path, term, start, end)


def _parse_date(
    document: YamlDocument, path: Steps, value: object, *, is_required: bool = False
) -> DateRange | None:
    if value is None and not is_required:
        return None
    try:
        return parse_date_range(value)
    except ValueError as error:
        position = document.position((*path, VALUE))
        # A date that YAML itself rejects has no value and already has its problem.
        if value is not None or all(
            (problem.line, problem.column) != position for problem in document.problems
        ):
            document.report((*path, VALUE), str(error), code="date")
        return None


def _report_overlaps(document: YamlDocument, terms: list[_ParsedTerm]) -> None:
    ordered = sorted(
        terms,
        key=lambda term: (term.start.first, term.end.last if term.end else term.start.last),
    )
    for previous, following in pairwise(ordered):
        if previous.end is None or previous.end.first > following.start.last:
            until = f"until {previous.term.end}" if previous.term.end else "with no end"
            document.report(
                (*following.path, "start", VALUE),
                f"{following.term.holder} starts {following.term.start}, while"
                f" {previous.term.holder} holds the office {until}",
                code="overlap",
                suggestion="correct the dates, or set multiple_holders: true",
            )
