"""What only all files together show: unknown and doubled ids, and names that cannot be told apart."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from services.tagger.data.entries import (
    Actor,
    Country,
    CountryGroup,
    CountryNames,
    EventClass,
    Keyword,
    Office,
    Organisation,
)
from services.tagger.data.parse_entries import LocatedEntry
from services.tagger.scan.normalise import normalise_name
from shared.files.yaml_document import VALUE, Steps, did_you_mean

_SLUG: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_ISO3: Final = re.compile(r"[A-Z]{3}")


@dataclass(slots=True, kw_only=True)
class LocatedEntries:
    """All entries with their places."""

    actors: list[LocatedEntry[Actor]]
    offices: list[LocatedEntry[Office]]
    organisations: list[LocatedEntry[Organisation]]
    countries: list[LocatedEntry[Country]]
    country_names: list[LocatedEntry[CountryNames]]
    groups: list[LocatedEntry[CountryGroup]]
    keywords: list[LocatedEntry[Keyword]]
    events: list[LocatedEntry[EventClass]]


def check(read: LocatedEntries) -> None:
    """Report every problem on its document."""
    _ids(
        "iso3",
        [(placed, placed.entry.iso3) for placed in read.countries],
        _ISO3,
        "three capitals, as in ISO 3166",
    )
    named = [
        *((actor, actor.entry.id) for actor in read.actors),
        *((body, body.entry.id) for body in read.organisations),
    ]
    for ids in (
        named,
        [(placed, placed.entry.id) for placed in read.offices],
        [(placed, placed.entry.id) for placed in read.keywords],
        [(placed, placed.entry.id) for placed in read.events],
    ):
        _ids("id", ids, _SLUG, "small letters and digits with hyphens between")
    _references(read)
    _names(read)
    _shared_names(read.actors)
    _shared_phrases(read.offices)


def _ids(
    field: str, ids: Iterable[tuple[LocatedEntry[object], str]], form: re.Pattern[str], wanted: str
) -> None:
    first: dict[str, LocatedEntry[object]] = {}
    for placed, id_ in ids:
        if not form.fullmatch(id_):
            placed.document.report(
                (*placed.path, field),
                f"bad {field} {id_!r}",
                code="bad-id",
                suggestion=f"use {wanted}",
            )
        if id_ in first:
            placed.document.report(
                (*placed.path, field),
                f"{field} {id_!r} stands twice",
                code="duplicate-id",
                suggestion=f"first at {_at(first[id_])}",
            )
        first.setdefault(id_, placed)


def _references(read: LocatedEntries) -> None:
    countries = sorted(placed.entry.iso3 for placed in read.countries)
    bodies = sorted(placed.entry.id for placed in read.organisations)
    holders = sorted(placed.entry.id for placed in read.actors)
    for placed, country in _countries(read):
        _known("country", placed, ("country",), country, countries)
    for named in read.country_names:
        _known("country", named, ("iso3",), named.entry.iso3, countries)
    for group in read.groups:
        for index, iso3 in enumerate(group.entry.countries):
            _known("country", group, ("countries", index), iso3, countries)
    for office in read.offices:
        _known("body", office, ("body",), office.entry.body, bodies)
        for index, holder in _holders(office):
            _known("holder", office, ("terms", index, "holder"), holder, holders)


def _countries(read: LocatedEntries) -> Iterator[tuple[LocatedEntry[object], str | None]]:
    yield from ((actor, actor.entry.country) for actor in read.actors)
    yield from ((office, office.entry.country) for office in read.offices)
    yield from ((body, body.entry.country) for body in read.organisations)


def _holders(office: LocatedEntry[Office]) -> Iterator[tuple[int, str]]:
    for index, term in enumerate(office.document.value_at((*office.path, "terms")) or []):
        if isinstance(term, dict) and isinstance(term.get("holder"), str):
            yield index, term["holder"]


def _known(
    what: str, placed: LocatedEntry[object], field: Steps, id_: str | None, known: list[str]
) -> None:
    if id_ is not None and id_ not in known:
        suggestion = did_you_mean(id_, known) or f"add it, or mend the {what}"
        placed.document.report(
            (*placed.path, *field, VALUE),
            f"unknown {what} {id_!r}",
            code=f"unknown-{what}",
            suggestion=suggestion,
        )


def _names(read: LocatedEntries) -> None:
    for actor in read.actors:
        _searchable(actor, ("name",), actor.entry.name)
    listed = [*read.actors, *read.offices, *read.organisations, *read.countries, *read.groups]
    for placed in listed:
        for field in (
            "names",
            "needs_country",
            "titled",
            "surnames",
            "abbreviations",
            "demonyms",
            "short",
            "metonyms",
        ):
            for index, name in enumerate(getattr(placed.entry, field, None) or ()):
                _searchable(placed, (field, index), name)
    for event in read.events:
        for index, form in enumerate(event.entry.forms):
            _searchable(event, ("forms", index), form)
    for keyword in read.keywords:
        _by_language(keyword, "forms", keyword.entry.forms)
    for named in read.country_names:
        _by_language(named, "names", named.entry.names)
        _by_language(named, "demonyms", named.entry.demonyms)


def _by_language(
    placed: LocatedEntry[object], field: str, listed: Mapping[str, Iterable[str]]
) -> None:
    for language, forms in listed.items():
        for index, form in enumerate(forms):
            _searchable(placed, (field, language, index), form)


def _searchable(placed: LocatedEntry[object], path: Steps, name: str) -> None:
    if not any(character.isalnum() for character in normalise_name(name)):
        placed.document.report(
            (*placed.path, *path), f"nothing to look for in {name!r}", code="empty-name"
        )


def _shared_names(actors: list[LocatedEntry[Actor]]) -> None:
    first: dict[str, LocatedEntry[Actor]] = {}
    for placed in actors:
        for name in (placed.entry.name, *placed.entry.names):
            other = first.setdefault(normalise_name(name), placed)
            if other.entry.id != placed.entry.id and not (
                other.entry.distinguish and placed.entry.distinguish
            ):
                message = f"{name!r} is also a name of {other.entry.id} ({_at(other)})"
                placed.document.report(
                    placed.path,
                    message,
                    code="shared-name",
                    suggestion="say in `distinguish` of both how to tell them apart",
                )


def _shared_phrases(offices: list[LocatedEntry[Office]]) -> None:
    first: dict[tuple[str, str | None], LocatedEntry[Office]] = {}
    for placed in offices:
        for field, country in (("names", None), ("needs_country", placed.entry.country)):
            for index, phrase in enumerate(getattr(placed.entry, field)):
                other = first.setdefault((normalise_name(phrase), country), placed)
                if other.entry.id != placed.entry.id:
                    placed.document.report(
                        (*placed.path, field, index),
                        f"{phrase!r} is also a name of {other.entry.id} ({_at(other)})",
                        code="shared-phrase",
                    )


def _at(placed: LocatedEntry[object]) -> str:
    line, _column = placed.document.position(placed.path)
    return f"{placed.document.file}:{line}"
