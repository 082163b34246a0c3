"""Report everything that is wrong with an expression at once, as far as it can be told apart."""

from typing import Final

from services.alerting.language.check import ExpressionFinding, Vocabulary, check
from services.alerting.language.errors import LanguageError, position_at
from services.alerting.language.names import resolve_names
from services.alerting.language.parsing import scan, shape
from services.alerting.language.parsing.parse import parse_unchecked
from services.alerting.language.tree import And, Node

MAX_FINDINGS: Final = 20
"""The most findings reported for one expression: nobody corrects more at once."""


def diagnose(
    expression: str, vocabulary: Vocabulary | None = None
) -> tuple[Node | None, tuple[ExpressionFinding, ...]]:
    """Return the tree, or None if there is none, and all findings in the order of the expression.

    All characters and words that form no token are reported together, and so are all nodes that
    stand where they cannot. Of what breaks the grammar only the first is reported, because what
    follows depends on how it is corrected. Unknown ids are always reported.
    """
    try:
        tree = parse_unchecked(expression)
    except LanguageError as error:
        return None, _sort_findings(
            [*_syntax_findings(expression, error), *_id_findings(expression, vocabulary)]
        )
    findings = tuple(_finding_at(expression, *problem) for problem in shape.problems(tree))
    checked = check(expression, tree, vocabulary)
    resolved = resolve_names(tree, vocabulary.name_lookup) if vocabulary else tree
    return (None if findings else resolved), _sort_findings([*findings, *checked])


def _syntax_findings(expression: str, first: LanguageError) -> list[ExpressionFinding]:
    if first.code in ("empty", "too-long", "too-deep"):
        return [_from_error(first)]
    return list(dict.fromkeys(map(_from_error, [first, *scan.survey(expression, MAX_FINDINGS)[1]])))


def _id_findings(expression: str, vocabulary: Vocabulary | None) -> list[ExpressionFinding]:
    """Return findings for the unknown ids in an expression without a tree."""
    tokens, _ = scan.survey(expression, MAX_FINDINGS)
    tags = tuple(token.value for token in tokens if token.kind == "TAG")
    return list(check(expression, And(tags), vocabulary))


def _sort_findings(findings: list[ExpressionFinding]) -> tuple[ExpressionFinding, ...]:
    return tuple(
        sorted(findings, key=lambda finding: (finding.line, finding.column))[:MAX_FINDINGS]
    )


def _from_error(error: LanguageError) -> ExpressionFinding:
    return ExpressionFinding(
        line=error.line,
        column=error.column,
        level="error",
        code=error.code,
        message=error.message,
        suggestion=error.suggestion,
    )


def _finding_at(
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
