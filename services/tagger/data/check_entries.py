"""Check what only all files together show: unknown or duplicate ids, and ambiguous names."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from services.tagger.data.entries import (
    Actor,
    Country,
    CountryGroup,
    CountryNames,
    Keyword,
    Office,
    Organisation,
)
from services.tagger.data.parse_entries import LocatedEntry
from services.tagger.scan.normalise import normalise_name
from services.tagger.vocabulary.check_events import check_events
from services.tagger.vocabulary.entries import EventType, EventWords
from shared.files.yaml_document import VALUE, Steps, did_you_mean

_SLUG: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_ISO3: Final = re.compile(r"[A-Z]{3}")
_NAME_FIELDS: Final = (
    "names",
    "needs_country",
    "titled",
    "surnames",
    "abbreviations",
    "demonyms",
    "short",
    "metonyms",
)


@dataclass(slots=True, kw_only=True)
class LocatedEntries:
    """All entries by kind, with their locations."""

    actors: list[LocatedEntry[Actor]]
    offices: list[LocatedEntry[Office]]
    organisations: list[LocatedEntry[Organisation]]
    countries: list[LocatedEntry[Country]]
    country_names: list[LocatedEntry[CountryNames]]
    groups: list[LocatedEntry[CountryGroup]]
    keywords: list[LocatedEntry[Keyword]]
    events: list[LocatedEntry[EventType]]
    event_words: list[LocatedEntry[EventWords]]


def check(entries: LocatedEntries) -> None:
    """Report every problem on the document of its entry."""
    _check_ids(
        "iso3",
        [(located, located.entry.iso3) for located in entries.countries],
        _ISO3,
        "three capitals, as in ISO 3166",
    )
    for ids in (
        [
            *((located, located.entry.id) for located in entries.actors),
            *((located, located.entry.id) for located in entries.organisations),
        ],
        [(located, located.entry.id) for located in entries.offices],
        [(located, located.entry.id) for located in entries.keywords],
        [(located, located.entry.id) for located in entries.events],
        [(located, located.entry.id) for located in entries.event_words],
    ):
        _check_ids("id", ids, _SLUG, "small letters and digits, separated by hyphens")
    _check_references(entries)
    _check_names(entries)
    _check_shared_names(entries.actors)
    _check_shared_phrases(entries.offices)
    check_events(entries.events, entries.event_words)


def _check_ids(
    field: str,
    ids: Iterable[tuple[LocatedEntry[object], str]],
    pattern: re.Pattern[str],
    description: str,
) -> None:
    first: dict[str, LocatedEntry[object]] = {}
    for located, id_ in ids:
        if not pattern.fullmatch(id_):
            located.document.report(
                (*located.path, field),
                f"bad {field} {id_!r}",
                code="bad-id",
                suggestion=f"use {description}",
            )
        if id_ in first:
            located.document.report(
                (*located.path, field),
                f"duplicate {field} {id_!r}",
                code="duplicate-id",
                suggestion=f"first at {_file_and_line(first[id_])}",
            )
        first.setdefault(id_, located)


def _check_references(entries: LocatedEntries) -> None:
    countries = sorted(located.entry.iso3 for located in entries.countries)
    bodies = sorted(located.entry.id for located in entries.organisations)
    actors = sorted(located.entry.id for located in entries.actors)
    for located, country in _country_references(entries):
        _check_reference("country", located, ("country",), country, countries)
    for names in entries.country_names:
        _check_reference("country", names, ("iso3",), names.entry.iso3, countries)
    for group in entries.groups:
        for index, iso3 in enumerate(group.entry.countries):
            _check_reference("country", group, ("countries", index), iso3, countries)
    for office in entries.offices:
        _check_reference("body", office, ("body",), office.entry.body, bodies)
        for index, holder in _holders(office):
            _check_reference("holder", office, ("terms", index, "holder"), holder, actors)
    _check_deaths(entries)


def _check_deaths(entries: LocatedEntries) -> None:
    """Report terms that go on after their holder has died."""
    died = {located.entry.id: located.entry.died for located in entries.actors}
    for office in entries.offices:
        for term in office.entry.terms:
            day = died.get(term.holder)
            if day and (term.end is None or term.end > day):
                office.document.report(
                    (*office.path, "terms"),
                    f"the term of {term.holder} goes on after the day of death, {day}",
                    code="dates",
                    suggestion=f"end: {day}",
                )


def _country_references(
    entries: LocatedEntries,
) -> Iterator[tuple[LocatedEntry[object], str | None]]:
    yield from ((actor, actor.entry.country) for actor in entries.actors)
    yield from ((office, office.entry.country) for office in entries.offices)
    yield from ((body, body.entry.country) for body in entries.organisations)


def _holders(office: LocatedEntry[Office]) -> Iterator[tuple[int, str]]:
    """Yield the holders as written: terms with mistakes are not among the entry's own."""
    for index, term in enumerate(office.document.value_at((*office.path, "terms")) or []):
        if isinstance(term, dict) and isinstance(term.get("holder"), str):
            yield index, term["holder"]


def _check_reference(
    kind: str, located: LocatedEntry[object], field: Steps, id_: str | None, ids: list[str]
) -> None:
    if id_ is not None and id_ not in ids:
        located.document.report(
            (*located.path, *field, VALUE),
            f"unknown {kind} {id_!r}",
            code=f"unknown-{kind}",
            suggestion=did_you_mean(id_, ids) or f"add it or correct the {kind}",
        )


def _check_names(entries: LocatedEntries) -> None:
    for actor in entries.actors:
        _check_name(actor, ("name",), actor.entry.name)
    for located in (
        *entries.actors,
        *entries.offices,
        *entries.organisations,
        *entries.countries,
        *entries.groups,
    ):
        for field in _NAME_FIELDS:
            for index, name in enumerate(getattr(located.entry, field, None) or ()):
                _check_name(located, (field, index), name)
    for keyword in entries.keywords:
        _check_names_by_language(keyword, "forms", keyword.entry.forms)
    for names in entries.country_names:
        _check_names_by_language(names, "names", names.entry.names)
        _check_names_by_language(names, "demonyms", names.entry.demonyms)


def _check_names_by_language(
    located: LocatedEntry[object], field: str, by_language: Mapping[str, Iterable[str]]
) -> None:
    for language, names in by_language.items():
        for index, name in enumerate(names):
            _check_name(located, (field, language, index), name)


def _check_name(located: LocatedEntry[object], path: Steps, name: str) -> None:
    if not any(character.isalnum() for character in normalise_name(name)):
        located.document.report(
            (*located.path, *path), f"no letter or digit in the name {name!r}", code="empty-name"
        )


def _check_shared_names(actors: list[LocatedEntry[Actor]]) -> None:
    first: dict[str, LocatedEntry[Actor]] = {}
    for actor in actors:
        for name in (actor.entry.name, *actor.entry.names):
            previous = first.setdefault(normalise_name(name), actor)
            if previous.entry.id != actor.entry.id and not (
                previous.entry.distinguish and actor.entry.distinguish
            ):
                actor.document.report(
                    actor.path,
                    f"{name!r} is also a name of {previous.entry.id} ({_file_and_line(previous)})",
                    code="shared-name",
                    suggestion="say how to tell them apart in `distinguish` of both entries",
                )


def _check_shared_phrases(offices: list[LocatedEntry[Office]]) -> None:
    first: dict[tuple[str, str | None], LocatedEntry[Office]] = {}
    for office in offices:
        for field, country in (("names", None), ("needs_country", office.entry.country)):
            for index, phrase in enumerate(getattr(office.entry, field)):
                previous = first.setdefault((normalise_name(phrase), country), office)
                if previous.entry.id != office.entry.id:
                    office.document.report(
                        (*office.path, field, index),
                        f"{phrase!r} is also a name of {previous.entry.id}"
                        f" ({_file_and_line(previous)})",
                        code="shared-phrase",
                    )


def _file_and_line(located: LocatedEntry[object]) -> str:
    line, _column = located.document.position(located.path)
    return f"{located.document.file}:{line}"
