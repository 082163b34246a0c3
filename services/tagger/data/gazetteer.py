"""The gazetteer: all data of seeds/actors and seeds/keywords, checked, immutable and ready to be looked up."""

import gc
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from types import MappingProxyType
from typing import Final

import orjson

from services.tagger.data.entries import (
    Actor,
    Country,
    Entries,
    EventClass,
    Guards,
    Keyword,
    Office,
    Organisation,
)
from services.tagger.data.loader import load_entries
from services.tagger.data.names import heads_of, names_of, surname_spellings, surnames_of
from services.tagger.data.variants import FAMILY_NAME_FIRST, KOREAN, family_names
from services.tagger.scan.automaton import Finder
from services.tagger.scan.normalise import normalise_name
from shared.messages.ids import content_id

_ALSO_COUNTRIES: Final = frozenset({"Georgia"})
"""States that stand in lists of countries, too, so that what is before them in a list is no town."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Gazetteer:
    """What the tagger knows. ``revision`` is the hash of the entries, the same whatever file or order they stand in.
    Two are equal if they are the same object, so that what is worked out once for one can be kept.

    ``surnames``: by actor, folded; ``other_family_names``: other ways to write them (Lee for Ri). ``held``: by actor, the ids of the offices
    ever held. By surname: ``officials``, those with an office; ``alone``, those whose surname may stand alone; ``leaders`` of countries.
    ``heads``: the offices that a shortened title (secretary) may mean. The rest are the guards' words, folded: ``beside_surnames`` may stand with
    a capital before a surname, ``capitals_after`` after one; ``after_surnames`` are only those that speak of somebody's rule (the Moon
    government).
    """

    actors: Mapping[str, Actor]
    offices: Mapping[str, Office]
    organisations: Mapping[str, Organisation]
    countries: Mapping[str, Country]
    groups: Mapping[str, tuple[str, ...]]
    keywords: Mapping[str, Keyword]
    events: Mapping[str, EventClass]
    guards: Guards
    surnames: Mapping[str, tuple[str, ...]]
    held: Mapping[str, tuple[str, ...]]
    other_family_names: Mapping[str, frozenset[str]]
    officials: Mapping[str, tuple[str, ...]]
    alone: Mapping[str, tuple[str, ...]]
    leaders: Mapping[str, tuple[str, ...]]
    heads: Mapping[str, frozenset[str]]
    beside_surnames: frozenset[str]
    after_surnames: frozenset[str]
    capitals_after: frozenset[str]
    word_surnames: frozenset[str]
    place_surnames: frozenset[str]
    strangers_titles: frozenset[str]
    before_countries: frozenset[str]
    bodies_of_state: frozenset[str]
    first_names: frozenset[str]
    after_countries: frozenset[str]
    country_first_names: frozenset[str]
    heads_of_names: frozenset[str]
    heads_with_of: frozenset[str]
    kinds_of_things: frozenset[str]
    regions: frozenset[str]
    states: tuple[str, ...]
    not_the_holder: frozenset[str]
    finder: Finder
    revision: str

    def name_of(self, actor: str) -> str:
        """The name to show of a person or organisation."""
        return (
            self.actors[actor].name if actor in self.actors else self.organisations[actor].names[0]
        )


def load_gazetteer(actors: Path, keywords: Path) -> Gazetteer:
    """The gazetteer of two folders of YAML files. DocumentError lists every mistake in them with file, line and column."""
    return build_gazetteer(load_entries(actors, keywords))


def build_gazetteer(entries: Entries) -> Gazetteer:
    """The gazetteer of good entries."""
    with _without_collecting():
        return _assemble(entries)


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Keep the garbage collector off: all that is made here stays, and looking through it takes a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _assemble(entries: Entries) -> Gazetteer:
    offices = sorted(entries.offices, key=lambda office: office.id)
    held = _held(offices)
    surnames = {actor.id: surnames_of(actor) for actor in entries.actors}
    return Gazetteer(
        actors=MappingProxyType(
            {actor.id: actor for actor in sorted(entries.actors, key=lambda actor: actor.id)}
        ),
        offices=MappingProxyType({office.id: office for office in offices}),
        organisations=MappingProxyType(
            {body.id: body for body in sorted(entries.organisations, key=lambda body: body.id)}
        ),
        countries=MappingProxyType(
            {
                country.iso3: country
                for country in sorted(entries.countries, key=lambda country: country.iso3)
            }
        ),
        groups=MappingProxyType(
            {name: group.countries for group in entries.groups for name in group.names}
        ),
        keywords=MappingProxyType(
            {
                keyword.id: keyword
                for keyword in sorted(entries.keywords, key=lambda keyword: keyword.id)
            }
        ),
        events=MappingProxyType(
            {event.id: event for event in sorted(entries.events, key=lambda event: event.id)}
        ),
        guards=entries.guards,
        surnames=MappingProxyType(surnames),
        other_family_names=MappingProxyType(_other_family_names(entries.actors)),
        held=MappingProxyType(held),
        officials=_by_surname(actor for actor in entries.actors if actor.id in held),
        alone=_by_surname(actor for actor in entries.actors if actor.alone),
        leaders=_by_surname(actor for actor in entries.actors if actor.leader),
        heads=heads_of(offices),
        beside_surnames=_folded(entries.guards.before_a_surname),
        after_surnames=_folded(entries.guards.after_a_surname),
        capitals_after=_folded([*entries.guards.after_a_surname, *entries.guards.before_a_surname]),
        word_surnames=_folded(entries.guards.surnames_that_are_words),
        place_surnames=_folded(entries.guards.surnames_that_are_places),
        strangers_titles=_folded(entries.guards.other_titles),
        before_countries=_folded(
            [*entries.guards.before_a_country, *entries.guards.before_a_surname]
        ),
        bodies_of_state=_folded([*entries.guards.after_a_country, *entries.guards.after_a_people]),
        first_names=_folded(
            {
                actor.name.split()[0]
                for actor in entries.actors
                if actor.country not in FAMILY_NAME_FIRST
            }
        ),
        after_countries=_folded(
            [*entries.guards.after_a_country, *entries.guards.before_a_surname]
        ),
        country_first_names=_folded(entries.guards.countries_that_are_names),
        heads_of_names=_folded(entries.guards.heads_of_names),
        heads_with_of=_folded(entries.guards.heads_with_of),
        kinds_of_things=_folded(entries.guards.kinds_of_things),
        regions=frozenset(
            [
                *entries.guards.other_bodies,
                *entries.guards.regions_in_short,
                *(name for country in entries.countries for name in country.names),
            ]
        ),
        states=_states(entries.guards),
        not_the_holder=_folded([*entries.guards.another_office, *entries.guards.not_the_holder]),
        finder=Finder(names_of(entries), entries.guards.also_words),
        revision=_revision(entries),
    )


def _held(offices: Iterable[Office]) -> dict[str, tuple[str, ...]]:
    held: dict[str, dict[str, None]] = {}
    for office in offices:
        for term in office.terms:
            held.setdefault(term.holder, {})[office.id] = None
    return {holder: tuple(ids) for holder, ids in held.items()}


def _other_family_names(actors: Iterable[Actor]) -> dict[str, frozenset[str]]:
    korean = (actor for actor in actors if actor.country in KOREAN)
    others = {
        actor.id: [
            name for written in surname_spellings(actor) for name in family_names(actor, written)
        ]
        for actor in korean
    }
    return {id_: _folded(names) for id_, names in others.items() if names}


def _by_surname(actors: Iterable[Actor]) -> Mapping[str, tuple[str, ...]]:
    bearers: dict[str, list[str]] = {}
    for actor in sorted(actors, key=lambda actor: actor.id):
        for surname in surnames_of(actor):
            bearers.setdefault(surname, []).append(actor.id)
    return MappingProxyType({surname: tuple(ids) for surname, ids in bearers.items()})


def _states(guards: Guards) -> tuple[str, ...]:
    """What follows a town's name: its state, in full or in short."""
    full = (
        state
        for state in guards.other_bodies
        if state[0].isupper() and state not in _ALSO_COUNTRIES
    )
    return tuple(f", {state}" for state in (*full, *guards.regions_in_short))


def _folded(words: Iterable[str]) -> frozenset[str]:
    return frozenset(map(normalise_name, words))


def _revision(entries: Entries) -> str:
    guards = {name: sorted(listed) for name, listed in asdict(entries.guards).items()}
    lists = {
        field.name: getattr(entries, field.name)
        for field in fields(entries)
        if field.name != "guards"
    }
    canonical = {
        name: sorted(orjson.dumps(entry, option=orjson.OPT_SORT_KEYS) for entry in listed)
        for name, listed in lists.items()
    }
    parts = [
        name.encode() + b"\n" + b"\n".join(listed) for name, listed in sorted(canonical.items())
    ]
    return content_id("actors", *parts, orjson.dumps(guards, option=orjson.OPT_SORT_KEYS))
