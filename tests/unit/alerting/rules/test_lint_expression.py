from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.alerting.language.document import Document
from services.alerting.language.evaluate import evaluate
from services.alerting.language.parsing.parse import parse
from services.alerting.language.tree import (
    EVERYWHERE,
    Filter,
    Length,
    Near,
    Node,
    Not,
    Tag,
    Term,
    Unit,
    Where,
    Wild,
    all_of,
    any_of,
)
from services.alerting.rules.lint.common_words import COMMON
from services.alerting.rules.lint.expression import lint
from services.alerting.rules.lint.implication import Claim, Reasoner, impossible
from tests.hypothesis_profiles import examples
from tests.language_articles import documents

FOUND = [
    # what can never be met: an error if the rule can never fire, else a warning
    ("kim AND NOT kim", [(9, "error", "contradiction")]),
    ("headline(kim) AND NOT kim", [(19, "error", "contradiction")]),
    ("lead(kim) AND NOT body(kim)", [(15, "error", "contradiction")]),
    ("body(kim) AND NOT lead(kim)", []),
    ("kim AND words > 500 AND words < 100", [(25, "error", "contradiction")]),
    ("kim AND words > 5 AND words < 6", [(23, "error", "contradiction")]),
    ("kim AND words > 5 AND words < 7", []),
    ("kim AND source(afp) AND source(dpa)", [(25, "error", "contradiction")]),
    ("kim AND lang(en) AND lang(de)", [(22, "error", "contradiction")]),
    ("kim AND lang(en) AND lang(en-gb)", []),
    ("kim AND (source(afp) OR source(dpa)) AND source(bbc)", [(42, "error", "contradiction")]),
    ("kim W/3 moon AND NOT (moon W/5 kim)", [(18, "error", "contradiction")]),
    ("kim PRE/3 moon AND NOT kim W/9 moon", [(20, "error", "contradiction")]),
    ("kim W/S moon AND NOT kim W/P moon", [(18, "error", "contradiction")]),
    ("kim W/5 moon AND kim NOT W/5 moon", []),
    ("ATLEAST5(kim) AND NOT ATLEAST3(kim OR moon)", [(19, "error", "contradiction")]),
    ('"kim jong" AND NOT kim', [(16, "error", "contradiction")]),
    ("denuclearize AND NOT denuclear*", [(18, "error", "contradiction")]),
    ("exact(Kim) AND NOT kim", []),
    ("(kim OR moon) AND NOT (xi OR moon OR kim)", [(19, "error", "contradiction")]),
    ("kim AND moon AND NOT (kim AND moon)", [(18, "error", "contradiction")]),
    (
        "headline(kim) AND lead(moon) AND NOT (headline(kim) AND body(moon))",
        [(34, "error", "contradiction")],
    ),
    ("(kim AND NOT kim) OR moon", [(10, "warning", "contradiction")]),
    (
        "xi AND ((kim AND NOT kim) OR (moon AND NOT moon))",
        [
            (10, "error", "never-true"),
            (18, "warning", "contradiction"),
            (40, "warning", "contradiction"),
        ],
    ),
    ("kim AND words < 0", [(9, "error", "never-true")]),
    ("lead(ATLEAST101(kim))", [(6, "error", "never-true")]),
    ("lead(ATLEAST100(kim))", []),
    ('lead(ATLEAST60("kim jong"))', [(6, "error", "never-true")]),
    # what is always met
    ("kim AND (words > 3 OR words < 10)", [(10, "warning", "always-true")]),
    ("kim AND (words > 10 OR words < 10)", []),
    # what says nothing more
    ("summit OR summit", [(11, "warning", "repeated")]),
    ('summit OR "summit talks"', [(11, "warning", "redundant")]),
    ("summit OR summ*", [(1, "warning", "redundant")]),
    ("kim AND moon AND kim", [(18, "warning", "repeated")]),
    ("kim AND (kim OR moon)", [(10, "warning", "redundant")]),
    ("kim AND kim W/5 moon", [(1, "warning", "redundant")]),
    ("(kim W/5 moon) OR (kim W/3 moon)", [(20, "warning", "redundant")]),
    ("kim W/5 (summit OR summit)", [(20, "warning", "repeated")]),
    ('kim W/5 (summit OR "summit talks")', []),
    ("kim AND NOT (golf OR trade) AND NOT golf", [(33, "warning", "redundant")]),
    # what floods
    ("the", [(1, "warning", "too-common")]),
    ("the AND denuclearization", []),
    ("denuclearization OR said", [(21, "warning", "too-common")]),
    ("said W/5 would", [(1, "warning", "too-common"), (10, "warning", "too-common")]),
    ("said W/5 kim", []),
    ("wor*", [(1, "warning", "too-common")]),
    ("exact(The)", []),
    ('"the summit"', []),
    ("the AND NOT kim AND lang(en)", [(1, "warning", "too-common")]),
]  # fmt: skip


@pytest.mark.parametrize(("expression", "found"), FOUND, ids=[row[0] for row in FOUND])
def test_what_an_expression_says_in_vain(
    expression: str, found: list[tuple[int, str, str]]
) -> None:
    """Each finding stands at the clause that can go.

    One that leaves the rule able to fire is a warning.
    """
    assert [
        (one.column, one.level, one.code) for one in lint(expression, parse(expression))
    ] == found


def test_common_words_are_words_of_the_language() -> None:
    """Each one is its own normalised form.

    Otherwise no rule could be warned of it.
    """
    assert [word for word in COMMON if parse(f'"{word}"') != Term((word,))] == []


_leaves: st.SearchStrategy[Node] = st.sampled_from(
    [
        Term(("trump",)), Term(("kim",)), Term(("summit",)),
        Term(("trump", "kim")), Term(("kim", "summit")),
        Term(("Kim",), exact=True), Wild("sum*"), Wild("summ*"), Wild("k?m"), Term(("김정은",)),
        Term(("김",)), Wild("김정은*"),
        Tag("actor", "kim-jong-un"),
    ]
)  # fmt: skip
_operands = _leaves | st.lists(_leaves, min_size=2, max_size=2).map(any_of)
_REACHES: Final[tuple[tuple[Unit, int], ...]] = (
    ("words", 1), ("words", 4), ("in order", 2), ("in order", 4), ("sentence", 0), ("paragraph", 0),
)  # fmt: skip


def _near(left: Node, right: Node, reach: tuple[Unit, int], negated: bool) -> Node:
    return Near(left, right, *reach, negated)


_pairs: st.SearchStrategy[Node] = st.builds(
    _near, _operands, _operands, st.sampled_from(_REACHES), st.booleans()
)
_clauses = (
    _leaves
    | _pairs
    | st.builds(Where, st.sampled_from(("headline", "lead", "body")), _leaves | _pairs)
)
_filters: st.SearchStrategy[Node] = st.sampled_from(
    [
        Filter("source", "afp"),
        Filter("source", "nikkei"),
        Filter("lang", "en"),
        Filter("lang", "en-gb"),
        Filter("lang", "de"),
    ]
    + [Length(sign, count) for sign in (">", "<") for count in (3, 4, 5, 12)]
)
_any: st.SearchStrategy[Node] = st.recursive(
    _clauses | _filters,
    lambda inner: (
        st.lists(inner, min_size=2, max_size=3).map(any_of)
        | st.lists(inner, min_size=2, max_size=3).map(all_of)
        | st.builds(lambda one, other: all_of([one, Not(other)]), inner, inner)
    ),
    max_leaves=4,
)


@given(st.lists(_any, min_size=4, max_size=8), documents)
@examples(250)
def test_what_is_proved_is_true_of_every_article(trees: list[Node], document: Document) -> None:
    """There is never a false alarm.

    If one expression is said to imply or exclude another, or to be impossible, evaluation agrees.
    """
    fires = [evaluate(tree, document) is not None for tree in trees]
    for one, first in zip(trees, fires, strict=True):
        assert not (first and impossible(one, EVERYWHERE))
        for other, second in zip(trees, fires, strict=True):
            if Reasoner(500).implies(Claim(one), Claim(other)):
                assert second or not first
            if Reasoner(500).exclude(Claim(one), Claim(other)):
                assert not (first and second)


@pytest.mark.parametrize(
    "expression",
    [
        " OR ".join(f"w{number}" for number in range(5_000)),
        "kim AND " + " AND ".join(f"NOT w{number}" for number in range(4_000)),
        "kim AND " + "NOT (moon AND " * 249 + "xi" + ")" * 249,
        "(kim OR (moon AND " * 120 + "xi" + "))" * 120,
        "({0}) AND NOT ({0})".format(" OR ".join(f"w{number}" for number in range(4_000))),
        " OR ".join(f"(w{number} AND xi)" for number in range(3_000)),
    ],
    ids=["or", "nots", "deep", "deep or", "or against or", "groups"],
)
def test_the_largest_expressions_are_answered(expression: str) -> None:
    """Reasoning ends, and no stack overflows.

    It takes a fixed number of steps and a fixed depth, whatever the expression.
    """
    assert len(lint(expression, parse(expression))) <= 20
