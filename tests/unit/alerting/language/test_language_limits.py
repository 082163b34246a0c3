"""Whatever is written, the answer comes in bounded time: a tree, or a clear error."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.alerting.language.check import check
from services.alerting.language.document import Document
from services.alerting.language.errors import LanguageError
from services.alerting.language.evaluate import evaluate
from services.alerting.language.format import format as canonical
from services.alerting.language.layout import layout
from services.alerting.language.parsing.diagnose import MAX_FINDINGS, diagnose
from services.alerting.language.parsing.parse import MAX_DEPTH, parse
from shared.text.words import segment_text
from tests.hypothesis_profiles import examples

ARTICLE = Document(
    headline=segment_text("Kim and Moon", one_sentence=True),
    body=segment_text("Kim met Moon. w7 spoke of a summit."),
    tags={},
    source="x",
    language="en",
)


LARGE = {
    "5 000 terms": (" OR ".join(f"w{number}" for number in range(5_000)), True),
    "5 000 terms near one": (
        f"({' OR '.join(f'w{number}' for number in range(5_000))}) W/5 summit",
        True,
    ),
    "a phrase of 10 000 words": (f'"{"kim " * 10_000}"', False),
    "20 000 characters": (" AND ".join(["kim"] * 2_500), True),
    "brackets": ("(" * MAX_DEPTH + "kim" + ")" * MAX_DEPTH, True),
    "AND in OR": ("(kim OR (moon AND " * (MAX_DEPTH // 2) + "xi" + "))" * (MAX_DEPTH // 2), True),
    "NOT in NOT": ("kim AND " + "NOT (xi AND " * MAX_DEPTH + "kim" + ")" * MAX_DEPTH, True),
    "a place around it": (
        "body(" + "moon AND NOT (xi AND " * (MAX_DEPTH - 1) + "kim" + ")" * MAX_DEPTH,
        True,
    ),
    "an operand": ("ATLEAST1(" + "(xi OR " * (MAX_DEPTH - 1) + "kim" + ")" * MAX_DEPTH, True),
}


@pytest.mark.parametrize(("expression", "fires"), LARGE.values(), ids=LARGE)
def test_the_largest_expressions_are_expressions(expression: str, fires: bool) -> None:
    """No walk of the largest tree runs out of stack.

    It is parsed, checked, written in one line and in many, and evaluated.
    """
    tree = parse(expression)
    form = canonical(tree)
    assert parse(form) == tree
    assert {parse("\n".join(layout(tree)))} == {tree}
    assert check(expression, tree) == ()
    assert (evaluate(tree, ARTICLE) is not None) is fires


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("(" * (MAX_DEPTH + 1) + "kim" + ")" * (MAX_DEPTH + 1), "too-deep"),
        ("kim OR " * 20_000 + "kim", "too-long"),
        ("(" * 99_999, "too-deep"),
    ],
)
def test_what_is_larger_is_refused_with_one_clear_error(expression: str, code: str) -> None:
    """The limit is named, and what to do."""
    _, found = diagnose(expression)
    assert [one.code for one in found] == [code]
    assert "several rules" in found[0].suggestion


_PIECES = (
    "AND", "OR", "NOT", "W/5", "PRE/2", "W/S", "NOT W/P", "(", ")", '"', "“", "actor(", "event(",
    "headline(", "lead(", "exact(", "ATLEAST3(",
    "kim-jong-un", "x*", "?", "words", ">", "<", "200", "a", "U.S.", "'", "*", "/", "\n", "\t",
    "ß", "金", "김", "\u200b", "\u0301", ",", "not",
    "near5", "title:", "source(", "lang(en)", "[", "=", "🚀", "\x00", "\ud800", "--", "…",
)  # fmt: skip


def first_error(text: str) -> LanguageError | None:
    try:
        parse(text)
    except LanguageError as error:
        return error
    return None


_soup = st.lists(st.sampled_from(_PIECES), max_size=60).flatmap(
    lambda parts: st.sampled_from((" ", "")).map(lambda blank: blank.join(parts))
)


@given(_soup | st.text(max_size=200))
@examples(600)
@example("\ud800")
@example("actor(\n")
@example("words >")
@example("kim AND AND\u2028")
def test_whatever_is_typed_the_answer_is_a_tree_or_errors_inside_the_text(text: str) -> None:
    """There is no other exception.

    Each error is one line and lies inside the text; there is a tree exactly if `parse` gives it.
    """
    tree, found = diagnose(text)
    lines = text.split("\n")
    assert all(
        1 <= one.line <= len(lines) and 1 <= one.column <= len(lines[one.line - 1]) + 1
        for one in found
    )
    assert all(one.message.isprintable() and one.suggestion.isprintable() for one in found)
    assert len(found) <= MAX_FINDINGS
    assert (tree is None) is any(one.level == "error" for one in found)
    first = first_error(text)
    assert (first is None) is (tree is not None)
    assert first is None or (first.line, first.column, first.code) in [
        (one.line, one.column, one.code) for one in found
    ]
