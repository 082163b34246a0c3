"""Convert the CC0 files of unitedstates/congress-legislators.

They list presidents, vice presidents and members of Congress with their dated terms.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final

from services.tagger.data.entries import Actor
from services.tagger.imports.render import ImportedOffice, ImportedPerson, ImportedTerm, slug
from services.tagger.scan.normalise import normalise_name

SENATOR: Final = "us-senator"
REPRESENTATIVE: Final = "us-representative"
_OFFICES: Final = {"sen": SENATOR, "rep": REPRESENTATIVE}
_DAYS_BETWEEN_TERMS: Final = 7
_COMMON: Final = """
adams allen anderson baker bell brown campbell carter clark clarke cole collins cruz davis diaz
fields fitzgerald flores foster garcia gomez gonzalez gray green griffith hall harris hernandez hill
hunt jackson james johnson jones kelly kennedy kim king lee lewis lopez lucas martin martinez miller
mitchell moore moran murphy nelson perez perry peters ramirez reed roberts robinson rodriguez rogers
rose ross ryan sanchez scott simpson smith stanton stevens stewart taylor thomas thompson torres
turner walker warner watson white williams wilson wright young
"""
_COMMON_SURNAMES: Final = frozenset(_COMMON.split())
"""The commonest surnames in the United States; with a common first name many people share them."""


def convert_congress(
    people: Iterable[Mapping[str, Any]], actors: Iterable[Actor], since: date
) -> tuple[list[ImportedPerson], list[ImportedOffice]]:
    """Return who held a seat in Congress, or was (vice) president, on ``since`` or later.

    ``people`` is the content of legislators-*.yaml and executive.yaml. People already among
    ``actors`` (by Wikidata id, or by name) are left out, and terms use their id there. Adjacent
    terms are merged. Raises KeyError where an entry lacks what the files' README promises.
    """
    by_wikidata = {actor.wikidata: actor.id for actor in actors if actor.wikidata}
    by_name = {
        normalise_name(name): actor.id for actor in actors for name in (actor.name, *actor.names)
    }
    imported: dict[str, ImportedPerson] = {}
    terms: dict[str, list[ImportedTerm]] = {SENATOR: [], REPRESENTATIVE: []}
    for entry in people:
        recent = [term for term in entry["terms"] if term["end"] >= since.isoformat()]
        if not recent:
            continue
        person = _person(entry)
        id_ = (
            by_wikidata.get(person.wikidata or "")
            or by_name.get(normalise_name(person.name))
            or person.id
        )
        is_new = id_ not in by_wikidata.values() and id_ not in by_name.values()
        if id_ == person.id and is_new:
            names = tuple(name for name in person.names if normalise_name(name) not in by_name)
            imported[id_] = replace(person, names=names)
        for kind, office in _OFFICES.items():
            terms[office] += _merge_terms(id_, (term for term in recent if term["type"] == kind))
    offices = [_office(office, of_office) for office, of_office in terms.items() if of_office]
    return list(imported.values()), offices


def _office(office: str, terms: list[ImportedTerm]) -> ImportedOffice:
    names = (
        ("U.S. senator",)
        if office == SENATOR
        else ("U.S. representative", "U.S. congressman", "U.S. congresswoman")
    )
    return ImportedOffice(
        id=office,
        names=names,
        country="USA",
        body="us-congress",
        terms=tuple(terms),
        title_only=True,
    )


def _person(entry: Mapping[str, Any]) -> ImportedPerson:
    name, ids = entry["name"], entry["id"]
    suffix = f" {name['suffix']}" if name.get("suffix") else ""
    usual = _usual_name(name, ids.get("wikipedia") or ids.get("ballotpedia"))
    firsts = [name.get("nickname"), name["first"], name["first"].split()[0]]
    forms = [
        name.get("official_full"),
        *(f"{first} {name['last']}" for first in firsts if first and not first.endswith(".")),
    ]
    if name.get("middle"):
        forms.append(f"{name['first']} {name['middle']} {name['last']}{suffix}")
    return ImportedPerson(
        id=slug(usual),
        name=usual,
        names=tuple(_other_names(forms, usual)),
        country="USA",
        gender="f" if entry["bio"]["gender"] == "F" else "m",
        wikidata=ids.get("wikidata"),
        common_name=normalise_name(name["last"]) in _COMMON_SURNAMES,
    )


def _usual_name(name: Mapping[str, str], title: str | None) -> str:
    """Return what the person is usually called.

    That is the title of the encyclopedia's page without its (politician), or else first and last
    name.
    """
    if title:
        return title.split(" (", 1)[0].replace("_", " ")
    return f"{name.get('nickname') or name['first']} {name['last']}"


def _other_names(forms: Iterable[str | None], usual: str) -> Iterator[str]:
    """Yield the forms that differ from the usual name and from each other."""
    keys = {normalise_name(usual)}
    for form in forms:
        if form and normalise_name(form) not in keys:
            keys.add(normalise_name(form))
            yield form


def _merge_terms(holder: str, terms: Iterable[Mapping[str, Any]]) -> list[ImportedTerm]:
    """Convert a holder's terms; terms a few days apart become one."""
    merged: list[ImportedTerm] = []
    for term in sorted(terms, key=lambda term: str(term["start"])):
        start, end = str(term["start"]), str(term["end"])
        if merged:
            previous_end = date.fromisoformat(merged[-1].end or start)
            if (date.fromisoformat(start) - previous_end).days <= _DAYS_BETWEEN_TERMS:
                start = merged.pop().start
        merged.append(ImportedTerm(holder=holder, start=start, end=end))
    return merged
