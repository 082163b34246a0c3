"""Say in one sentence for analysts what a failing clause found instead. Pure."""

from collections.abc import Iterator, Sequence
from typing import Final, assert_never

from services.alerting.explain.failure import holds
from services.alerting.explain.near_words import plain
from services.alerting.explain.search import least_distance, most_occurrences
from services.alerting.language.document import Document, WordSpan
from services.alerting.language.evaluate import MatchedSpan, evaluate
from services.alerting.language.format import format as canonical
from services.alerting.language.occurrences import occurrences
from services.alerting.language.tree import (
    EVERYWHERE,
    And,
    AtLeast,
    Filter,
    Length,
    Near,
    Node,
    Not,
    Or,
    Place,
    Region,
    Tag,
    Term,
    Where,
    Wild,
    children,
)
from shared.messages.schemas import EventMention

_MAX_SHOWN: Final = 5
_IN: Final[dict[Place | None, str]] = {
    None: "the article",
    "headline": "the headline",
    "deck": "the deck",
    "lead": "the lead (the first 100 words)",
    "body": "the body",
}
_UNITS: Final = {"sentence": "sentence", "paragraph": "paragraph"}


def reason(node: Node, document: Document, region: Region) -> str:
    """Explain why a clause fails on the article."""
    match node:
        case Term() | Wild():
            return _absent(node, document, region)
        case Tag():
            return _no_tag(node, document, region)
        case Filter("source"):
            return f"the article's source is {document.source}"
        case Filter():
            return f"the article's language is {document.language}"
        case Length():
            return f"the body has {len(document.body.starts)} words"
        case Near():
            return _not_near(node, document, region)
        case AtLeast(count, of):
            times = most_occurrences(node, document, region)
            return f"found {times} times in {_part(region)}, {count} are required: {canonical(of)}"
        case Not(of):
            return f"found, but must not be: {', '.join(_surfaces(of, document, region))}"
        case And() | Or() | Where():
            return f"{canonical(node)} is not satisfied"
        case _:
            assert_never(node)


def _absent(node: Term | Wild | Tag, document: Document, region: Region) -> str:
    written = canonical(node)
    if left_out := _left_out(node, document, region):
        return f"{written} is in {_part(_anyhow(region))}, but {left_out}"
    if region.place is not None and holds(node, document, region._replace(place=None)):
        return f"{written} is in the article, but not in {_part(region)}"
    words = node.single_words() if isinstance(node, Term) and len(node.words) > 1 else ()
    missing = [word for word in words if not holds(word, document, region)]
    if words and not missing:
        return f"the words of {written} are in {_part(region)}, but not in a row"
    if missing:
        return _not_in(f"{' and '.join(map(canonical, missing))} of {written}", missing, region)
    if isinstance(node, Term) and node.exact and holds(plain(node), document, region):
        return f"{written} is in {_part(region)}, but in another spelling"
    return f"{written} is not in {_part(region)}"


def _part(region: Region) -> str:
    text = {None: "", "asserted": "what is asserted in ", "fresh": "what is not past in "}
    return text[region.factuality] + _IN[region.place]


def _anyhow(region: Region) -> Region:
    return region._replace(factuality=None)


def _left_out(node: Node, document: Document, region: Region) -> str:
    """Return why asserted() or fresh() leaves out the first spans of an operand; empty if not.

    The words of the scope decided: “test” is past: “in 2017”.
    """
    if region.factuality is None:
        return ""
    explained = dict.fromkeys(
        f"“{_surface(document, span)}” is {scope.status}: “{scope.reason}”"
        for span in occurrences(node, document, _anyhow(region))
        for scope in document.scopes_over(span, region.factuality)
    )
    return _list_few(list(explained))


def _event_mentions(tag: Tag, document: Document) -> str:
    """Return what the article says of the events that a tag asks for, with the deciding words."""
    mentions = [mention for mention in document.event_mentions if mention.event == tag.id]
    explained = dict.fromkeys(map(_event_mention, mentions))
    return _list_few(list(explained))


def _event_mention(mention: EventMention) -> str:
    parties = [
        f"{name} {party}" for name, party in (("by", mention.who), ("towards", mention.to)) if party
    ]
    if mention.status is None:
        verdict = f"has no clear status ({mention.reason})"
    else:
        verdict = f"is {mention.status}: “{mention.reason}”"
    return " ".join([f"“{mention.surface}”", *parties, verdict])


def _list_few(texts: Sequence[str]) -> str:
    ending = " and others" if len(texts) > _MAX_SHOWN else ""
    return f"{', '.join(texts[:_MAX_SHOWN])}{ending}"


def _surface(document: Document, span: WordSpan | MatchedSpan) -> str:
    return document.field(span.field).text[span.start : span.end]


def _not_in(names: str, missing: Sequence[Node], region: Region) -> str:
    return f"{names} {'is' if len(missing) == 1 else 'are'} not in {_part(region)}"


def _no_tag(tag: Tag, document: Document, region: Region) -> str:
    if region != EVERYWHERE and holds(tag, document):
        return _absent(tag, document, region)
    if tag.kind == "event" and (mentions := _event_mentions(tag, document)):
        return f"the article has no {canonical(tag)}: {mentions}"
    tags = [name for name in document.tags if name.startswith(f"{tag.kind}(")]
    ending = " and others" if len(tags) > _MAX_SHOWN else ""
    elsewhere = f"; it found {', '.join(tags[:_MAX_SHOWN])}{ending}" if tags else ""
    return f"the tagger found no {canonical(tag)} in the article{elsewhere}"


def _not_near(near: Near, document: Document, region: Region) -> str:
    missing = [side for side in (near.left, near.right) if not occurrences(side, document, region)]
    if missing and (left_out := _left_out(missing[0], document, region)):
        return f"{canonical(missing[0])} is in {_part(_anyhow(region))}, but {left_out}"
    if near.negated:
        all_near = f"every {canonical(near.left)} has {canonical(near.right)} near it"
        return (
            f"{canonical(near.left)} is not in {_part(region)}"
            if near.left in missing
            else all_near
        )
    if missing:
        return _not_in(" and ".join(map(canonical, missing)), missing, region)
    if near.unit in _UNITS:
        return f"both are in {_part(region)}, but not in the same {_UNITS[near.unit]}"
    distance = least_distance(near, document, region)
    detail = (
        f"the nearest two are {distance} words apart"
        if distance
        else "no two are near each other" + " in this order" * (near.unit == "in order")
    )
    return f"both are in {_part(region)}, but {detail}"


def _surfaces(node: Node, document: Document, region: Region) -> list[str]:
    """Return the words that satisfied an expression, each once, with where they stand.

    For a filter, what the article is.
    """
    hits = evaluate(region.enclose(node), document) or ()
    surfaces = dict.fromkeys(
        f"“{_surface(document, hit)}” in the {hit.field} at {hit.start}" for hit in hits
    )
    filters = [
        reason(leaf, document, region)
        for leaf in _leaves(node)
        if isinstance(leaf, Filter | Length)
    ]
    return [*list(surfaces)[:_MAX_SHOWN], *filters]


def _leaves(node: Node) -> Iterator[Node]:
    inner = children(node)
    if not inner:
        yield node
    for child in inner:
        yield from _leaves(child)
