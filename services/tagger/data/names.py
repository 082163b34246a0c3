"""Every way to write what the data names: as listed, by rule, by surname; and the words that titles are shortened to."""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from services.tagger.data.entries import Actor, Entries, Office
from services.tagger.data.variants import FAMILY_NAME_FIRST, Variant, family_names, variants
from services.tagger.scan.automaton import Name, NameKind
from services.tagger.scan.normalise import normalise_name

_NARROWER: Final = frozenset(
    {"vice", "deputy", "assistant", "first", "second", "under", "associate", "senior"}
)
_ENDS_A_HEAD: Final = (" of ", " for ", " to ", " at ", " in ", " on ", ", ")
_NO_HEADS: Final = frozenset(
    {"", "general", "chiefs", "member", "official", "officer", "comrade", "assistant", "democrat"}
)
_AFTER_A_NAME: Final = frozenset({"jr", "jr.", "sr", "sr.", "ii", "iii", "iv", "v"})


def names_of(entries: Entries) -> Iterator[Name]:
    """All names of good entries, for the finder."""
    by_rule = variants(entries.actors)
    for actor in entries.actors:
        yield from _names_of(actor, by_rule.get(actor.id, ()))
    for body in entries.organisations:
        yield from (Name(NameKind.ORGANISATION, body.id, name) for name in body.names)
        yield from (Name(NameKind.ABBREVIATION, body.id, name) for name in body.abbreviations)
        if body.country:
            yield from (Name(NameKind.METONYM, body.country, name) for name in body.metonyms)
    for office in entries.offices:
        yield from (
            Name(NameKind.OFFICE, office.id, name) for name in office.names if not office.title_only
        )
        yield from (Name(NameKind.OFFICE_OF, office.id, name) for name in office.needs_country)
    yield from _country_names(entries)
    for keyword in entries.keywords:
        yield from (
            Name(NameKind.KEYWORD, keyword.id, form, language)
            for language, forms in keyword.forms.items()
            for form in forms
        )
    yield from (
        Name(NameKind.EVENT, event.id, form) for event in entries.events for form in event.forms
    )
    yield from (Name(NameKind.DECOY, "", phrase) for phrase in entries.guards.decoys)
    yield from (Name(NameKind.OTHER_BODY, "", name) for name in entries.guards.other_bodies)
    yield from (Name(NameKind.SHIP, "", word) for word in entries.guards.ships)


def _names_of(actor: Actor, by_rule: Iterable[Variant]) -> Iterator[Name]:
    surnames = surnames_of(actor)
    spaces = {surname.count(" ") for surname in surnames}
    for name in (actor.name, *actor.names):
        alone = name.count(" ") in spaces and normalise_name(name) in surnames
        yield Name(NameKind.ALONE if alone else NameKind.PERSON, actor.id, name)
    yield from (Name(NameKind.PERSON, actor.id, variant.name) for variant in by_rule)
    yield from (Name(NameKind.TITLED, actor.id, name) for name in actor.titled)
    for written, folded in zip(surname_spellings(actor), surnames, strict=True):
        yield Name(NameKind.SURNAME, folded, written)
        yield from (
            Name(NameKind.SURNAME, normalise_name(name), name)
            for name in family_names(actor, written)
        )


def _country_names(entries: Entries) -> Iterator[Name]:
    for country in entries.countries:
        yield from (Name(NameKind.COUNTRY, country.iso3, name) for name in country.names)
        yield from (Name(NameKind.DEMONYM, country.iso3, name) for name in country.demonyms)
        yield from (Name(NameKind.RELATIVE, country.iso3, name) for name in country.relative)
        yield from (Name(NameKind.SHORT, country.iso3, name) for name in country.short)
        yield from (Name(NameKind.METONYM, country.iso3, name) for name in country.metonyms)
    for named in entries.country_names:
        for kind, listed in ((NameKind.COUNTRY, named.names), (NameKind.DEMONYM, named.demonyms)):
            yield from (
                Name(kind, named.iso3, form, language)
                for language, forms in listed.items()
                for form in forms
            )
    for group in entries.groups:
        yield from (Name(NameKind.GROUP, name, name) for name in group.names)


def surnames_of(actor: Actor) -> tuple[str, ...]:
    """What the actor is called after the full name, folded: as the entry says, or the family name by the custom of its country."""
    return tuple(map(normalise_name, surname_spellings(actor)))


def surname_spellings(actor: Actor) -> tuple[str, ...]:
    """The surnames as they are written, with their capitals."""
    if actor.surnames is not None:
        return actor.surnames
    words = actor.name.split()
    if words and words[-1].lower() in _AFTER_A_NAME:
        words.pop()
    if len(words) < 2:
        return ()
    return (words[0] if actor.country in FAMILY_NAME_FIRST else words[-1],)


def head_of(phrase: str) -> str:
    """The word, with its vice or deputy, that a title is shortened to: secretary of defense → secretary."""
    for end in _ENDS_A_HEAD:
        phrase = phrase.split(end, 1)[0]
    words = phrase.split()
    return " ".join(words[-2:] if len(words) > 1 and words[-2] in _NARROWER else words[-1:])


def heads_of(offices: Iterable[Office]) -> Mapping[str, frozenset[str]]:
    """The offices that each shortened title may mean."""
    heads: dict[str, set[str]] = {}
    for office in offices:
        for phrase in (*office.names, *office.needs_country):
            heads.setdefault(head_of(normalise_name(phrase)), set()).add(office.id)
    return MappingProxyType(
        {head: frozenset(ids) for head, ids in heads.items() if head not in _NO_HEADS}
    )
