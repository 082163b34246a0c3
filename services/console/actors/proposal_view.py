"""Proposals of actors as a person reads them, as JSON lines, and as YAML to paste into seeds/actors once somebody has looked."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any, Final

from services.tagger.imports.render import slug
from services.tagger.propose.collect import Proposal

IdentifiedProposal = tuple[str, Proposal]
"""A proposal with the id that is proposed for it."""
_UNKNOWN: Final = "# proposed: fill in"


def assign_ids(proposals: Iterable[Proposal], known: Iterable[str]) -> list[IdentifiedProposal]:
    """Each with an id made of its name, which neither a known entry nor another proposal has."""
    used, given = set(known), list[IdentifiedProposal]()
    for one in proposals:
        base = id_ = slug(one.name) or "somebody"
        number = 2
        while id_ in used:
            id_, number = f"{base}-{number}", number + 1
        used.add(id_)
        given.append((id_, one))
    return given


def as_json(given: IdentifiedProposal) -> dict[str, Any]:
    """The object that ``--json`` prints."""
    id_, one = given
    told = asdict(one) | {
        "signs": dict(one.signs),
        "examples": [{"article": article, "text": text} for article, text in one.examples],
    }
    return {"id": id_} | told


def as_text(number: int, given: IdentifiedProposal) -> Iterator[str]:
    """The lines that a person reads."""
    _id, one = given
    yield f"{number:3}. {one.name}  ({one.kind}, score {one.score:g})"
    yield f"     {why(one)}"
    if one.also:
        yield f"     also written {', '.join(one.also)}"
    yield from (f"     - {text}  [{article}]" for article, text in one.examples)


def why(one: Proposal) -> str:
    """What the score is made of."""
    signs = [
        f"{sign} in {count}" + (f" ({', '.join(one.titles)})" if sign == "a title" else "")
        for sign, count in one.signs
    ]
    company = (
        [f"with known actors in {one.company} ({', '.join(one.beside)})"] if one.company else []
    )
    return "; ".join(
        [f"{_count(one.articles, 'article')} of {_count(one.sources, 'source')}", *signs, *company]
    )


def as_yaml(given: Sequence[IdentifiedProposal]) -> Iterator[str]:
    """A file of seeds/actors that `actors check` refuses until what nobody can know from the texts is filled in."""
    yield "# Proposed by `summitwire actors propose`; nothing here is verified. Look each one up, fill in what is left open, delete the others."
    for section, kinds in (("actors", ("person", "unclear")), ("organisations", ("organisation",))):
        chosen = [one for one in given if one[1].kind in kinds]
        if chosen:
            yield from ("", f"{section}:")
        for id_, one in chosen:
            yield from _entry(id_, one, person=section == "actors")


def _entry(id_: str, one: Proposal, *, person: bool) -> Iterator[str]:
    yield f"  # proposed: {one.kind}, score {one.score:g}; {why(one)}"
    yield from (f"  #   {article}: {text}" for article, text in one.examples)
    yield f"  - id: {id_}"
    names = [json.dumps(name, ensure_ascii=False) for name in (one.name, *one.also)]
    if person:
        yield f"    name: {names[0]}"
        yield from [f"    names: [{', '.join(names[1:])}]"] if one.also else []
        yield f"    country: {_UNKNOWN}: ISO 3166 alpha-3, such as KOR"
        yield f"    gender: {_UNKNOWN}: f or m"
    else:
        yield f"    names: [{', '.join(names)}]"
        yield f"    country: {_UNKNOWN}: ISO 3166 alpha-3, or delete the line"


def _count(number: int, what: str) -> str:
    return f"{number} {what}" + ("" if number == 1 else "s")
