"""Generated trees of the rule language: all that `parse` can give, and nothing that it cannot.

The words are few, so that the articles of `language_articles` contain them often; they are the
awkward ones of every script that the docs name.
"""

from collections.abc import Sequence
from itertools import product
from typing import Final

from hypothesis import strategies as st

from services.alerting.language.tree import (
    And,
    AtLeast,
    EventArguments,
    Factuality,
    Filter,
    Length,
    Near,
    Node,
    Not,
    Or,
    Place,
    Tag,
    Term,
    Unit,
    Where,
    Wild,
    all_of,
    any_of,
    is_pattern,
)
from shared.text.words import words_of

SURFACES: Final = (
    "Trump", "Kim", "summit", "talks", "us", "US", "U.S.", "and", "words", "O’Brien", "1,000",
    "3.5", "F-35", "Zürich", "İstanbul", "Straße", "ﬁn",
    "de\u00adnuclear", "e\u0301te\u0301", "कि", "金", "正恩", "トランプ",
    "김정은", "북한", "שלום", "قمة",
    "l’Iran", "dell'Iran", "Iran", "d'Ukraine", "Trump2", "Kim[1]", "Un", "Covid19",
    "ß.İ.", "Ω", "𝐊im", "ﾊﾟ", "ทรัมป์", "น้ำ",
)  # fmt: skip
"""As articles and rules may write them. Some normalise to one word on purpose; some are several."""

_KIM: Final = Tag("actor", "kim-jong-un")
_NORTH_KOREA: Final = Tag("country", "prk")
TAGS: Final = (
    _KIM,
    Tag("actor", "donald-trump"),
    Tag("office", "us-president"),
    _NORTH_KOREA,
    Tag("country", "usa"),
    Tag("keyword", "sanctions"),
    Tag("event", "meeting"),
    Tag("event", "meeting", arguments=EventArguments(status="any")),
    Tag("event", "meeting", arguments=EventArguments(status="denied", agent=_KIM)),
    Tag("event", "missile-test", arguments=EventArguments(agent=_NORTH_KOREA, target=_KIM)),
)
SOURCES: Final = ("nikkei", "afp")
LANGUAGES: Final = ("en", "de", "tr")

_STEMS: Final = ("trump", "summit", "talks", "denuclear", "istanbul", "strasse", "zurich", "김정은")


def _term(surfaces: Sequence[str], *, exact: bool) -> Term:
    words = words_of(" ".join(surfaces))
    return Term(tuple(word.exact if exact else word.key for word in words), exact)


def _pattern(stem: str, unknown: int, *, starred: bool, kept: int) -> Wild:
    letters = list(stem[: max(3, kept)] if starred else stem)
    if unknown < len(letters) or not starred:
        letters[unknown % len(letters)] = "?"
    return Wild("".join(letters) + ("*" if starred else ""))


def _words_of(piece: str) -> tuple[str, ...]:
    return (piece,) if is_pattern(piece) else tuple(word.key for word in words_of(piece))


terms: Final = st.builds(
    _term, st.lists(st.sampled_from(SURFACES), min_size=1, max_size=3), exact=st.booleans()
)
wilds: Final = st.builds(
    _pattern,
    st.sampled_from(_STEMS),
    st.integers(0, 9),
    starred=st.booleans(),
    kept=st.integers(3, 9),
)
_patterned: Final = st.lists(
    st.sampled_from((*SURFACES[:6], "denuclear*", "summi?", "ta?ks", "김정은*")),
    min_size=2,
    max_size=3,
).map(lambda pieces: Term(tuple(word for piece in pieces for word in _words_of(piece))))
"""Phrases, most of them with a wildcard."""
tags: Final = st.sampled_from(TAGS)
filters: Final[st.SearchStrategy[Node]] = st.sampled_from(
    [
        *(Filter("source", one) for one in SOURCES),
        *(Filter("lang", one) for one in LANGUAGES),
        Length(">", 5),
        Length("<", 5),
        Length(">", 0),
    ]
)
_single: Final[st.SearchStrategy[Node]] = terms | wilds | tags | _patterned
operands: Final[st.SearchStrategy[Node]] = _single | st.lists(_single, min_size=2, max_size=3).map(
    any_of
)
_NEARNESS: Final[tuple[tuple[Unit, int], ...]] = (
    *((unit, distance) for unit in ("words", "in order") for distance in (1, 2, 3, 5, 1_000)),
    ("sentence", 0), ("sentence", 0), ("sentence", 0), ("paragraph", 0), ("paragraph", 0),
    ("paragraph", 0),
)  # fmt: skip


def _near(left: Node, right: Node, how: tuple[Unit, int], negated: bool) -> Node:
    return Near(left, right, *how, negated)


clauses: Final[st.SearchStrategy[Node]] = (
    operands
    | st.builds(_near, operands, operands, st.sampled_from(_NEARNESS), st.booleans())
    | st.builds(AtLeast, st.sampled_from((1, 2, 3, 9_999)), operands)
)
"""What must be found in the text: it can stand alone."""


def _conjunction(needed: list[Node], beside: list[Node], unwanted: list[Node], first: bool) -> Node:
    parts = [*beside, *needed] if first else [*needed, *beside]
    return all_of([*parts, *map(Not, unwanted)])


def _expressions(
    leaves: st.SearchStrategy[Node], beside: st.SearchStrategy[Node], max_leaves: int
) -> st.SearchStrategy[Node]:
    """AND, OR and NOT over the leaves; ``beside``: what needs a leaf beside it."""

    def extend(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
        weak = (
            beside
            | st.lists(inner | beside, min_size=2, max_size=3).map(any_of)
            | st.lists(beside, min_size=2, max_size=2).map(all_of)
        )
        conjunctions = st.builds(
            _conjunction,
            st.lists(inner, min_size=1, max_size=3),
            st.lists(weak, max_size=2),
            st.lists(inner | weak, max_size=2),
            st.booleans(),
        )
        return st.lists(inner, min_size=2, max_size=4).map(any_of) | conjunctions

    return st.recursive(leaves, extend, max_leaves=max_leaves)


_places: Final[tuple[Place | Factuality, ...]] = ("headline", "deck", "lead", "body")
_factualities: Final[tuple[Place | Factuality, ...]] = ("asserted", "fresh")
_regions: Final = st.sampled_from(
    [
        *((part,) for part in (*_places, *_factualities, *_factualities)),
        *product(_factualities, _places),
        *product(_places, _factualities),
    ]
)


def trees(max_leaves: int = 8) -> st.SearchStrategy[Node]:
    """Return whole expressions.

    What stands inside headline(), deck(), lead() and body() is an expression, too, without filters
    and places; so it is inside asserted() and fresh(). One of the former and one of the latter may
    stand inside each other.
    """
    inside = _expressions(clauses, st.nothing(), max(2, max_leaves // 2))
    placed: st.SearchStrategy[Node] = st.builds(_confined, _regions, inside)
    return _expressions(clauses | placed, filters, max_leaves)


def _confined(region: tuple[Place | Factuality, ...], node: Node) -> Node:
    for part in region:
        node = Where(part, node)
    return node


def nested(depth: int) -> Node:
    """AND and NOT (… OR …) in turn, ``depth`` brackets deep."""
    node: Node = Term(("kim",))
    for level in range(depth):
        part = Term((f"w{level}",))
        node = And((part, Not(node))) if isinstance(node, Or) else Or((part, node))
    return node
