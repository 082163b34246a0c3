"""Look up offices and people by id or by any name, with the country in words or as a code."""

from services.tagger.data.entries import Office
from services.tagger.data.gazetteer import Gazetteer
from services.tagger.data.names import surnames_of
from services.tagger.scan.normalise import normalise_name


def offices_by_name(name: str, country: str | None, gazetteer: Gazetteer) -> tuple[Office, ...]:
    """Return the offices with this id or name, ordered by id.

    A name that needs its country gives the offices of every country, or of ``country`` (KOR).
    """
    key = normalise_name(name).removeprefix("the ")
    offices = [
        office
        for office in gazetteer.offices.values()
        if office.id == name or key in map(normalise_name, (*office.names, *office.needs_country))
    ]
    return tuple(
        office
        for office in offices or _offices_with_country(key, gazetteer)
        if country in {None, office.country}
    )


def actors_by_name(name: str, gazetteer: Gazetteer) -> tuple[str, ...]:
    """Return the ids of people with this id or full name, or else with this surname, in order."""
    key = normalise_name(name)
    actors = gazetteer.actors.values()
    by_full_name = [
        actor.id
        for actor in actors
        if actor.id == name or key in map(normalise_name, (actor.name, *actor.names))
    ]
    return tuple(by_full_name or (actor.id for actor in actors if key in surnames_of(actor)))


def _offices_with_country(key: str, gazetteer: Gazetteer) -> list[Office]:
    """Return the offices of a phrase with its country first: south korean foreign minister."""
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
