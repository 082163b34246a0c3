"""The tagger's actors as the board shows them, searchable by any spelling. Pure.

Each comes with names, offices and every term on record.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from services.tagger.data.entries import Actor, Entries, Office, OfficeTerm, Organisation
from services.tagger.data.entry_catalogue import EntryCatalogue, build_catalogue
from services.tagger.data.variants import Variant, variants
from services.tagger.scan.normalise import normalise_name

MAX_RESULTS: Final = 50
MAX_QUERY_CHARACTERS: Final = 100
"""Characters of a search that are looked at."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ActorDirectory:
    """Everything the pages of actors need.

    ``spellings`` holds the generated variants by actor, ``held`` every office an actor has ever
    held, ``names`` the normalised names by id, to search in.
    """

    catalogue: EntryCatalogue
    spellings: Mapping[str, tuple[Variant, ...]]
    offices_by_holder: Mapping[str, tuple[Office, ...]]
    names: Mapping[str, tuple[str, ...]]


def build_directory(catalogue: EntryCatalogue) -> ActorDirectory:
    """Build the directory from the tagger's catalogue."""
    spellings = variants(catalogue.actors.values())
    people = {
        id_: (actor.name, *actor.names, *(form.name for form in spellings.get(id_, ())))
        for id_, actor in catalogue.actors.items()
    }
    bodies = {
        id_: (*body.names, *body.abbreviations) for id_, body in catalogue.organisations.items()
    }
    names = {
        id_: (id_, *map(normalise_name, spellings))
        for id_, spellings in sorted((people | bodies).items())
    }
    return ActorDirectory(
        catalogue=catalogue,
        spellings=spellings,
        offices_by_holder=_offices_by_holder(catalogue.offices.values()),
        names=names,
    )


def empty_directory() -> ActorDirectory:
    """Return the directory for the time when no valid data are loaded."""
    return build_directory(build_catalogue(Entries()))


def search(text: str, directory: ActorDirectory, day: date) -> list[dict[str, Any]]:
    """Return the actors with a name that contains the text, at most MAX_RESULTS.

    Those come first whose name begins with it, then those with a word that does.
    """
    query = normalise_name(text[:MAX_QUERY_CHARACTERS]).strip()
    matches = [
        (min(ranks), id_)
        for id_, names in directory.names.items()
        if (ranks := [_rank(query, name) for name in names if query in name])
    ]
    return [summary(id_, directory, day) for _rank, id_ in sorted(matches)[:MAX_RESULTS]]


def summary(id_: str, directory: ActorDirectory, day: date) -> dict[str, Any]:
    """Return one line of a list. The id must be known."""
    entry, now = _entry(id_, directory), _offices(id_, directory, day)
    return {
        "id": id_,
        "name": _name(entry),
        "kind": _kind(entry),
        "country": entry.country,
        "now": [office.names[0] for office in now],
    }


def profile(id_: str, directory: ActorDirectory, day: date) -> dict[str, Any] | None:
    """Return everything on record about a person or organisation; None if the id is unknown."""
    if id_ not in directory.names:
        return None
    entry = _entry(id_, directory)
    country = directory.catalogue.countries.get(entry.country or "")
    fields = summary(id_, directory, day) | {
        "country_name": country.names[0] if country else None,
        "note": entry.note,
        "today": day,
    }
    fields |= {
        "names": _names(entry, directory),
        "terms": _terms(id_, directory),
        "seat": None,
        "wikidata": None,
        "distinguish": None,
    }
    if isinstance(entry, Actor):
        return fields | {"wikidata": entry.wikidata, "distinguish": entry.distinguish}
    return fields | {
        "seat": entry.seat,
        "offices": [
            office.names[0] for office in directory.catalogue.offices.values() if office.body == id_
        ][:MAX_RESULTS],
    }


def _offices_by_holder(offices: Iterable[Office]) -> dict[str, tuple[Office, ...]]:
    offices_by_holder: dict[str, dict[str, Office]] = {}
    for office in offices:
        for term in office.terms:
            offices_by_holder.setdefault(term.holder, {})[office.id] = office
    return {
        holder: tuple(offices_by_id.values()) for holder, offices_by_id in offices_by_holder.items()
    }


def _rank(query: str, name: str) -> int:
    return 0 if name.startswith(query) else 1 if f" {query}" in name else 2


def _entry(id_: str, directory: ActorDirectory) -> Actor | Organisation:
    return directory.catalogue.actors.get(id_) or directory.catalogue.organisations[id_]


def _name(entry: Actor | Organisation) -> str:
    return entry.name if isinstance(entry, Actor) else entry.names[0]


def _kind(entry: Actor | Organisation) -> str:
    return "person" if isinstance(entry, Actor) else "organisation"


def _offices(id_: str, directory: ActorDirectory, day: date) -> list[Office]:
    return [
        office
        for office in directory.offices_by_holder.get(id_, ())
        if any(term.holder == id_ and _is_on(term, day) for term in office.terms)
    ]


def _is_on(term: OfficeTerm, day: date) -> bool:
    return term.start <= day and (term.end is None or day <= term.end)


def _names(entry: Actor | Organisation, directory: ActorDirectory) -> list[dict[str, str | None]]:
    listed = (
        (entry.name, *entry.names)
        if isinstance(entry, Actor)
        else (*entry.names, *entry.abbreviations)
    )
    by_rule = directory.spellings.get(entry.id, ())
    spellings: list[dict[str, str | None]] = [
        {"name": name, "rule": None} for name in dict.fromkeys(listed)
    ]
    return spellings + [{"name": form.name, "rule": form.rule} for form in by_rule]


def _terms(id_: str, directory: ActorDirectory) -> list[dict[str, Any]]:
    """Return every term of the actor, earliest first."""
    terms = [
        (term, office)
        for office in directory.offices_by_holder.get(id_, ())
        for term in office.terms
        if term.holder == id_
    ]
    return [
        _term(term, office, directory)
        for term, office in sorted(terms, key=lambda item: (item[0].start, item[1].id))
    ]


def _term(term: OfficeTerm, office: Office, directory: ActorDirectory) -> dict[str, Any]:
    body = directory.catalogue.organisations.get(office.body)
    fields = {
        "office": office.id,
        "title": office.names[0],
        "body": body.names[0] if body else office.body,
    }
    return fields | {
        "start": term.start,
        "end": term.end,
        "acting": term.acting,
        "verified": term.verified,
        "source": term.source,
    }
