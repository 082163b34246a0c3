"""Proposed changes of who holds an office: lines for people, and JSON lines."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from services.console.actors.proposal_view import count_of
from services.tagger.imports.render import slug
from services.tagger.propose.collect_handovers import HandoverProposal


def as_json(proposal: HandoverProposal) -> dict[str, Any]:
    """Return the object that ``--json`` prints."""
    quotes = [{"article": article, "text": text} for article, text in proposal.quotes]
    return asdict(proposal) | {"quotes": quotes}


def as_text(number: int, proposal: HandoverProposal) -> Iterator[str]:
    """Yield the lines for people: what, how sure, the sentences, and what to edit."""
    person = proposal.actor or proposal.name or "the holder"
    acting = " as acting holder" if proposal.acting else ""
    verb = f"takes office{acting}" if proposal.kind == "start" else "leaves office"
    day = f"on {proposal.day}" if proposal.is_stated else f"on {proposal.day} or shortly before"
    yield f"{number:3}. {proposal.office}: {person} {verb} {day}"
    sources = count_of(proposal.sources, "source")
    yield f"     {count_of(proposal.articles, 'article')} of {sources}; the data: {proposal.data}"
    yield from (f"     - {text}  [{article}]" for article, text in proposal.quotes)
    yield f"     after checking: {_edit(proposal)}"


def _edit(proposal: HandoverProposal) -> str:
    articles = ", ".join(article for article, _text in proposal.quotes)
    if proposal.kind == "end":
        person = proposal.actor or proposal.name or "the holder"
        return f"set end: {proposal.day} in the term of {person}, and the `known` of the office"
    holder = proposal.actor or slug(proposal.name)
    acting = "acting: true, " if proposal.acting else ""
    is_new = "" if proposal.actor else f", and {holder} as a new person"
    return (
        f"{{holder: {holder}, start: {proposal.day}, {acting}verified: false, "
        f'source: "{articles}"}}{is_new}'
    )
