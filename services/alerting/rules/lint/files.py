"""Everything that `rules check` reports about rule files.

Mistakes, clauses that have no effect, and rules that repeat each other.
"""

from pathlib import Path

from services.alerting.language.check import Vocabulary
from services.alerting.rules.lint.expression import lint
from services.alerting.rules.lint.rule_pairs import lint_pairs
from services.alerting.rules.rule_set import LoadedRule, parse_rule_files
from shared.files.yaml_document import Problem


def inspect(
    paths: tuple[Path, ...], vocabulary: Vocabulary | None = None
) -> tuple[tuple[LoadedRule, ...], list[Problem]]:
    """Return the rules that can be loaded, and every problem in the files, in their order."""
    rules, problems = parse_rule_files(paths, vocabulary, lint)
    return rules, sorted([*problems, *lint_pairs(rules)])
