"""What the data files contain: one frozen dataclass for each kind of entry.

Fields have the names of the files.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from services.tagger.vocabulary.entries import EventType, EventWords


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A person.

    ``titled``: a title with surname that only refers to this person. ``surnames``: what the person
    is called after the full name, where the rule for the country does not give it. ``alone``: while
    in office, the bare surname refers to this person even where the article gives no full name;
    ``leader``: so it does where the country or another leader is in the same sentence.
    ``common_name``: many people have the name, so it counts only after a title that fits. ``died``:
    the day of death.
    """

    id: str
    name: str
    country: str
    gender: Literal["f", "m"]
    names: tuple[str, ...] = ()
    titled: tuple[str, ...] = ()
    surnames: tuple[str, ...] | None = None
    alone: bool = False
    leader: bool = False
    common_name: bool = False
    died: date | None = None
    wikidata: str | None = None
    distinguish: str | None = None
    source: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeTerm:
    """Who held an office from ``start`` to ``end``, both inclusive.

    A month or year stands for its first or last day; without ``end`` the term goes on.
    """

    holder: str
    start: date
    end: date | None
    acting: bool = False
    verified: bool = False
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPeriod:
    """The days, both inclusive, for which the holders of an office are known.

    On other days nobody is asserted as the holder, whatever the terms say. ``basis`` says how the
    last day is known.
    """

    start: date | None = None
    end: date | None = None
    basis: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """An office.

    ``names`` stand alone; ``needs_country`` are phrases that mean it only beside its country.
    ``title_only``: the names are titles before a name (Senator Graham) and no mention by
    themselves, because too many people hold the office. ``known`` is that of the office or of its
    file, None where neither states one.
    """

    id: str
    names: tuple[str, ...]
    body: str
    country: str | None = None
    needs_country: tuple[str, ...] = ()
    title_only: bool = False
    multiple_holders: bool = False
    known: KnownPeriod | None = None
    terms: tuple[OfficeTerm, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """A body.

    ``abbreviations`` count only where the article also gives a name; ``metonyms`` stand for its
    country's government.
    """

    id: str
    names: tuple[str, ...]
    abbreviations: tuple[str, ...] = ()
    country: str | None = None
    seat: str | None = None
    metonyms: tuple[str, ...] = ()
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Country:
    """A country or territory.

    ``short`` names count only where the article also names it in another way, or in a list of
    countries. ``relative`` names (the South) count where the article has named the country.
    """

    iso3: str
    names: tuple[str, ...]
    demonyms: tuple[str, ...] = ()
    short: tuple[str, ...] = ()
    relative: tuple[str, ...] = ()
    metonyms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CountryNames:
    """A country's names and demonyms in other languages, by language (ISO 639-1)."""

    iso3: str
    names: dict[str, tuple[str, ...]] = field(default_factory=dict)
    demonyms: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CountryGroup:
    """Phrases that name several countries at once."""

    names: tuple[str, ...]
    countries: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyword:
    """A word of the vocabulary: its forms by language (ISO 639-1).

    English forms in ``as_listed`` have no plural or other verb forms.
    """

    id: str
    forms: dict[str, tuple[str, ...]] = field(default_factory=dict)
    as_listed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Guards:
    """What looks like a person, country or holder and is none; see seeds/actors/guards.yaml."""

    decoys: tuple[str, ...] = ()
    other_bodies: tuple[str, ...] = ()
    regions_in_short: tuple[str, ...] = ()
    another_office: tuple[str, ...] = ()
    not_the_holder: tuple[str, ...] = ()
    not_yet_the_holder: tuple[str, ...] = ()
    other_titles: tuple[str, ...] = ()
    before_a_surname: tuple[str, ...] = ()
    after_a_surname: tuple[str, ...] = ()
    surnames_that_are_words: tuple[str, ...] = ()
    surnames_that_are_places: tuple[str, ...] = ()
    before_a_country: tuple[str, ...] = ()
    after_a_country: tuple[str, ...] = ()
    after_a_people: tuple[str, ...] = ()
    countries_that_are_names: tuple[str, ...] = ()
    heads_of_names: tuple[str, ...] = ()
    heads_with_of: tuple[str, ...] = ()
    kinds_of_things: tuple[str, ...] = ()
    ships: tuple[str, ...] = ()
    also_words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, weakref_slot=True, kw_only=True)
class Entries:
    """All entries of the files; the order within a kind has no meaning."""

    actors: tuple[Actor, ...] = ()
    offices: tuple[Office, ...] = ()
    organisations: tuple[Organisation, ...] = ()
    countries: tuple[Country, ...] = ()
    country_names: tuple[CountryNames, ...] = ()
    groups: tuple[CountryGroup, ...] = ()
    keywords: tuple[Keyword, ...] = ()
    events: tuple[EventType, ...] = ()
    event_words: tuple[EventWords, ...] = ()
    guards: Guards = Guards()
