"""Entities of FollowTheMoney as JSON lines, such as OpenSanctions publishes: Person, Position and Occupancy, one object a line."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from services.tagger.imports.render import ImportedOffice, ImportedPerson, ImportedTerm, slug

_GENDERS: Final = {"male": "m", "female": "f"}


def convert_followthemoney(
    entities: Iterable[Mapping[str, Any]], alpha3: Mapping[str, str]
) -> tuple[list[ImportedPerson], list[ImportedOffice]]:
    """People and posts with dated terms. ``alpha3`` gives the ISO 3166 code of three letters for one of two.

    Left out: whoever has no gender or country (an entry needs both), and terms without a start.
    """
    by_id = {entity["id"]: entity for outer in entities for entity in _flat(outer)}
    people = {
        id_: person
        for id_, entity in by_id.items()
        if entity["schema"] == "Person"
        for person in _person(entity, alpha3)
    }
    held: dict[str, list[ImportedTerm]] = {}
    for entity in by_id.values():
        if entity["schema"] == "Occupancy":
            holder, post, start = (_first(entity, name) for name in ("holder", "post", "startDate"))
            if start and holder in people and any(map(slug, _all(by_id.get(post, {}), "name"))):
                held.setdefault(post, []).append(
                    ImportedTerm(
                        holder=people[holder].id, start=start, end=_first(entity, "endDate") or None
                    )
                )
    posts = [_post(by_id[id_], tuple(terms), alpha3) for id_, terms in held.items()]
    return list(people.values()), posts


def _person(entity: Mapping[str, Any], alpha3: Mapping[str, str]) -> Iterator[ImportedPerson]:
    name, country, gender = (
        _first(entity, "name"),
        _country(entity, alpha3),
        _first(entity, "gender"),
    )
    if name and slug(name) and country and gender in _GENDERS:
        others = {*_all(entity, "name"), *_all(entity, "alias")} - {
            name
        }  # weakAlias is a nickname or a part: it would name others, too
        yield ImportedPerson(
            id=slug(name),
            name=name,
            names=tuple(sorted(others)),
            country=country,
            gender="f" if gender == "female" else "m",
            wikidata=_first(entity, "wikidataId") or None,
        )


def _post(
    entity: Mapping[str, Any], terms: tuple[ImportedTerm, ...], alpha3: Mapping[str, str]
) -> ImportedOffice:
    country = _country(entity, alpha3)
    names = tuple(dict.fromkeys(_all(entity, "name")))
    return ImportedOffice(
        id=next(filter(None, map(slug, names))),
        names=names,
        country=country,
        body=f"{(country or 'international').lower()}-government",
        terms=terms,
    )


def _flat(entity: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The entity, and those that stand in its properties (targets.nested.json), which are then named by their ids."""
    properties: dict[str, list[Any]] = {}
    for name, values in entity.get("properties", {}).items():
        inner = [value for value in values if isinstance(value, dict) and "id" in value]
        properties[name] = [
            value["id"] if isinstance(value, dict) else value
            for value in values
            if not isinstance(value, dict) or "id" in value
        ]
        for one in inner:
            yield from _flat({"schema": "", **one})
    yield {**entity, "properties": properties}


def _country(entity: Mapping[str, Any], alpha3: Mapping[str, str]) -> str | None:
    codes = [
        code for name in ("country", "nationality", "citizenship") for code in _all(entity, name)
    ]
    return next((alpha3[code] for code in codes if code in alpha3), None)


def _all(entity: Mapping[str, Any], name: str) -> list[str]:
    return [value for value in entity.get("properties", {}).get(name, ()) if isinstance(value, str)]


def _first(entity: Mapping[str, Any], name: str) -> str:
    return next(iter(_all(entity, name)), "")
