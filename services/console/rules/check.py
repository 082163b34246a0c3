"""What ``summitwire rules check`` finds: in one expression, in files, and in the vocabulary that no rule uses."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from services.alerting.language.check import ExpressionFinding, Vocabulary
from services.alerting.language.parsing.diagnose import diagnose
from services.alerting.language.tree import Tag, walk
from services.alerting.rules.lint.expression import lint
from services.alerting.rules.lint.files import inspect
from services.alerting.rules.rule_set import LoadedRule
from services.console.rules.fmt import EXPRESSION
from shared.files.yaml_document import YAML_SUFFIXES, Problem, load


def expression_problems(expression: str, known: Vocabulary) -> list[Problem]:
    """Every problem of one expression."""
    tree, findings = diagnose(expression, known)
    more = lint(expression, tree) if tree else ()
    return sorted(map(_as_problem, (*findings, *more)))


def file_problems(
    paths: tuple[Path, ...], known: Vocabulary, *, articles: Path, unused_in: Path | None
) -> list[Problem]:
    """Every problem of rule files, and tests whose article is not in the folder ``articles``.

    ``unused_in``: the folder of the vocabulary, whose unused keywords are then told, too.
    """
    rules, problems = inspect(paths, known)
    unused = list(_unused(rules, unused_in)) if unused_in else []
    return sorted([*problems, *_missing(rules, articles)]) + unused


def _missing(rules: Sequence[LoadedRule], articles: Path) -> Iterator[Problem]:
    for rule in rules:
        for test in rule.tests:
            if isinstance(test.article, str) and not (articles / test.article).exists():
                message, better = (
                    f"no article {test.article} is in {articles}",
                    "name one that is, or write it out: headline and body",
                )
                yield Problem(
                    rule.file,
                    test.line,
                    1,
                    message,
                    better,
                    "warning",
                    "missing-article",
                    rule.rule.rule_id,
                )


def _unused(rules: Sequence[LoadedRule], folder: Path) -> Iterator[Problem]:
    """The keywords that no rule names, each where it stands."""
    used = {
        node.id
        for rule in rules
        for node, _ in walk(rule.tree)
        if isinstance(node, Tag) and node.kind == "keyword"
    }
    for document in (
        load(path) for path in sorted(folder.iterdir()) if path.suffix in YAML_SUFFIXES
    ):
        for index, entry in enumerate(document.value_at(("keywords",)) or []):
            if entry.get("id") not in used:
                place = document.position(("keywords", index, "id"))
                yield Problem(
                    document.file,
                    *place,
                    f"no rule names keyword({entry.get('id')})",
                    "",
                    "warning",
                    "unused-keyword",
                )


def _as_problem(found: ExpressionFinding) -> Problem:
    return Problem(
        EXPRESSION,
        found.line,
        found.column,
        found.message,
        found.suggestion,
        found.level,
        found.code,
    )
