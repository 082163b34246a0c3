"""The entries by id, without the automata that find their names in a text.

For code that only needs to know whether an id exists.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from services.tagger.data.entries import (
    Actor,
    Country,
    Entries,
    Keyword,
    Office,
    Organisation,
)
from services.tagger.data.loader import load_entries
from services.tagger.data.name_lookup import NameLookup
from services.tagger.vocabulary.entries import EventType


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryCatalogue:
    """The entries of both folders by id; countries by ISO 3166 alpha-3."""

    actors: Mapping[str, Actor]
    offices: Mapping[str, Office]
    organisations: Mapping[str, Organisation]
    countries: Mapping[str, Country]
    keywords: Mapping[str, Keyword]
    events: Mapping[str, EventType]
    name_lookup: NameLookup


def load_catalogue(actors: Path, keywords: Path) -> EntryCatalogue:
    """Load the entries of two folders of YAML files.

    Raises DocumentError with every mistake in them, each with file, line and column.
    """
    return build_catalogue(load_entries(actors, keywords))


def build_catalogue(entries: Entries) -> EntryCatalogue:
    """Return valid entries by id."""
    return EntryCatalogue(
        actors={actor.id: actor for actor in entries.actors},
        offices={office.id: office for office in entries.offices},
        organisations={body.id: body for body in entries.organisations},
        countries={country.iso3: country for country in entries.countries},
        keywords={keyword.id: keyword for keyword in entries.keywords},
        events={event.id: event for event in entries.events},
        name_lookup=NameLookup(entries),
    )
