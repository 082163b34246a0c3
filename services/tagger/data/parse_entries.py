"""From YAML documents to entries, each with its place; what is wrong within one entry is reported on its document."""

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
    EventClass,
    Guards,
    Keyword,
    Office,
    OfficeTerm,
    Organisation,
)
from shared.files.yaml_document import VALUE, Steps, YamlDocument, did_you_mean

E_co = TypeVar("E_co", covariant=True)

ACTOR_SECTIONS: Final = (
    "countries",
    "country_names",
    "groups",
    "actors",
    "offices",
    "organisations",
    *(field.name for field in fields(Guards)),
)
KEYWORD_SECTIONS: Final = ("keywords", "events")
_SIMPLE: Final[dict[str, type]] = {
    "events": EventClass,
    "countries": Country,
    "country_names": CountryNames,
    "groups": CountryGroup,
    "actors": Actor,
    "organisations": Organisation,
    "keywords": Keyword,
}


@dataclass(frozen=True, slots=True)
class LocatedEntry(Generic[E_co]):
    """An entry and where it stands."""

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
class _Gap:
    after: Any
    before: Any


class _Dated(NamedTuple):
    path: Steps
    term: OfficeTerm
    start: DateRange
    end: DateRange | None


def check_sections(document: YamlDocument, sections: tuple[str, ...]) -> None:
    """Report what stands at the top of a file and is no section of it."""
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
    """The good entries of one section; every bad one is a problem of the document."""
    if section == "offices":
        yield from _offices(document)
        return
    type_: type[Any] = _SIMPLE[section]
    for path, entry in document.items((section,), type_):
        yield LocatedEntry(document, path, entry)


def parse_guards(document: YamlDocument) -> Guards:
    """The guard lists of a document; a wrong one is reported and empty."""
    lists: dict[str, tuple[str, ...]] = {}
    for field in fields(Guards):
        if document.value_at((field.name,)) is not None:
            lists[field.name] = tuple(text for _path, text in document.items((field.name,), str))
    return Guards(**lists)


def _offices(document: YamlDocument) -> Iterator[LocatedEntry[Office]]:
    for path, said in document.items(("offices",), _OfficeFields):
        dated = list(_terms(document, path))
        if not said.multiple_holders:
            _report_overlaps(document, dated)
        for gap_path, gap in document.items((*path, "gaps"), _Gap):
            _day(document, (*gap_path, "after"), gap.after)
            _day(document, (*gap_path, "before"), gap.before)
        office = Office(
            id=said.id,
            names=said.names,
            body=said.body,
            country=said.country,
            needs_country=said.needs_country,
            title_only=said.title_only,
            multiple_holders=said.multiple_holders,
            terms=tuple(one.term for one in dated),
        )
        yield LocatedEntry(document, path, office)


def _terms(document: YamlDocument, office: Steps) -> Iterator[_Dated]:
    for path, said in document.items((*office, "terms"), _TermFields):
        start, end = (
            _day(document, (*path, "start"), said.start, needed=True),
            _day(document, (*path, "end"), said.end),
        )
        if start is None or (end is None and said.end is not None):
            continue
        if end is not None and end.last < start.first:
            document.report(
                (*path, "end", VALUE),
                f"ends {said.end}, before it starts ({said.start})",
                code="dates",
            )
        last = end.last if end else None
        term = OfficeTerm(
            holder=said.holder,
            start=start.first,
            end=last,
            acting=said.acting,
            verified=said.verified,
            source=said.source,
        )
        yield _Dated(path, term, start, end)


def _day(
    document: YamlDocument, path: Steps, value: object, *, needed: bool = False
) -> DateRange | None:
    if value is None and not needed:
        return None
    try:
        return parse_date_range(value)
    except ValueError as error:
        place = document.position((*path, VALUE))
        if value is not None or all(
            (problem.line, problem.column) != place for problem in document.problems
        ):  # else YAML itself refused it
            document.report((*path, VALUE), str(error), code="date")
        return None


def _report_overlaps(document: YamlDocument, dated: list[_Dated]) -> None:
    ordered = sorted(
        dated, key=lambda one: (one.start.first, one.end.last if one.end else one.start.last)
    )
    for one, following in pairwise(ordered):
        if one.end is None or one.end.first > following.start.last:
            until = f"until {one.term.end}" if one.term.end else "with no end"
            message = f"{following.term.holder} starts {following.term.start}, while {one.term.holder} holds the office {until}"
            document.report(
                (*following.path, "start", VALUE),
                message,
                code="overlap",
                suggestion="mend the dates, or set multiple_holders: true",
            )
