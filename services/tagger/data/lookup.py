"""Offices and people by what somebody calls them: an id or any of their names, with the country in words or as a code."""

from services.tagger.data.entries import Office
from services.tagger.data.gazetteer import Gazetteer
from services.tagger.data.names import surnames_of
from services.tagger.scan.normalise import normalise_name


def offices_by_name(named: str, country: str | None, gazetteer: Gazetteer) -> tuple[Office, ...]:
    """The offices of this id or name, by id; a phrase that needs its country gives those of every country, or of the one given (KOR)."""
    key = normalise_name(named).removeprefix("the ")
    found = [
        office
        for office in gazetteer.offices.values()
        if office.id == named or key in map(normalise_name, (*office.names, *office.needs_country))
    ]
    return tuple(
        office
        for office in found or _with_country(key, gazetteer)
        if country in {None, office.country}
    )


def actors_by_name(named: str, gazetteer: Gazetteer) -> tuple[str, ...]:
    """The people of this id or full name; or, where there are none, of this surname; by id."""
    key = normalise_name(named)
    full = [
        actor.id
        for actor in gazetteer.actors.values()
        if actor.id == named or key in map(normalise_name, (actor.name, *actor.names))
    ]
    return tuple(
        full or (actor.id for actor in gazetteer.actors.values() if key in surnames_of(actor))
    )


def _with_country(key: str, gazetteer: Gazetteer) -> list[Office]:
    """Offices of a phrase that begins with its country: south korean foreign minister."""
    prefixes = {
        country.iso3: [
            normalise_name(name) + ending
            for name in (*country.names, *country.demonyms)
            for ending in (" ", "'s ")
        ]
        for country in gazetteer.countries.values()
    }
    return [
        office
        for office in gazetteer.offices.values()
        for prefix in prefixes.get(office.country or "", ())
        if key.startswith(prefix)
        and key[len(prefix) :] in map(normalise_name, (*office.names, *office.needs_country))
    ]
