"""The gazetteer: all data of seeds/actors and seeds/keywords, checked, immutable and ready to be looked up."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import orjson

from services.tagger.check_entries import Read, check
from services.tagger.entries import Actor, Country, Entries, Guards, Keyword, Office, Organisation
from services.tagger.find import Finder, Kind, Name
from services.tagger.fold import fold_name
from services.tagger.read_entries import ACTOR_SECTIONS, KEYWORD_SECTIONS, check_sections, read_guards, read_section
from shared.documents import Document, load, raise_if_bad
from shared.ids import content_id

FAMILY_NAME_FIRST: Final = frozenset({"CHN", "KOR", "PRK"})
"""Where a person's name begins with the family name, unless the entry says otherwise."""
KOREAN: Final = frozenset({"KOR", "PRK"})
_KOREAN_NAME_PARTS: Final = 3
_AFTER_A_NAME: Final = frozenset({"jr", "jr.", "sr", "sr.", "ii", "iii", "iv", "v"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Gazetteer:
    """What the tagger knows. ``revision`` is the hash of the entries, the same whatever file or order they stand in.

    ``surnames``: by actor, folded. ``held``: by actor, the ids of the offices ever held.
    ``beside_surnames``: words, folded, that may stand with a capital before a surname.
    """

    actors: Mapping[str, Actor]
    offices: Mapping[str, Office]
    organisations: Mapping[str, Organisation]
    countries: Mapping[str, Country]
    groups: Mapping[str, tuple[str, ...]]
    keywords: Mapping[str, Keyword]
    guards: Guards
    surnames: Mapping[str, tuple[str, ...]]
    held: Mapping[str, tuple[str, ...]]
    beside_surnames: frozenset[str]
    finder: Finder
    revision: str

    def name_of(self, actor: str) -> str:
        """The name to show of a person or organisation."""
        return self.actors[actor].name if actor in self.actors else self.organisations[actor].names[0]


def load_gazetteer(actors: Path, keywords: Path) -> Gazetteer:
    """The gazetteer of two folders of YAML files. DocumentError lists every mistake in them with file, line and column."""
    actor_files, keyword_files = _documents(actors), _documents(keywords)
    for document in actor_files:
        check_sections(document, ACTOR_SECTIONS)
    for document in keyword_files:
        check_sections(document, KEYWORD_SECTIONS)
    read = Read(
        actors=_all(actor_files, "actors"),
        offices=_all(actor_files, "offices"),
        organisations=_all(actor_files, "organisations"),
        countries=_all(actor_files, "countries"),
        groups=_all(actor_files, "groups"),
        keywords=_all(keyword_files, "keywords"),
    )
    guards = _joined(read_guards(document) for document in actor_files)
    check(read)
    raise_if_bad([*actor_files, *keyword_files])
    return assemble(Entries(**{field.name: tuple(placed.entry for placed in getattr(read, field.name)) for field in fields(read)}, guards=guards))


def assemble(entries: Entries) -> Gazetteer:
    """The gazetteer of good entries."""
    offices = sorted(entries.offices, key=lambda office: office.id)
    return Gazetteer(
        actors=MappingProxyType({actor.id: actor for actor in sorted(entries.actors, key=lambda actor: actor.id)}),
        offices=MappingProxyType({office.id: office for office in offices}),
        organisations=MappingProxyType({body.id: body for body in sorted(entries.organisations, key=lambda body: body.id)}),
        countries=MappingProxyType({country.iso3: country for country in sorted(entries.countries, key=lambda country: country.iso3)}),
        groups=MappingProxyType({name: group.countries for group in entries.groups for name in group.names}),
        keywords=MappingProxyType({keyword.id: keyword for keyword in sorted(entries.keywords, key=lambda keyword: keyword.id)}),
        guards=entries.guards,
        surnames=MappingProxyType({actor.id: surnames_of(actor) for actor in entries.actors}),
        held=MappingProxyType(_held(offices)),
        beside_surnames=frozenset(map(fold_name, entries.guards.before_a_surname)),
        finder=Finder(_names(entries), entries.guards.also_words),
        revision=_revision(entries),
    )


def surnames_of(actor: Actor) -> tuple[str, ...]:
    """What the actor is called after the full name, folded: as the entry says, or the family name by the custom of its country."""
    if actor.surnames is not None:
        return tuple(map(fold_name, actor.surnames))
    words = [word for word in actor.name.split() if word.lower() not in _AFTER_A_NAME]
    if len(words) < 2:
        return ()
    return (fold_name(words[0] if actor.country in FAMILY_NAME_FIRST else words[-1]),)


def full_names(actor: Actor) -> Iterator[str]:
    """Every full way to write the actor: as listed, and for Korean names also with the given name in one word (Kim Jongun)."""
    for name in (actor.name, *actor.names):
        yield name
        parts = name.replace("-", " ").split()
        if actor.country in KOREAN and len(parts) == _KOREAN_NAME_PARTS:
            yield f"{parts[0]} {parts[1]}{parts[2].lower()}"


def _names(entries: Entries) -> Iterator[Name]:
    for actor in entries.actors:
        surnames = surnames_of(actor)
        yield from (Name(Kind.ALONE if fold_name(name) in surnames else Kind.PERSON, actor.id, name) for name in full_names(actor))
        yield from (Name(Kind.TITLED, actor.id, name) for name in actor.titled)
    for body in entries.organisations:
        yield from (Name(Kind.ORGANISATION, body.id, name) for name in body.names)
        yield from (Name(Kind.ABBREVIATION, body.id, name) for name in body.abbreviations)
        if body.country:
            yield from (Name(Kind.METONYM, body.country, name) for name in body.metonyms)
    for office in entries.offices:
        yield from (Name(Kind.OFFICE, office.id, name) for name in office.names)
        yield from (Name(Kind.OFFICE_OF, office.id, name) for name in office.needs_country)
    yield from _country_names(entries)
    for keyword in entries.keywords:
        yield from (Name(Kind.KEYWORD, keyword.id, form, language) for language, forms in keyword.forms.items() for form in forms)
    yield from (Name(Kind.DECOY, "", phrase) for phrase in entries.guards.decoys)
    yield from (Name(Kind.OTHER_BODY, "", name) for name in entries.guards.other_bodies)


def _country_names(entries: Entries) -> Iterator[Name]:
    for country in entries.countries:
        yield from (Name(Kind.COUNTRY, country.iso3, name) for name in (*country.names, *country.demonyms))
        yield from (Name(Kind.SHORT, country.iso3, name) for name in country.short)
        yield from (Name(Kind.METONYM, country.iso3, name) for name in country.metonyms)
    for group in entries.groups:
        yield from (Name(Kind.GROUP, name, name) for name in group.names)


def _held(offices: Iterable[Office]) -> dict[str, tuple[str, ...]]:
    held: dict[str, dict[str, None]] = {}
    for office in offices:
        for term in office.terms:
            held.setdefault(term.holder, {})[office.id] = None
    return {holder: tuple(ids) for holder, ids in held.items()}


def _revision(entries: Entries) -> str:
    guards = {name: sorted(listed) for name, listed in asdict(entries.guards).items()}
    lists = {field.name: getattr(entries, field.name) for field in fields(entries) if field.name != "guards"}
    canonical = {name: sorted(orjson.dumps(entry, option=orjson.OPT_SORT_KEYS) for entry in listed) for name, listed in lists.items()}
    parts = [name.encode() + b"\n" + b"\n".join(listed) for name, listed in sorted(canonical.items())]
    return content_id("actors", *parts, orjson.dumps(guards, option=orjson.OPT_SORT_KEYS))


def _documents(folder: Path) -> list[Document]:
    paths = sorted(path for path in folder.glob("*.y*ml") if not path.name.startswith("."))
    if paths:
        return [load(path) for path in paths]
    empty = Document(str(folder), None, [])
    empty.report((), "no YAML files here", code="empty", suggestion="name the folder that holds them")
    return [empty]


def _all(documents: list[Document], section: str) -> list[Any]:
    return [placed for document in documents for placed in read_section(document, section)]


def _joined(guards: Iterable[Guards]) -> Guards:
    lists = [asdict(one) for one in guards]
    return Guards(**{field.name: tuple(word for one in lists for word in one[field.name]) for field in fields(Guards)})
