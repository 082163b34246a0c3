"""What importers make, and how it is written for people to review."""

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
    """A person as an entry of `actors`. ``common_name``: many people have the name, so it counts only after a title."""

    id: str
    name: str
    country: str
    gender: Literal["f", "m"]
    names: tuple[str, ...] = ()
    wikidata: str | None = None
    common_name: bool = False


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class ImportedTerm:
    """One term; days as YYYY-MM-DD, or YYYY-MM or YYYY; no end: still."""

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
    """An id made of a name: small Latin letters and digits with hyphens between; empty where the name has none."""
    plain = (
        unicodedata.normalize("NFKD", name)
        .encode("ascii", "ignore")
        .decode()
        .lower()
        .replace("'", "")
        .replace(".", "")
    )
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def render_entries(
    people: Sequence[ImportedPerson],
    posts: Sequence[ImportedOffice],
    *,
    header: str,
    source: str,
    verified: bool,
) -> Iterator[str]:
    """The lines of a file of seeds/actors; ``header`` is its comment, ``source`` what each term is said to come from."""
    yield from (f"# {line}".rstrip() for line in header.splitlines())
    if people:
        yield from ("", "actors:")
        for person in sorted(people, key=lambda person: person.id):
            yield from _person(person)
    if posts:
        yield from ("", "offices:")
        for post in sorted(posts, key=lambda post: post.id):
            yield from _post(post, source, verified=verified)


def _person(person: ImportedPerson) -> Iterator[str]:
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


def _post(post: ImportedOffice, source: str, *, verified: bool) -> Iterator[str]:
    yield f"  - id: {post.id}"
    yield f"    names: {_list(post.names)}"
    if post.country:
        yield f"    country: {post.country}"
    yield f"    body: {post.body}"
    if post.title_only:
        yield "    title_only: true"
    if post.multiple_holders:
        yield "    multiple_holders: true"
    yield "    terms:"
    for term in sorted(post.terms, key=lambda term: (term.holder, term.start)):
        end = f", end: {term.end}" if term.end else ""
        acting = ", acting: true" if term.acting else ""
        checked = ", verified: true" if verified else ""
        yield f"      - {{holder: {term.holder}, start: {term.start}{end}{acting}{checked}, source: {_scalar(source)}}}"


def _list(names: Iterable[str]) -> str:
    return f"[{', '.join(map(_scalar, names))}]"


def _scalar(text: str) -> str:
    return (
        text
        if _PLAIN.fullmatch(text) and text.lower() not in _YAML_WORDS
        else json.dumps(text, ensure_ascii=False)
    )
