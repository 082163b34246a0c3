"""Rows of a Wikidata query, as query.wikidata.org gives them to download (JSON or CSV): who held which position from when to when."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from services.tagger.imports.render import ImportedOffice, ImportedPerson, ImportedTerm, slug

QUERY: Final = """\
SELECT ?person ?personLabel ?genderLabel ?iso3 ?position ?positionLabel ?positionIso3 ?start ?end WHERE {
  VALUES ?position { wd:Q… }
  ?person p:P39 ?held . ?held ps:P39 ?position .
  OPTIONAL { ?held pq:P580 ?start } OPTIONAL { ?held pq:P582 ?end }
  OPTIONAL { ?person wdt:P21 ?gender } OPTIONAL { ?person wdt:P27/wdt:P298 ?iso3 }
  OPTIONAL { ?position wdt:P1001/wdt:P298 ?positionIso3 }
  SERVICE wikibase:label { bd:serviceParam wikibase:language "en" }
}"""
NEEDED: Final = (
    "person",
    "personLabel",
    "genderLabel",
    "iso3",
    "position",
    "positionLabel",
    "start",
)
_GENDERS: Final[Mapping[str, Any]] = {
    "male": "m",
    "trans man": "m",
    "female": "f",
    "trans woman": "f",
}
_ID: Final = re.compile(r"Q[1-9]\d*\Z")
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")

Row = Mapping[str, str]


def parse_rows(answer: Any) -> list[Row]:
    """The rows of a downloaded answer: SPARQL's results, or a plain list. ValueError says what is missing."""
    try:
        found = answer["results"]["bindings"] if isinstance(answer, dict) else answer
        plain: list[Row] = [
            {
                name: str(value["value"] if isinstance(value, dict) else value or "")
                for name, value in row.items()
                if isinstance(name, str)
            }
            for row in found
        ]
    except (KeyError, TypeError, AttributeError):
        raise ValueError(
            "not the answer of a query: expected SPARQL's JSON results, or a list of rows"
        ) from None
    if missing := [name for name in NEEDED if plain and not any(name in row for row in plain)]:
        raise ValueError(f"the rows lack {', '.join(missing)}")
    return plain


def convert_wikidata(
    found: Iterable[Row], known: Mapping[str, str]
) -> tuple[list[ImportedPerson], list[ImportedOffice]]:
    """People and positions with dated terms. ``known`` gives our id for a Wikidata id: whoever is known keeps it and is not written again.

    Left out: whoever has no English name, gender or country, and terms without a start. A person of several countries gets the first by its code.
    """
    given = sorted(found, key=lambda row: tuple(sorted(row.items())))
    people = dict(_people(given, known))
    ids = {id_: person.id for id_, person in people.items()} | dict(known)
    held: dict[str, set[ImportedTerm]] = {}
    titles: dict[str, Row] = {}
    for row in given:
        holder, position, start = (
            ids.get(_id(row, "person"), ""),
            _id(row, "position"),
            _day(row, "start"),
        )
        if holder and start and _label(row, "position"):
            titles.setdefault(position, row)
            held.setdefault(position, set()).add(
                ImportedTerm(holder=holder, start=start, end=_day(row, "end"))
            )
    return list(people.values()), [_post(titles[id_], terms) for id_, terms in held.items()]


def _people(given: Iterable[Row], known: Mapping[str, str]) -> Iterator[tuple[str, ImportedPerson]]:
    """Each once; of two with the same name the second gets its Wikidata id at the end of its own."""
    done, used = set(known), set(known.values())
    for row in given:
        id_, name, gender, country = (
            _id(row, "person"),
            _label(row, "person"),
            _GENDERS.get(row.get("genderLabel", "")),
            row.get("iso3", ""),
        )
        if id_ in done or not (name and slug(name) and gender and country):
            continue
        own = slug(name) if slug(name) not in used else f"{slug(name)}-{id_.lower()}"
        done.add(id_)
        used.add(own)
        yield id_, ImportedPerson(id=own, name=name, country=country, gender=gender, wikidata=id_)


def _post(row: Row, terms: Iterable[ImportedTerm]) -> ImportedOffice:
    country = row.get("positionIso3") or None
    name = _label(row, "position")
    listed = tuple(sorted(terms, key=lambda term: (term.start, term.holder, term.end or "")))
    return ImportedOffice(
        id=slug(name),
        names=(name,),
        country=country,
        body=f"{(country or 'international').lower()}-government",
        terms=listed,
    )


def _id(row: Row, name: str) -> str:
    found = _ID.search(row.get(name, ""))
    return found[0] if found else ""


def _label(row: Row, name: str) -> str:
    """The English label; where there is none, the query answers with the id."""
    label = " ".join(row.get(f"{name}Label", "").split())
    return "" if _ID.fullmatch(label) else label


def _day(row: Row, name: str) -> str | None:
    found = _DAY.match(row.get(name, ""))
    return found[0] if found else None
