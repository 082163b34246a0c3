"""What importers produce, and how it is rendered as YAML for people to review."""

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

_PLAIN: Final = re.compile(r"[^\W\d_](?:[\w .'’-]*[\w.’])?")
_YAML_WORDS: Final = frozenset({"yes", "no", "on", "off", "true", "false", "null", "y", "n"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedPerson:
    """A person as an entry of `actors`.

    ``common_name``: many people have the name, so it counts only after a title.
    """

    id: str
    name: str
    country: str
    gender: Literal["f", "m"]
    names: tuple[str, ...] = ()
    wikidata: str | None = None
    common_name: bool = False


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class ImportedTerm:
    """A term; days as YYYY-MM-DD, YYYY-MM or YYYY; without ``end`` it goes on."""

    holder: str
    start: str
    end: str | None
    acting: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedOffice:
    """An office with its terms."""

    id: str
    names: tuple[str, ...]
    country: str | None
    body: str
    terms: tuple[ImportedTerm, ...]
    title_only: bool = False
    multiple_holders: bool = True


def slug(name: str) -> str:
    """Convert a name to an id: small Latin letters and digits, separated by hyphens.

    Empty where the name has neither.
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain.replace("'", "").replace(".", "")).strip("-")


def render_entries(
    people: Sequence[ImportedPerson],
    offices: Sequence[ImportedOffice],
    *,
    header: str,
    source: str,
    verified: bool,
) -> Iterator[str]:
    """Yield the lines of a file of seeds/actors.

    ``header`` becomes its comment, ``source`` the source of each term.
    """
    yield from (f"# {line}".rstrip() for line in header.splitlines())
    if people:
        yield from ("", "actors:")
        for person in sorted(people, key=lambda person: person.id):
            yield from _render_person(person)
    if offices:
        yield from ("", "offices:")
        for office in sorted(offices, key=lambda office: office.id):
            yield from _render_office(office, source, verified=verified)


def _render_person(person: ImportedPerson) -> Iterator[str]:
    yield f"  - id: {person.id}"
    yield f"    name: {_scalar(person.name)}"
    if person.names:
        yield f"    names: {_list(person.names)}"
    yield f"    country: {person.country}"
    yield f"    gender: {person.gender}"
    if person.wikidata:
        yield f"    wikidata: {person.wikidata}"
    if person.common_name:
        yield "    common_name: true"


def _render_office(office: ImportedOffice, source: str, *, verified: bool) -> Iterator[str]:
    yield f"  - id: {office.id}"
    yield f"    names: {_list(office.names)}"
    if office.country:
        yield f"    country: {office.country}"
    yield f"    body: {office.body}"
    if office.title_only:
        yield "    title_only: true"
    if office.multiple_holders:
        yield "    multiple_holders: true"
    yield "    terms:"
    for term in sorted(office.terms, key=lambda term: (term.holder, term.start)):
        yield f"      - {{{', '.join(_term_fields(term, source, verified=verified))}}}"


def _term_fields(term: ImportedTerm, source: str, *, verified: bool) -> Iterator[str]:
    yield f"holder: {term.holder}"
    yield f"start: {term.start}"
    if term.end:
        yield f"end: {term.end}"
    if term.acting:
        yield "acting: true"
    if verified:
        yield "verified: true"
    yield f"source: {_scalar(source)}"


def _list(names: Iterable[str]) -> str:
    return f"[{', '.join(map(_scalar, names))}]"


def _scalar(text: str) -> str:
    if _PLAIN.fullmatch(text) and text.lower() not in _YAML_WORDS:
        return text
    return json.dumps(text, ensure_ascii=False)
