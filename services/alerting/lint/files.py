"""Everything that `rules check` says of rule files: mistakes, what expressions say in vain, and rules that repeat each other."""

from pathlib import Path

from services.alerting.language.check import Vocabulary
from services.alerting.lint.across import across
from services.alerting.lint.expression import lint
from services.alerting.rules import LoadedRule, survey
from shared.documents import Problem


def inspect(paths: tuple[Path, ...], vocabulary: Vocabulary | None = None) -> tuple[tuple[LoadedRule, ...], list[Problem]]:
    """The rules that can be loaded, and every problem in the files, in their order."""
    rules, problems = survey(paths, vocabulary, lint)
    return rules, sorted([*problems, *across(rules)])
