"""Everything that is wrong with an expression at once, as far as it can be told apart."""

from typing import Final

from services.alerting.language.check import ExpressionFinding, Vocabulary, check
from services.alerting.language.errors import LanguageError, position_at
from services.alerting.language.parsing import scan, shape
from services.alerting.language.parsing.parse import parse_unchecked
from services.alerting.language.tree import And, Node, Tag

MAX_FINDINGS: Final = 20
"""Of one expression: nobody mends more at once."""


def diagnose(
    expression: str, vocabulary: Vocabulary | None = None
) -> tuple[Node | None, tuple[ExpressionFinding, ...]]:
    """The tree, None where there is none, and all findings in the order of the expression.

    Characters and words that are no token are told together, and so is everything that stands where it cannot; of what breaks the grammar
    only the first, for what follows depends on how it is mended. Ids that nobody knows are told in any case.
    """
    try:
        tree = parse_unchecked(expression)
    except LanguageError as error:
        return None, _ordered([*_broken(expression, error), *_unknown(expression, vocabulary)])
    wrong = tuple(_at(expression, *problem) for problem in shape.problems(tree))
    return (None if wrong else tree), _ordered([*wrong, *check(expression, tree, vocabulary)])


def _broken(expression: str, first: LanguageError) -> list[ExpressionFinding]:
    if first.code in ("empty", "too-long", "too-deep"):
        return [_of(first)]
    return list(dict.fromkeys(map(_of, [first, *scan.survey(expression, MAX_FINDINGS)[1]])))


def _unknown(expression: str, vocabulary: Vocabulary | None) -> list[ExpressionFinding]:
    """The ids that nobody knows in an expression without a tree."""
    tokens, _ = scan.survey(expression, MAX_FINDINGS)
    tags = [(*token.value, token.start) for token in tokens if token.kind == "TAG"]
    return list(
        check(expression, And(tuple(Tag(kind, id_, at) for kind, id_, at in tags)), vocabulary)
    )


def _ordered(found: list[ExpressionFinding]) -> tuple[ExpressionFinding, ...]:
    return tuple(sorted(found, key=lambda one: (one.line, one.column))[:MAX_FINDINGS])


def _of(error: LanguageError) -> ExpressionFinding:
    return ExpressionFinding(
        line=error.line,
        column=error.column,
        level="error",
        code=error.code,
        message=error.message,
        suggestion=error.suggestion,
    )


def _at(
    expression: str, offset: int, code: str, message: str, suggestion: str
) -> ExpressionFinding:
    spot = position_at(expression, offset)
    return ExpressionFinding(
        line=spot.line,
        column=spot.column,
        level="error",
        code=code,
        message=message,
        suggestion=suggestion,
    )
