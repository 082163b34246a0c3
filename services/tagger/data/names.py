"""Every spelling of what the data names: as listed, by rule, by surname; and titles' head words."""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from services.tagger.data.entries import Actor, Entries, Office
from services.tagger.data.variants import FAMILY_NAME_FIRST, Variant, family_names, variants
from services.tagger.scan.automaton import Name, NameKind
from services.tagger.scan.normalise import normalise_name
from services.tagger.vocabulary.vocabulary import event_names

_NARROWER: Final = frozenset(
    {"vice", "deputy", "assistant", "first", "second", "under", "associate", "senior"}
)
_SPELLINGS: Final = (
    ("defense", "defence"),
    ("Defense", "Defence"),
    ("advisor", "adviser"),
    ("Advisor", "Adviser"),
)
_ABBREVIATED: Final = (("prime minister", "PM"), ("Prime Minister", "PM"))
_ENDS_A_HEAD: Final = (" of ", " for ", " to ", " at ", " in ", " on ", ", ")
_NO_HEADS: Final = frozenset(
    {
        "", "general", "chiefs", "member", "official", "officer", "comrade", "assistant",
        "democrat", "prince",
    }
)  # fmt: skip
_AFTER_A_NAME: Final = frozenset({"jr", "jr.", "sr", "sr.", "ii", "iii", "iv", "v"})


def names_of(entries: Entries) -> Iterator[Name]:
    """Yield all names of valid entries, for the finder."""
    by_rule = variants(entries.actors)
    for actor in entries.actors:
        yield from _actor_names(actor, by_rule.get(actor.id, ()))
    for body in entries.organisations:
        yield from (Name(NameKind.ORGANISATION, body.id, name) for name in body.names)
        yield from (Name(NameKind.ABBREVIATION, body.id, name) for name in body.abbreviations)
        if body.country:
            yield from (Name(NameKind.METONYM, body.country, name) for name in body.metonyms)
    for office in entries.offices:
        if not office.title_only:
            yield from _office_names(NameKind.OFFICE, office.id, office.names)
        yield from _office_names(NameKind.OFFICE_OF, office.id, office.needs_country)
    yield from _country_names(entries)
    yield from (
        Name(NameKind.KEYWORD, keyword.id, form, language)
        for keyword in entries.keywords
        for language, forms in keyword.forms.items()
        for form in forms
    )
    yield from event_names(entries.events, entries.event_words)
    yield from (Name(NameKind.STOP_NAME, "", phrase) for phrase in entries.guards.decoys)
    yield from (Name(NameKind.OTHER_BODY, "", name) for name in entries.guards.other_bodies)
    yield from (Name(NameKind.SHIP, "", word) for word in entries.guards.ships)


def _office_names(kind: NameKind, id_: str, names: tuple[str, ...]) -> Iterator[Name]:
    """Yield the names of an office in British and American spelling, and with PM."""
    spellings = dict.fromkeys(names)
    for name in names:
        for title, short in _ABBREVIATED:
            spellings |= {name.replace(title, short): None}
    for name in names:
        for american, british in _SPELLINGS:
            spellings |= {name.replace(american, british): None}
            spellings |= {name.replace(british, american): None}
    yield from (Name(kind, id_, name) for name in spellings)


def _actor_names(actor: Actor, by_rule: Iterable[Variant]) -> Iterator[Name]:
    surnames = surnames_of(actor)
    spaces = {surname.count(" ") for surname in surnames}
    for name in (actor.name, *actor.names):
        is_mononym = name.count(" ") in spaces and normalise_name(name) in surnames
        yield Name(NameKind.MONONYM if is_mononym else NameKind.PERSON, actor.id, name)
    yield from (Name(NameKind.PERSON, actor.id, variant.name) for variant in by_rule)
    yield from (Name(NameKind.TITLED, actor.id, name) for name in actor.titled)
    for spelling, surname in zip(surname_spellings(actor), surnames, strict=True):
        yield Name(NameKind.SURNAME, surname, spelling)
        yield from (
            Name(NameKind.SURNAME, normalise_name(name), name)
            for name in family_names(actor, spelling)
        )


def _country_names(entries: Entries) -> Iterator[Name]:
    for country in entries.countries:
        for kind, names in (
            (NameKind.COUNTRY, country.names),
            (NameKind.DEMONYM, country.demonyms),
            (NameKind.RELATIVE, country.relative),
            (NameKind.SHORT, country.short),
            (NameKind.METONYM, country.metonyms),
        ):
            yield from (Name(kind, country.iso3, name) for name in names)
    for foreign in entries.country_names:
        for kind, by_language in (
            (NameKind.COUNTRY, foreign.names),
            (NameKind.DEMONYM, foreign.demonyms),
        ):
            yield from (
                Name(kind, foreign.iso3, name, language)
                for language, names in by_language.items()
                for name in names
            )
    for group in entries.groups:
        yield from (Name(NameKind.GROUP, name, name) for name in group.names)


def surnames_of(actor: Actor) -> tuple[str, ...]:
    """Return the actor's surnames, normalised.

    They are those of the entry, or else the family name by the custom of the country.
    """
    return tuple(map(normalise_name, surname_spellings(actor)))


def surname_spellings(actor: Actor) -> tuple[str, ...]:
    """Return the actor's surnames as written, with their capitals."""
    if actor.surnames is not None:
        return actor.surnames
    words = actor.name.split()
    if words and words[-1].lower() in _AFTER_A_NAME:
        words.pop()
    if len(words) < 2:
        return ()
    return (words[0] if actor.country in FAMILY_NAME_FIRST else words[-1],)


def head_of(phrase: str) -> str:
    """Return the word to which a title is shortened: secretary of defense → secretary.

    With its vice or deputy, where it has one.
    """
    for end in _ENDS_A_HEAD:
        phrase = phrase.split(end, 1)[0]
    words = phrase.split()
    return " ".join(words[-2:] if len(words) > 1 and words[-2] in _NARROWER else words[-1:])


def heads_of(offices: Iterable[Office]) -> Mapping[str, frozenset[str]]:
    """Return the ids of the offices to which each shortened title may refer."""
    heads: dict[str, set[str]] = {}
    for office in offices:
        for phrase in (*office.names, *office.needs_country):
            heads.setdefault(head_of(normalise_name(phrase)), set()).add(office.id)
    return MappingProxyType(
        {head: frozenset(ids) for head, ids in heads.items() if head not in _NO_HEADS}
    )
