"""Convert the rows of a Wikidata query: who held which position from when to when.

query.wikidata.org offers them for download as JSON or CSV.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from services.tagger.imports.render import ImportedOffice, ImportedPerson, ImportedTerm, slug

QUERY: Final = """\
SELECT ?person ?personLabel ?genderLabel ?iso3
       ?position ?positionLabel ?positionIso3 ?start ?end WHERE {
  VALUES ?position { wd:Q… }
  ?person p:P39 ?term . ?term ps:P39 ?position .
  OPTIONAL { ?term pq:P580 ?start } OPTIONAL { ?term pq:P582 ?end }
  OPTIONAL { ?person wdt:P21 ?gender } OPTIONAL { ?person wdt:P27/wdt:P298 ?iso3 }
  OPTIONAL { ?position wdt:P1001/wdt:P298 ?positionIso3 }
  SERVICE wikibase:label { bd:serviceParam wikibase:language "en" }
}"""
REQUIRED: Final = (
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
    """Return the rows of a downloaded answer: SPARQL's results, or a plain list.

    Raises ValueError with what is missing.
    """
    try:
        bindings = answer["results"]["bindings"] if isinstance(answer, dict) else answer
        rows: list[Row] = [
            {
                name: str(value["value"] if isinstance(value, dict) else value or "")
                for name, value in row.items()
                if isinstance(name, str)
            }
            for row in bindings
        ]
    except (KeyError, TypeError, AttributeError):
        raise ValueError(
            "not the answer of a query: expected SPARQL's JSON results, or a list of rows"
        ) from None
    if missing := [name for name in REQUIRED if rows and not any(name in row for row in rows)]:
        raise ValueError(f"the rows lack {', '.join(missing)}")
    return rows


def convert_wikidata(
    rows: Iterable[Row], actor_ids: Mapping[str, str]
) -> tuple[list[ImportedPerson], list[ImportedOffice]]:
    """Return people, and offices with dated terms.

    ``actor_ids`` maps Wikidata ids to our ids; people in it keep theirs and are not returned.
    People without English name, gender or country and terms without a start are left out. A person
    of several countries gets the first by code.
    """
    ordered = sorted(rows, key=lambda row: tuple(sorted(row.items())))
    people = dict(_people(ordered, actor_ids))
    ids = {id_: person.id for id_, person in people.items()} | dict(actor_ids)
    terms: dict[str, set[ImportedTerm]] = {}
    titles: dict[str, Row] = {}
    for row in ordered:
        holder = ids.get(_id(row, "person"), "")
        position, start = _id(row, "position"), _day(row, "start")
        if holder and start and _label(row, "position"):
            titles.setdefault(position, row)
            term = ImportedTerm(holder=holder, start=start, end=_day(row, "end"))
            terms.setdefault(position, set()).add(term)
    return list(people.values()), [_office(titles[id_], of_post) for id_, of_post in terms.items()]


def _people(
    rows: Iterable[Row], actor_ids: Mapping[str, str]
) -> Iterator[tuple[str, ImportedPerson]]:
    """Yield each person once, by Wikidata id.

    Of two with the same name the second gets its Wikidata id at the end of its own id.
    """
    converted, used = set(actor_ids), set(actor_ids.values())
    for row in rows:
        id_, name, country = _id(row, "person"), _label(row, "person"), row.get("iso3", "")
        gender = _GENDERS.get(row.get("genderLabel", ""))
        if id_ in converted or not (name and slug(name) and gender and country):
            continue
        own = slug(name) if slug(name) not in used else f"{slug(name)}-{id_.lower()}"
        converted.add(id_)
        used.add(own)
        yield id_, ImportedPerson(id=own, name=name, country=country, gender=gender, wikidata=id_)


def _office(row: Row, terms: Iterable[ImportedTerm]) -> ImportedOffice:
    country = row.get("positionIso3") or None
    name = _label(row, "position")
    ordered = sorted(terms, key=lambda term: (term.start, term.holder, term.end or ""))
    return ImportedOffice(
        id=slug(name),
        names=(name,),
        country=country,
        body=f"{(country or 'international').lower()}-government",
        terms=tuple(ordered),
    )


def _id(row: Row, name: str) -> str:
    match = _ID.search(row.get(name, ""))
    return match[0] if match else ""


def _label(row: Row, name: str) -> str:
    """Return the English label; where there is none, the query answers with the id."""
    label = " ".join(row.get(f"{name}Label", "").split())
    return "" if _ID.fullmatch(label) else label


def _day(row: Row, name: str) -> str | None:
    match = _DAY.match(row.get(name, ""))
    return match[0] if match else None
