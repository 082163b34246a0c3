"""The rules that a sub-command works with: files, one rule of them by its id, or an expression."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final

from services.alerting.backtest.trial_rule import EXPRESSION_FILE, build_trial_rule
from services.alerting.language.check import Vocabulary, check
from services.alerting.language.errors import LanguageError
from services.alerting.language.parsing.parse import parse
from services.alerting.rules.rule_set import LoadedRule, RuleSet, load_rule_files
from services.console.errors import EXIT_BAD, EXIT_USAGE, fail, say
from services.console.rules.names_in_rules import names_in_files
from services.console.rules.rule_paths import rule_paths
from services.tagger.data.gazetteer import Gazetteer, load_gazetteer
from shared.files.yaml_document import DocumentError, did_you_mean

_SHOWN_RULES: Final = 12


@lru_cache(maxsize=1)
def load_gazetteer_once(actors: Path, keywords: Path) -> Gazetteer:
    """Load the tagger's data once per process. DocumentError lists every mistake in the files."""
    return load_gazetteer(actors, keywords)


def load_rules_or_exit(paths: Sequence[Path], vocabulary: Vocabulary | None) -> RuleSet:
    """Load the rules of files and folders; if they have mistakes, print them and exit with 1."""
    try:
        files = rule_paths(paths)
        return load_rule_files(files, vocabulary or names_in_files(files))
    except DocumentError as error:
        raise fail(f"{error}\nfix the rules first", EXIT_BAD) from None


def print_fields_without_effect(rules: RuleSet) -> None:
    """Print the fields of these rules that nothing acts on: no result takes them into account."""
    for warning in rules.warnings:
        if warning.code == "no-effect":
            say(str(warning))


def select_rule(rules: RuleSet, rule_id: str) -> LoadedRule:
    """Return the rule with this id; if there is none, suggest the nearest and exit with 2."""
    by_id = {loaded.rule.rule_id: loaded for loaded in rules.rules}
    if rule_id not in by_id:
        hint = did_you_mean(rule_id, sorted(by_id))
        hint = hint or f"there are {', '.join(sorted(by_id)[:_SHOWN_RULES])}"
        raise fail(f"there is no rule {rule_id!r}; {hint}", EXIT_USAGE)
    return by_id[rule_id]


def rule_from_expression(expression: str, vocabulary: Vocabulary) -> LoadedRule:
    """Make a rule of an expression; if it has mistakes, print them and exit with 1."""
    try:
        tree = parse(expression, vocabulary)
    except LanguageError as error:
        raise fail(f"{EXPRESSION_FILE}:{error}", EXIT_BAD) from None
    mistakes = [
        f"{EXPRESSION_FILE}:{finding.line}:{finding.column}: "
        f"{finding.message}; {finding.suggestion}"
        for finding in check(expression, tree, vocabulary)
        if finding.level == "error"
    ]
    if mistakes:
        raise fail("\n".join(mistakes), EXIT_BAD)
    return build_trial_rule(tree)


def rule_or_expression(
    rule_id: str | None, expression: str | None, files: Sequence[Path], vocabulary: Vocabulary
) -> LoadedRule:
    """Return the rule by its id, or the expression as a rule; exit with 2 for both or neither."""
    if (rule_id is None) == (expression is None):
        raise fail("name one rule by its id, or give an expression with --expr", EXIT_USAGE)
    if expression is not None:
        return rule_from_expression(expression, vocabulary)
    return select_rule(load_rules_or_exit(files, vocabulary), rule_id or "")
