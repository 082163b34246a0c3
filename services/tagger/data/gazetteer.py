"""The gazetteer: all data of seeds/actors and seeds/keywords, checked and indexed for tagging."""

import gc
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from functools import cached_property
from operator import attrgetter
from pathlib import Path
from types import MappingProxyType
from typing import Final, TypeVar

import orjson

from services.tagger.data.entries import (
    Actor,
    Country,
    CountryGroup,
    Entries,
    Guards,
    Keyword,
    Office,
    Organisation,
)
from services.tagger.data.loader import load_entries
from services.tagger.data.name_lookup import NameLookup
from services.tagger.data.names import heads_of, names_of, surname_spellings, surnames_of
from services.tagger.data.variants import FAMILY_NAME_FIRST, KOREAN, family_names
from services.tagger.scan.automaton import Finder
from services.tagger.scan.normalise import normalise_name
from services.tagger.vocabulary.entries import EventType
from services.tagger.vocabulary.vocabulary import EventVocabulary, build_vocabulary
from shared.files.shared_values import SharedValues
from shared.messages.ids import content_id

E = TypeVar("E")

_ALSO_COUNTRIES: Final = frozenset({"Georgia"})
"""States that also occur in lists of countries, where the name before them is not a town."""


class NamesToFind:
    """The names of entries, indexed at the first use: half of the time that building takes.

    Commands that look up an office or print a list find no names in texts.
    """

    def __init__(self, entries: Entries) -> None:
        self._entries = entries

    @cached_property
    def finder(self) -> Finder:
        """All names as automata."""
        with _gc_disabled():
            return Finder(names_of(self._entries), self._entries.guards.also_words)


@dataclass(frozen=True, slots=True, weakref_slot=True, kw_only=True, eq=False)
class Gazetteer:
    """What the tagger knows, indexed for tagging.

    ``revision`` is the hash of the entries, independent of files and order. Two gazetteers are
    equal only if they are the same object, so results can be cached for one.

    By actor: ``surnames`` (normalised), ``other_family_names`` (other spellings of the family name:
    Lee for Ri), ``offices_by_holder`` (ids of the offices ever held, in the order of the file).
    By surname: ``officials`` (actors with an office), ``principals`` (whom the news mean by the
    surname alone), ``bare_surnames`` (actors whose surname may stand alone), ``leaders`` of
    countries. ``untitled_surnames`` may be resolved without a title in an article that names nobody
    of the surname. ``heads``: the offices that a shortened title (secretary) may refer to.
    ``title_words``: with which such titles and the other titles end.
    ``acting_offices``: by office, the one of those who act for its
    holder, where it is an office of its own (acting president).

    The rest are the words of the guards, normalised: ``beside_surnames`` may stand with a capital
    before a surname, ``capitals_after`` after one; ``after_surnames`` are only those that speak of
    somebody's rule (the Moon government).
    """

    actors: Mapping[str, Actor]
    offices: Mapping[str, Office]
    organisations: Mapping[str, Organisation]
    countries: Mapping[str, Country]
    groups: Mapping[str, tuple[str, ...]]
    keywords: Mapping[str, Keyword]
    events: Mapping[str, EventType]
    vocabulary: EventVocabulary
    guards: Guards
    surnames: Mapping[str, tuple[str, ...]]
    offices_by_holder: Mapping[str, tuple[str, ...]]
    other_family_names: Mapping[str, frozenset[str]]
    officials: Mapping[str, tuple[str, ...]]
    bare_surnames: Mapping[str, tuple[str, ...]]
    principals: Mapping[str, tuple[str, ...]]
    leaders: Mapping[str, tuple[str, ...]]
    untitled_surnames: frozenset[str]
    heads: Mapping[str, frozenset[str]]
    title_words: frozenset[str]
    acting_offices: Mapping[str, str]
    beside_surnames: frozenset[str]
    after_surnames: frozenset[str]
    capitals_after: frozenset[str]
    word_surnames: frozenset[str]
    place_surnames: frozenset[str]
    other_titles: frozenset[str]
    before_countries: frozenset[str]
    bodies_of_state: frozenset[str]
    first_names: frozenset[str]
    after_countries: frozenset[str]
    country_first_names: frozenset[str]
    heads_of_names: frozenset[str]
    heads_with_of: frozenset[str]
    kinds_of_things: frozenset[str]
    regions: tuple[str, ...]
    states: tuple[str, ...]
    not_the_holder: frozenset[str]
    names: NamesToFind
    revision: str
    name_lookup: NameLookup

    @property
    def finder(self) -> Finder:
        """Find names in texts; built at the first use."""
        return self.names.finder

    def name_of(self, actor: str) -> str:
        """Return the display name of a person or organisation."""
        if actor in self.actors:
            return self.actors[actor].name
        return self.organisations[actor].names[0]


_GAZETTEERS: Final[SharedValues[Gazetteer]] = SharedValues()


def load_gazetteer(actors: Path, keywords: Path) -> Gazetteer:
    """Load the gazetteer of two folders of YAML files: the one in use, if the files are equal.

    Raises DocumentError with every mistake in them, each with file, line and column.
    """
    with _gc_disabled():
        return _GAZETTEERS.get((actors, keywords), lambda: _build(load_entries(actors, keywords)))


def load_indexed_gazetteer(actors: Path, keywords: Path) -> Gazetteer:
    """Load the gazetteer and index its names here, so that no text has to wait for it.

    Raises DocumentError as ``load_gazetteer`` does.
    """
    return _index_names(load_gazetteer(actors, keywords))


def build_gazetteer(entries: Entries) -> Gazetteer:
    """Build the gazetteer of valid entries, with its names indexed."""
    with _gc_disabled():
        return _index_names(_build(entries))


def _index_names(gazetteer: Gazetteer) -> Gazetteer:
    _ = gazetteer.finder
    return gazetteer


@contextmanager
def _gc_disabled() -> Iterator[None]:
    """Disable the garbage collector: what is built here stays, and scanning it takes a third."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _build(entries: Entries) -> Gazetteer:
    guards, actors = entries.guards, entries.actors
    offices = _by_id(entries.offices)
    holders, heads = _offices_by_holder(entries.offices), heads_of(entries.offices)
    return Gazetteer(
        actors=_by_id(actors),
        offices=offices,
        organisations=_by_id(entries.organisations),
        countries=_by_id(entries.countries, "iso3"),
        groups=_countries_by_group(entries.groups),
        keywords=_by_id(entries.keywords),
        events=_by_id(entries.events),
        vocabulary=build_vocabulary(entries.events, entries.event_words),
        guards=guards,
        surnames=MappingProxyType({actor.id: surnames_of(actor) for actor in actors}),
        other_family_names=MappingProxyType(_other_family_names(actors)),
        offices_by_holder=holders,
        officials=_by_surname(actor for actor in actors if actor.id in holders),
        bare_surnames=_by_surname(actor for actor in actors if actor.alone),
        principals=_by_surname(actor for actor in actors if actor.alone or _is_mononymous(actor)),
        leaders=_by_surname(actor for actor in actors if actor.leader),
        untitled_surnames=_untitled_surnames(actors),
        heads=heads,
        title_words=_normalise_all(guards.other_titles, (head.split()[-1] for head in heads)),
        acting_offices=MappingProxyType(dict(_acting_offices(offices.values()))),
        beside_surnames=_normalise_all(guards.before_a_surname),
        after_surnames=_normalise_all(guards.after_a_surname),
        capitals_after=_normalise_all(guards.after_a_surname, guards.before_a_surname),
        word_surnames=_normalise_all(guards.surnames_that_are_words),
        place_surnames=_normalise_all(guards.surnames_that_are_places),
        other_titles=_normalise_all(guards.other_titles),
        before_countries=_normalise_all(guards.before_a_country, guards.before_a_surname),
        bodies_of_state=_normalise_all(guards.after_a_country, guards.after_a_people),
        first_names=_first_names(actors),
        after_countries=_normalise_all(guards.after_a_country, guards.before_a_surname),
        country_first_names=_normalise_all(guards.countries_that_are_names),
        heads_of_names=_normalise_all(guards.heads_of_names),
        heads_with_of=_normalise_all(guards.heads_with_of),
        kinds_of_things=_normalise_all(guards.kinds_of_things),
        regions=_regions(entries),
        states=_states(guards),
        not_the_holder=_normalise_all(guards.another_office, guards.not_the_holder),
        names=NamesToFind(entries),
        revision=_revision(entries),
        name_lookup=NameLookup(entries),
    )


def _by_id(entries: Iterable[E], id_field: str = "id") -> Mapping[str, E]:
    ordered = sorted(entries, key=attrgetter(id_field))
    return MappingProxyType({getattr(entry, id_field): entry for entry in ordered})


def _countries_by_group(groups: Iterable[CountryGroup]) -> Mapping[str, tuple[str, ...]]:
    return MappingProxyType({name: group.countries for group in groups for name in group.names})


def _offices_by_holder(offices: Iterable[Office]) -> Mapping[str, tuple[str, ...]]:
    by_holder: dict[str, dict[str, None]] = {}
    for office in offices:
        for term in office.terms:
            by_holder.setdefault(term.holder, {})[office.id] = None
    return MappingProxyType({holder: tuple(ids) for holder, ids in by_holder.items()})


def _acting_offices(offices: Iterable[Office]) -> Iterator[tuple[str, str]]:
    """Yield pairs of an office and that of those who act for its holder."""
    phrases = {
        (office.country, phrase): office.id for office in offices for phrase in office.needs_country
    }
    for (country, phrase), id_ in phrases.items():
        acting = phrases.get((country, f"acting {phrase}"))
        if acting:
            yield id_, acting


def _other_family_names(actors: Iterable[Actor]) -> dict[str, frozenset[str]]:
    spellings = {
        actor.id: [
            name for surname in surname_spellings(actor) for name in family_names(actor, surname)
        ]
        for actor in actors
        if actor.country in KOREAN
    }
    return {id_: _normalise_all(names) for id_, names in spellings.items() if names}


def _by_surname(actors: Iterable[Actor]) -> Mapping[str, tuple[str, ...]]:
    by_surname: dict[str, list[str]] = {}
    for actor in sorted(actors, key=attrgetter("id")):
        for surname in surnames_of(actor):
            by_surname.setdefault(surname, []).append(actor.id)
    return MappingProxyType({surname: tuple(ids) for surname, ids in by_surname.items()})


def _is_mononymous(actor: Actor) -> bool:
    """Return whether the surname alone is one of the names: Trump."""
    surnames = surnames_of(actor)
    return any(normalise_name(name) in surnames for name in actor.names)


def _untitled_surnames(actors: Iterable[Actor]) -> frozenset[str]:
    """Return the surnames that an article may use alone, without having named anybody of them.

    Also those of people with several: whoever is named by one of them may be named by another.
    """
    return frozenset(
        surname
        for actor in actors
        for surname in surnames_of(actor)
        if actor.alone or actor.leader or _is_mononymous(actor) or len(surnames_of(actor)) > 1
    )


def _first_names(actors: Iterable[Actor]) -> frozenset[str]:
    given_first = (actor for actor in actors if actor.country not in FAMILY_NAME_FIRST)
    return _normalise_all({actor.name.split()[0] for actor in given_first})


def _regions(entries: Entries) -> tuple[str, ...]:
    """Return the names, as written, that make a metonym a place after a comma."""
    return (
        *entries.guards.other_bodies,
        *entries.guards.regions_in_short,
        *(name for country in entries.countries for name in country.names),
    )


def _states(guards: Guards) -> tuple[str, ...]:
    """Return what follows a town's name: its state, in full or abbreviated."""
    full = (
        state
        for state in guards.other_bodies
        if state[0].isupper() and state not in _ALSO_COUNTRIES
    )
    return tuple(f", {state}" for state in (*full, *guards.regions_in_short))


def _normalise_all(*lists: Iterable[str]) -> frozenset[str]:
    return frozenset(normalise_name(word) for words in lists for word in words)


def _revision(entries: Entries) -> str:
    guards = {name: sorted(words) for name, words in asdict(entries.guards).items()}
    canonical = {
        field.name: sorted(
            orjson.dumps(entry, option=orjson.OPT_SORT_KEYS)
            for entry in getattr(entries, field.name)
        )
        for field in fields(entries)
        if field.name != "guards"
    }
    parts = [name.encode() + b"\n" + b"\n".join(kind) for name, kind in sorted(canonical.items())]
    return content_id("actors", *parts, orjson.dumps(guards, option=orjson.OPT_SORT_KEYS))
