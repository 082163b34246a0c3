"""Who the tagger knows, as the board shows them: found by any spelling, with names, offices and every term on record. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from services.tagger.data.entries import Actor, Office, OfficeTerm, Organisation
from services.tagger.data.entry_catalogue import EntryCatalogue
from services.tagger.data.variants import Variant, variants
from services.tagger.scan.normalise import normalise_name

MAX_RESULTS: Final = 50
MAX_QUERY_CHARACTERS: Final = 100
"""Characters of a search that are looked at."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ActorDirectory:
    """``spellings``: by rule, by actor. ``held``: the offices that an actor has ever held, by actor. ``names``: folded, by id, to search in."""

    known: EntryCatalogue
    spellings: Mapping[str, tuple[Variant, ...]]
    held: Mapping[str, tuple[Office, ...]]
    names: Mapping[str, tuple[str, ...]]


def build_directory(known: EntryCatalogue) -> ActorDirectory:
    """The directory of what the tagger knows."""
    spellings = variants(known.actors.values())
    people = {
        id_: (actor.name, *actor.names, *(form.name for form in spellings.get(id_, ())))
        for id_, actor in known.actors.items()
    }
    bodies = {id_: (*body.names, *body.abbreviations) for id_, body in known.organisations.items()}
    names = {
        id_: (id_, *map(normalise_name, written))
        for id_, written in sorted((people | bodies).items())
    }
    return ActorDirectory(
        known=known, spellings=spellings, held=_held(known.offices.values()), names=names
    )


def empty_directory() -> ActorDirectory:
    """The directory while there are no good data."""
    return build_directory(
        EntryCatalogue(
            actors={}, offices={}, organisations={}, countries={}, keywords={}, events={}
        )
    )


def search(text: str, among: ActorDirectory, day: date) -> list[dict[str, Any]]:
    """Those of whom a name has the text in it, at most MOST: first whose name, or a word of it, begins with it."""
    sought = normalise_name(text[:MAX_QUERY_CHARACTERS]).strip()
    found = [
        (min(ranks), id_)
        for id_, names in among.names.items()
        if (ranks := [_rank(sought, name) for name in names if sought in name])
    ]
    return [summary(id_, among, day) for _rank, id_ in sorted(found)[:MAX_RESULTS]]


def summary(id_: str, among: ActorDirectory, day: date) -> dict[str, Any]:
    """One line of a list; the id must be known."""
    entry, now = _entry(id_, among), _offices(id_, among, day)
    return {
        "id": id_,
        "name": _name(entry),
        "kind": _kind(entry),
        "country": entry.country,
        "now": [office.names[0] for office in now],
    }


def profile(id_: str, among: ActorDirectory, day: date) -> dict[str, Any] | None:
    """Everything on record of a person or an organisation; None where nobody has this id."""
    if id_ not in among.names:
        return None
    entry = _entry(id_, among)
    country = among.known.countries.get(entry.country or "")
    shown = summary(id_, among, day) | {
        "country_name": country.names[0] if country else None,
        "note": entry.note,
        "today": day,
    }
    shown |= {
        "names": _names(entry, among),
        "terms": _terms(id_, among),
        "seat": None,
        "wikidata": None,
        "distinguish": None,
    }
    if isinstance(entry, Actor):
        return shown | {"wikidata": entry.wikidata, "distinguish": entry.distinguish}
    return shown | {
        "seat": entry.seat,
        "offices": [
            office.names[0] for office in among.known.offices.values() if office.body == id_
        ][:MAX_RESULTS],
    }


def _held(offices: Iterable[Office]) -> dict[str, tuple[Office, ...]]:
    held: dict[str, dict[str, Office]] = {}
    for office in offices:
        for term in office.terms:
            held.setdefault(term.holder, {})[office.id] = office
    return {holder: tuple(theirs.values()) for holder, theirs in held.items()}


def _rank(sought: str, name: str) -> int:
    return 0 if name.startswith(sought) else 1 if f" {sought}" in name else 2


def _entry(id_: str, among: ActorDirectory) -> Actor | Organisation:
    return among.known.actors.get(id_) or among.known.organisations[id_]


def _name(entry: Actor | Organisation) -> str:
    return entry.name if isinstance(entry, Actor) else entry.names[0]


def _kind(entry: Actor | Organisation) -> str:
    return "person" if isinstance(entry, Actor) else "organisation"


def _offices(id_: str, among: ActorDirectory, day: date) -> list[Office]:
    return [
        office
        for office in among.held.get(id_, ())
        if any(term.holder == id_ and _is_on(term, day) for term in office.terms)
    ]


def _is_on(term: OfficeTerm, day: date) -> bool:
    return term.start <= day and (term.end is None or day <= term.end)


def _names(entry: Actor | Organisation, among: ActorDirectory) -> list[dict[str, str | None]]:
    listed = (
        (entry.name, *entry.names)
        if isinstance(entry, Actor)
        else (*entry.names, *entry.abbreviations)
    )
    by_rule = among.spellings.get(entry.id, ())
    told: list[dict[str, str | None]] = [
        {"name": name, "rule": None} for name in dict.fromkeys(listed)
    ]
    return told + [{"name": form.name, "rule": form.rule} for form in by_rule]


def _terms(id_: str, among: ActorDirectory) -> list[dict[str, Any]]:
    """Every term of the actor, the earliest first."""
    terms = [
        (term, office)
        for office in among.held.get(id_, ())
        for term in office.terms
        if term.holder == id_
    ]
    return [
        _term(term, office, among)
        for term, office in sorted(terms, key=lambda one: (one[0].start, one[1].id))
    ]


def _term(term: OfficeTerm, office: Office, among: ActorDirectory) -> dict[str, Any]:
    body = among.known.organisations.get(office.body)
    shown = {
        "office": office.id,
        "title": office.names[0],
        "body": body.names[0] if body else office.body,
    }
    return shown | {
        "start": term.start,
        "end": term.end,
        "acting": term.acting,
        "verified": term.verified,
        "source": term.source,
    }
