"""Which entries have a name: for rules and commands, where people write "North Korea".

Names are compared by their words: case, accents, stops, hyphens and a leading "the" do not matter.
"""

import re
from collections.abc import Container, Iterable, Iterator
from functools import cache
from typing import Final, Literal

from services.tagger.data.entries import Country, Entries, Office
from services.tagger.data.names import surname_spellings
from services.tagger.data.variants import variants
from shared.text.words import words_of

EntryKind = Literal["actor", "office", "country", "keyword", "event"]
_LETTERS: Final = re.compile("[A-Za-z -]*")
Named = tuple[str, str]
"""An id and one of its names."""


class NameLookup:
    """Finds the ids of the entries that have a name. It is built at the first question."""

    def __init__(self, entries: Entries) -> None:
        self._entries = entries
        self._index = cache(self._build)

    def find(
        self, kind: EntryKind, name: str, among: Container[str] | None = None
    ) -> tuple[str, ...]:
        """Return the ids of all entries of a kind that have the name, the best-known first.

        A full name goes before a surname, an abbreviation or a demonym. Country ids are ISO 3166
        alpha-3 codes in lower case. ``among`` are the ids that count, if not all do.
        """
        key = _key(name)
        matches = (
            tuple(id_ for id_ in ids.get(key, ()) if among is None or id_ in among)
            for ids in self._index(kind)
        )
        return next(filter(None, matches), ())

    def find_containing(self, kind: EntryKind, name: str) -> tuple[str, ...]:
        """Return the ids of the entries with a name that has all words of this one, in any order.

        The best-known come first, then those with the shortest name. It looks at every name, and is
        for suggestions.
        """
        words = set(_key(name).split())
        sizes: dict[str, int] = {}
        for names in self._index(kind) if words else ():
            for key, ids in names.items():
                if words <= set(key.split()):
                    size = len(key.split())
                    sizes.update({id_: min(size, sizes.get(id_, size)) for id_ in ids})
        ranks = _actor_ranks(self._entries) if kind == "actor" else {}
        return tuple(sorted(sizes, key=lambda id_: (-ranks.get(id_, 0), sizes[id_], id_)))

    def _build(self, kind: EntryKind) -> tuple[dict[str, tuple[str, ...]], ...]:
        full, short = {
            "actor": (_actor_names, _actor_short_names),
            "office": (_office_names, _office_short_names),
            "country": (_country_names, _country_short_names),
            "keyword": (_keyword_names, _no_names),
            "event": (_no_names, _no_names),
        }[kind]
        ranks = _actor_ranks(self._entries) if kind == "actor" else {}
        return tuple(_by_key(names(self._entries), ranks) for names in (full, short))


def _by_key(names: Iterable[Named], ranks: dict[str, int]) -> dict[str, tuple[str, ...]]:
    by_key: dict[str, set[str]] = {}
    for id_, name in names:
        by_key.setdefault(_key(name), set()).add(id_)
    by_key.pop("", None)
    return {
        key: tuple(sorted(ids, key=lambda id_: (-ranks.get(id_, 0), id_)))
        for key, ids in by_key.items()
    }


def _key(name: str) -> str:
    if _LETTERS.fullmatch(name):  # most names; there are thousands
        words = name.lower().replace("-", " ").split()
    else:
        words = [word.key.replace(".", "") for word in words_of(name)]
    return " ".join(words[1:] if words[:1] == ["the"] else words)


def _actor_ranks(entries: Entries) -> dict[str, int]:
    """Return how well-known people are: leaders, then those with a bare surname, then offices."""
    terms: dict[str, int] = {}
    for office in entries.offices:
        for term in office.terms:
            terms[term.holder] = terms.get(term.holder, 0) + 1
    return {
        actor.id: 10_000 * actor.leader + 1_000 * actor.alone + min(terms.get(actor.id, 0), 999)
        for actor in entries.actors
    }


def _actor_names(entries: Entries) -> Iterator[Named]:
    for actor in entries.actors:
        yield from ((actor.id, name) for name in (actor.name, *actor.names))
    for id_, forms in variants(entries.actors).items():
        yield from ((id_, form.name) for form in forms)
    for body in entries.organisations:
        yield from ((body.id, name) for name in body.names)


def _actor_short_names(entries: Entries) -> Iterator[Named]:
    for actor in entries.actors:
        yield from ((actor.id, name) for name in (*surname_spellings(actor), *actor.titled))
    for body in entries.organisations:
        yield from ((body.id, name) for name in body.abbreviations)


def _office_names(entries: Entries) -> Iterator[Named]:
    """Yield the names of offices, alone and with their country's."""
    countries = {country.iso3: country for country in entries.countries}
    for office in entries.offices:
        yield from ((office.id, name) for name in office.names)
        if office.country in countries:
            yield from _with_country(office, countries[office.country])


def _with_country(office: Office, country: Country) -> Iterator[Named]:
    for title in (*office.names, *office.needs_country):
        for name in (*country.names, *country.short):
            yield office.id, f"{name} {title}"
            yield office.id, f"{title} of {name}"
            yield office.id, f"{title} of the {name}"
        yield from ((office.id, f"{demonym} {title}") for demonym in country.demonyms)


def _office_short_names(entries: Entries) -> Iterator[Named]:
    for office in entries.offices:
        yield from ((office.id, title) for title in office.needs_country)


def _country_names(entries: Entries) -> Iterator[Named]:
    for country in entries.countries:
        names = (country.iso3, *country.names, *country.short)
        yield from ((country.iso3.lower(), name) for name in names)
    for foreign in entries.country_names:
        for names in foreign.names.values():
            yield from ((foreign.iso3.lower(), name) for name in names)


def _country_short_names(entries: Entries) -> Iterator[Named]:
    for country in entries.countries:
        yield from ((country.iso3.lower(), name) for name in country.demonyms)


def _keyword_names(entries: Entries) -> Iterator[Named]:
    for keyword in entries.keywords:
        for forms in keyword.forms.values():
            yield from ((keyword.id, form) for form in forms)


def _no_names(_entries: Entries) -> Iterator[Named]:
    return iter(())
