"""Entities of FollowTheMoney as JSON lines, such as OpenSanctions publishes: Person, Position and Occupancy, one object a line."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from services.tagger.imports.entries import Held, Person, Post, slug

_GENDERS: Final = {"male": "m", "female": "f"}


def followthemoney(entities: Iterable[Mapping[str, Any]], alpha3: Mapping[str, str]) -> tuple[list[Person], list[Post]]:
    """People and posts with dated terms. ``alpha3`` gives the ISO 3166 code of three letters for one of two.

    Left out: whoever has no gender or country (an entry needs both), and terms without a start.
    """
    by_id = {entity["id"]: entity for entity in entities}
    people = {id_: person for id_, entity in by_id.items() if entity["schema"] == "Person" for person in _person(entity, alpha3)}
    held: dict[str, list[Held]] = {}
    for entity in by_id.values():
        if entity["schema"] == "Occupancy":
            holder, post, start = (_first(entity, name) for name in ("holder", "post", "startDate"))
            if start and holder in people and post in by_id:
                held.setdefault(post, []).append(Held(holder=people[holder].id, start=start, end=_first(entity, "endDate") or None))
    posts = [_post(by_id[id_], tuple(terms), alpha3) for id_, terms in held.items()]
    return list(people.values()), posts


def _person(entity: Mapping[str, Any], alpha3: Mapping[str, str]) -> Iterator[Person]:
    name, country, gender = _first(entity, "name"), alpha3.get(_first(entity, "country") or _first(entity, "nationality")), _first(entity, "gender")
    if name and slug(name) and country and gender in _GENDERS:
        others = {*_all(entity, "name"), *_all(entity, "alias")} - {name}
        yield Person(
            id=slug(name),
            name=name,
            names=tuple(sorted(others)),
            country=country,
            gender="f" if gender == "female" else "m",
            wikidata=_first(entity, "wikidataId") or None,
        )


def _post(entity: Mapping[str, Any], terms: tuple[Held, ...], alpha3: Mapping[str, str]) -> Post:
    country = alpha3.get(_first(entity, "country"))
    names = tuple(dict.fromkeys(_all(entity, "name")))
    return Post(id=slug(names[0]), names=names, country=country, body=f"{(country or 'international').lower()}-government", terms=terms)


def _all(entity: Mapping[str, Any], name: str) -> list[str]:
    return list(entity.get("properties", {}).get(name, ()))


def _first(entity: Mapping[str, Any], name: str) -> str:
    return next(iter(_all(entity, name)), "")
