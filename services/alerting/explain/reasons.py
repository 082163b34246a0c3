"""Say in one sentence for analysts what a failing clause found instead. Pure."""

from collections.abc import Iterator, Sequence
from typing import Final, assert_never

from services.alerting.explain.failure import holds
from services.alerting.explain.near_words import plain
from services.alerting.explain.search import least_distance, most_occurrences
from services.alerting.language.document import Document
from services.alerting.language.evaluate import evaluate
from services.alerting.language.format import format as canonical
from services.alerting.language.occurrences import occurrences
from services.alerting.language.tree import (
    And,
    AtLeast,
    Filter,
    Length,
    Near,
    Node,
    Not,
    Or,
    Place,
    Tag,
    Term,
    Where,
    Wild,
    children,
)

_MAX_SHOWN: Final = 5
_IN: Final = {
    None: "the article",
    "headline": "the headline",
    "lead": "the lead (the first 100 words)",
    "body": "the body",
}
_UNITS: Final = {"sentence": "sentence", "paragraph": "paragraph"}


def reason(node: Node, document: Document, place: Place | None) -> str:
    """Explain why a clause fails on the article."""
    match node:
        case Term() | Wild():
            return _absent(node, document, place)
        case Tag():
            return _no_tag(node, document, place)
        case Filter("source"):
            return f"the article's source is {document.source}"
        case Filter():
            return f"the article's language is {document.language}"
        case Length():
            return f"the body has {len(document.body.words)} words"
        case Near():
            return _not_near(node, document, place)
        case AtLeast(count, of):
            times = most_occurrences(node, document, place)
            return f"found {times} times in {_IN[place]}, {count} are required: {canonical(of)}"
        case Not(of):
            return f"found, but must not be: {', '.join(_surfaces(of, document, place))}"
        case And() | Or() | Where():
            return f"{canonical(node)} is not satisfied"
        case _:
            assert_never(node)


def _absent(node: Term | Wild | Tag, document: Document, place: Place | None) -> str:
    written = canonical(node)
    if place is not None and holds(node, document):
        return f"{written} is in the article, but not in {_IN[place]}"
    words = (
        [Term((word,), node.exact) for word in node.words]
        if isinstance(node, Term) and len(node.words) > 1
        else []
    )
    missing = [word for word in words if not holds(word, document, place)]
    if words and not missing:
        return f"the words of {written} are in {_IN[place]}, but not in a row"
    if missing:
        return _not_in(f"{' and '.join(map(canonical, missing))} of {written}", missing, place)
    if isinstance(node, Term) and node.exact and holds(plain(node), document, place):
        return f"{written} is in {_IN[place]}, but in another spelling"
    return f"{written} is not in {_IN[place]}"


def _not_in(names: str, missing: Sequence[Node], place: Place | None) -> str:
    return f"{names} {'is' if len(missing) == 1 else 'are'} not in {_IN[place]}"


def _no_tag(tag: Tag, document: Document, place: Place | None) -> str:
    if place is not None and holds(tag, document):
        return _absent(tag, document, place)
    tags = [name for name in document.tags if name.startswith(f"{tag.kind}(")]
    ending = " and others" if len(tags) > _MAX_SHOWN else ""
    elsewhere = f"; it found {', '.join(tags[:_MAX_SHOWN])}{ending}" if tags else ""
    return f"the tagger found no {canonical(tag)} in the article{elsewhere}"


def _not_near(near: Near, document: Document, place: Place | None) -> str:
    missing = [side for side in (near.left, near.right) if not occurrences(side, document, place)]
    if near.negated:
        all_near = f"every {canonical(near.left)} has {canonical(near.right)} near it"
        return (
            f"{canonical(near.left)} is not in {_IN[place]}" if near.left in missing else all_near
        )
    if missing:
        return _not_in(" and ".join(map(canonical, missing)), missing, place)
    if near.unit in _UNITS:
        return f"both are in {_IN[place]}, but not in the same {_UNITS[near.unit]}"
    distance = least_distance(near, document, place)
    detail = (
        f"the nearest two are {distance} words apart"
        if distance
        else "no two are near each other" + " in this order" * (near.unit == "in order")
    )
    return f"both are in {_IN[place]}, but {detail}"


def _surfaces(node: Node, document: Document, place: Place | None) -> list[str]:
    """Return the words that satisfied an expression, each once, with where they stand.

    For a filter, what the article is.
    """
    hits = evaluate(node if place is None else Where(place, node), document) or ()
    surfaces = dict.fromkeys(
        f"“{document.field(hit.field).text[hit.start : hit.end]}” in the {hit.field} at {hit.start}"
        for hit in hits
    )
    filters = [
        reason(leaf, document, place) for leaf in _leaves(node) if isinstance(leaf, Filter | Length)
    ]
    return [*list(surfaces)[:_MAX_SHOWN], *filters]


def _leaves(node: Node) -> Iterator[Node]:
    inner = children(node)
    if not inner:
        yield node
    for child in inner:
        yield from _leaves(child)
