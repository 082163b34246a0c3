"""Convert FollowTheMoney entities in JSON lines, such as OpenSanctions publishes.

Person, Position and Occupancy entities are used, one object a line.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from services.tagger.imports.render import ImportedOffice, ImportedPerson, ImportedTerm, slug

_GENDERS: Final = {"male": "m", "female": "f"}


def convert_followthemoney(
    entities: Iterable[Mapping[str, Any]], alpha3: Mapping[str, str]
) -> tuple[list[ImportedPerson], list[ImportedOffice]]:
    """Return people, and offices with dated terms.

    ``alpha3`` maps ISO 3166 codes of two letters to those of three. People without gender or
    country (an entry needs both) and terms without a start are left out.
    """
    by_id = {entity["id"]: entity for outer in entities for entity in _flatten(outer)}
    people = {
        id_: person
        for id_, entity in by_id.items()
        if entity["schema"] == "Person"
        for person in _person(entity, alpha3)
    }
    terms: dict[str, list[ImportedTerm]] = {}
    for entity in by_id.values():
        if entity["schema"] == "Occupancy":
            holder, post, start = (_first(entity, name) for name in ("holder", "post", "startDate"))
            if start and holder in people and any(map(slug, _all(by_id.get(post, {}), "name"))):
                end = _first(entity, "endDate") or None
                term = ImportedTerm(holder=people[holder].id, start=start, end=end)
                terms.setdefault(post, []).append(term)
    offices = [_office(by_id[id_], tuple(of_post), alpha3) for id_, of_post in terms.items()]
    return list(people.values()), offices


def _person(entity: Mapping[str, Any], alpha3: Mapping[str, str]) -> Iterator[ImportedPerson]:
    name, gender = _first(entity, "name"), _first(entity, "gender")
    country = _country(entity, alpha3)
    if name and slug(name) and country and gender in _GENDERS:
        # weakAlias is a nickname or a part of the name: it would match other people, too.
        names = {*_all(entity, "name"), *_all(entity, "alias")} - {name}
        yield ImportedPerson(
            id=slug(name),
            name=name,
            names=tuple(sorted(names)),
            country=country,
            gender="f" if gender == "female" else "m",
            wikidata=_first(entity, "wikidataId") or None,
        )


def _office(
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


def _flatten(entity: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the entities nested in its properties (targets.nested.json), and the entity itself.

    Nested entities are replaced by their ids.
    """
    properties: dict[str, list[Any]] = {}
    for name, values in entity.get("properties", {}).items():
        nested = [value for value in values if isinstance(value, dict) and "id" in value]
        properties[name] = [
            value["id"] if isinstance(value, dict) else value
            for value in values
            if not isinstance(value, dict) or "id" in value
        ]
        for child in nested:
            yield from _flatten({"schema": "", **child})
    yield {**entity, "properties": properties}


def _country(entity: Mapping[str, Any], alpha3: Mapping[str, str]) -> str | None:
    codes = [
        code for name in ("country", "nationality", "citizenship") for code in _all(entity, name)
    ]
    return next((alpha3[code] for code in codes if code in alpha3), None)


def _all(entity: Mapping[str, Any], name: str) -> list[str]:
    values = entity.get("properties", {}).get(name, ())
    return [value for value in values if isinstance(value, str)]


def _first(entity: Mapping[str, Any], name: str) -> str:
    return next(iter(_all(entity, name)), "")
