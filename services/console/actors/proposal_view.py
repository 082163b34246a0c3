"""Proposed actors: lines for people, JSON lines, and YAML to paste into seeds/actors."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any, Final

from services.tagger.imports.render import slug
from services.tagger.propose.collect import Proposal

IdentifiedProposal = tuple[str, Proposal]
"""A proposal with the id that is proposed for it."""
_TO_FILL_IN: Final = "# proposed: fill in"
_YAML_HEADER: Final = """\
# Proposed by `summitwire actors propose`; nothing here is verified.
# Look up each entry, fill in what is open, delete the entries that you do not want."""


def assign_ids(proposals: Iterable[Proposal], used_ids: Iterable[str]) -> list[IdentifiedProposal]:
    """Give each proposal an id made of its name that no entry and no other proposal has."""
    used, identified = set(used_ids), list[IdentifiedProposal]()
    for proposal in proposals:
        base = id_ = slug(proposal.name) or "somebody"
        number = 2
        while id_ in used:
            id_, number = f"{base}-{number}", number + 1
        used.add(id_)
        identified.append((id_, proposal))
    return identified


def as_json(identified: IdentifiedProposal) -> dict[str, Any]:
    """Return the object that ``--json`` prints."""
    id_, proposal = identified
    examples = [{"article": article, "text": text} for article, text in proposal.examples]
    signs = dict(proposal.signs)
    return {"id": id_} | asdict(proposal) | {"signs": signs, "examples": examples}


def as_text(number: int, identified: IdentifiedProposal) -> Iterator[str]:
    """Yield the lines for people."""
    _id, proposal = identified
    yield f"{number:3}. {proposal.name}  ({proposal.kind}, score {proposal.score:g})"
    yield f"     {score_reasons(proposal)}"
    if proposal.also:
        yield f"     also written {', '.join(proposal.also)}"
    yield from (f"     - {text}  [{article}]" for article, text in proposal.examples)


def score_reasons(proposal: Proposal) -> str:
    """Return what the score is made of."""
    articles, sources = count_of(proposal.articles, "article"), count_of(proposal.sources, "source")
    reasons = [f"{articles} of {sources}"]
    for sign, count in proposal.signs:
        titles = f" ({', '.join(proposal.titles)})" if sign == "a title" else ""
        reasons.append(f"{sign} in {count}{titles}")
    if proposal.company:
        names = ", ".join(proposal.beside)
        reasons.append(f"with known actors in {proposal.company} ({names})")
    return "; ".join(reasons)


def as_yaml(proposals: Sequence[IdentifiedProposal]) -> Iterator[str]:
    """Yield a file of seeds/actors that lacks what the texts do not say.

    `actors check` refuses it until somebody has filled that in.
    """
    yield from _YAML_HEADER.splitlines()
    for section, kinds in (("actors", ("person", "unclear")), ("organisations", ("organisation",))):
        chosen = [identified for identified in proposals if identified[1].kind in kinds]
        if chosen:
            yield from ("", f"{section}:")
        for id_, proposal in chosen:
            yield from _entry(id_, proposal, is_person=section == "actors")


def _entry(id_: str, proposal: Proposal, *, is_person: bool) -> Iterator[str]:
    score = f"score {proposal.score:g}"
    yield f"  # proposed: {proposal.kind}, {score}; {score_reasons(proposal)}"
    yield from (f"  #   {article}: {text}" for article, text in proposal.examples)
    yield f"  - id: {id_}"
    names = [json.dumps(name, ensure_ascii=False) for name in (proposal.name, *proposal.also)]
    if is_person:
        yield f"    name: {names[0]}"
        if proposal.also:
            yield f"    names: [{', '.join(names[1:])}]"
        yield f"    country: {_TO_FILL_IN}: ISO 3166 alpha-3, such as KOR"
        yield f"    gender: {_TO_FILL_IN}: f or m"
    else:
        yield f"    names: [{', '.join(names)}]"
        yield f"    country: {_TO_FILL_IN}: ISO 3166 alpha-3, or delete the line"


def count_of(number: int, noun: str) -> str:
    """Return a number with its noun: 1 article, 2 articles."""
    return f"{number} {noun}" + ("" if number == 1 else "s")
