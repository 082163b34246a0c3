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
_NARROWER: Final = frozenset({"vice", "deputy", "assistant", "first", "second", "under", "associate", "senior"})
_ENDS_A_HEAD: Final = (" of ", " for ", " to ", " at ", " in ", " on ", ", ")
_NO_HEADS: Final = frozenset({"", "general", "chiefs", "member", "official", "officer", "comrade", "assistant", "democrat"})
_AFTER_A_NAME: Final = frozenset({"jr", "jr.", "sr", "sr.", "ii", "iii", "iv", "v"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Gazetteer:
    """What the tagger knows. ``revision`` is the hash of the entries, the same whatever file or order they stand in.

    ``surnames``: by actor, folded. ``held``: by actor, the ids of the offices ever held. ``officials``: those with an office, by surname;
    ``alone``: those whose surname may stand alone, by surname. ``heads``: the offices that a shortened title (secretary) may mean.
    The rest are the guards' words, folded: ``beside_surnames`` may stand with a capital before a surname, ``after_surnames`` after one.
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
    officials: Mapping[str, tuple[str, ...]]
    alone: Mapping[str, tuple[str, ...]]
    heads: Mapping[str, frozenset[str]]
    beside_surnames: frozenset[str]
    after_surnames: frozenset[str]
    word_surnames: frozenset[str]
    place_surnames: frozenset[str]
    strangers_titles: frozenset[str]
    before_countries: frozenset[str]
    after_countries: frozenset[str]
    country_first_names: frozenset[str]
    regions: frozenset[str]
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
    held = _held(offices)
    return Gazetteer(
        actors=MappingProxyType({actor.id: actor for actor in sorted(entries.actors, key=lambda actor: actor.id)}),
        offices=MappingProxyType({office.id: office for office in offices}),
        organisations=MappingProxyType({body.id: body for body in sorted(entries.organisations, key=lambda body: body.id)}),
        countries=MappingProxyType({country.iso3: country for country in sorted(entries.countries, key=lambda country: country.iso3)}),
        groups=MappingProxyType({name: group.countries for group in entries.groups for name in group.names}),
        keywords=MappingProxyType({keyword.id: keyword for keyword in sorted(entries.keywords, key=lambda keyword: keyword.id)}),
        guards=entries.guards,
        surnames=MappingProxyType({actor.id: surnames_of(actor) for actor in entries.actors}),
        held=MappingProxyType(held),
        officials=_by_surname(actor for actor in entries.actors if actor.id in held),
        alone=_by_surname(actor for actor in entries.actors if actor.alone),
        heads=_heads(offices),
        beside_surnames=_folded(entries.guards.before_a_surname),
        after_surnames=_folded(entries.guards.after_a_surname),
        word_surnames=_folded(entries.guards.surnames_that_are_words),
        place_surnames=_folded(entries.guards.surnames_that_are_places),
        strangers_titles=_folded(entries.guards.other_titles),
        before_countries=_folded([*entries.guards.before_a_country, *entries.guards.before_a_surname]),
        after_countries=_folded([*entries.guards.after_a_country, *entries.guards.before_a_surname]),
        country_first_names=_folded(entries.guards.countries_that_are_names),
        regions=frozenset([*entries.guards.other_bodies, *(name for country in entries.countries for name in country.names)]),
        finder=Finder(_names(entries), entries.guards.also_words),
        revision=_revision(entries),
    )


def head_of(phrase: str) -> str:
    """The word, with its vice or deputy, that a title is shortened to: secretary of defense → secretary."""
    for end in _ENDS_A_HEAD:
        phrase = phrase.split(end, 1)[0]
    words = phrase.split()
    return " ".join(words[-2:] if len(words) > 1 and words[-2] in _NARROWER else words[-1:])


def surnames_of(actor: Actor) -> tuple[str, ...]:
    """What the actor is called after the full name, folded: as the entry says, or the family name by the custom of its country."""
    return tuple(map(fold_name, written_surnames(actor)))


def written_surnames(actor: Actor) -> tuple[str, ...]:
    """The surnames as they are written, with their capitals."""
    if actor.surnames is not None:
        return actor.surnames
    words = [word for word in actor.name.split() if word.lower() not in _AFTER_A_NAME]
    if len(words) < 2:
        return ()
    return (words[0] if actor.country in FAMILY_NAME_FIRST else words[-1],)


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
        yield from (Name(Kind.SURNAME, fold_name(name), name) for name in written_surnames(actor))
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
        yield from (Name(Kind.COUNTRY, country.iso3, name) for name in country.names)
        yield from (Name(Kind.DEMONYM, country.iso3, name) for name in country.demonyms)
        yield from (Name(Kind.RELATIVE, country.iso3, name) for name in country.relative)
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


def _by_surname(actors: Iterable[Actor]) -> Mapping[str, tuple[str, ...]]:
    bearers: dict[str, list[str]] = {}
    for actor in sorted(actors, key=lambda actor: actor.id):
        for surname in surnames_of(actor):
            bearers.setdefault(surname, []).append(actor.id)
    return MappingProxyType({surname: tuple(ids) for surname, ids in bearers.items()})


def _heads(offices: Iterable[Office]) -> Mapping[str, frozenset[str]]:
    heads: dict[str, set[str]] = {}
    for office in offices:
        for phrase in (*office.names, *office.needs_country):
            heads.setdefault(head_of(fold_name(phrase)), set()).add(office.id)
    return MappingProxyType({head: frozenset(ids) for head, ids in heads.items() if head not in _NO_HEADS})


def _folded(words: Iterable[str]) -> frozenset[str]:
    return frozenset(map(fold_name, words))


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
