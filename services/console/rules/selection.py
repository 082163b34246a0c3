"""Which rules a sub-command of ``summitwire rules`` works with: files, the rules in force, one of them by its id, or an expression."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final

from services.alerting.language.check import Vocabulary, check
from services.alerting.language.errors import LanguageError
from services.alerting.language.format import format as canonical
from services.alerting.language.parsing.parse import parse
from services.alerting.rules.rule_set import LoadedRule, RuleSet, load_rule_files, rule_files
from services.console.errors import EXIT_BAD, EXIT_USAGE, fail, say
from services.tagger.data.gazetteer import Gazetteer, load_gazetteer
from shared.base.settings import project_root
from shared.files.yaml_document import DocumentError, did_you_mean
from shared.messages.ids import content_id
from shared.messages.schemas import Rule, Severity

SEEDS: Final = project_root() / "seeds"
EXPRESSION: Final = "expr"
"""The id of a rule that is only an expression."""
_WHERE: Final = "<expr>"
_TOLD: Final = "slack:expr"
"""Where its alerts would go, so that its messages can be counted."""


@lru_cache(maxsize=1)
def load_gazetteer_once(actors: Path, keywords: Path) -> Gazetteer:
    """What the tagger knows; read once, however many commands a program runs. DocumentError lists every mistake in the files."""
    return load_gazetteer(actors, keywords)


def load_rules_or_exit(files: Sequence[Path], known: Vocabulary | None) -> RuleSet:
    """The rules of these files and folders; where they hold mistakes, those are told and the command ends with 1."""
    try:
        return load_rule_files(
            tuple(
                path
                for given in files
                for path in (rule_files(given) if given.is_dir() else (given,))
            ),
            known,
        )
    except DocumentError as error:
        say(str(error))
        raise fail("mend the rules first", EXIT_BAD) from None


def select_rule(rules: RuleSet, rule_id: str) -> LoadedRule:
    """The rule of that id; where there is none the command ends with 2 and the nearest id."""
    found = {loaded.rule.rule_id: loaded for loaded in rules.rules}
    if rule_id not in found:
        hint = did_you_mean(rule_id, sorted(found)) or f"there are {', '.join(sorted(found)[:12])}"
        raise fail(f"there is no rule {rule_id!r}; {hint}", EXIT_USAGE)
    return found[rule_id]


def rule_from_expression(expression: str, known: Vocabulary) -> LoadedRule:
    """An expression as a rule without a file; where it is none, or names nobody, that is told and the command ends with 1."""
    try:
        tree = parse(expression)
    except LanguageError as error:
        raise fail(f"{_WHERE}:{error}", EXIT_BAD) from None
    mistakes = [finding for finding in check(expression, tree, known) if finding.level == "error"]
    if mistakes:
        raise fail(
            "\n".join(
                f"{_WHERE}:{one.line}:{one.column}: {one.message}; {one.suggestion}"
                for one in mistakes
            ),
            EXIT_BAD,
        )
    when = canonical(tree)
    rule = Rule(
        rule_id=EXPRESSION,
        revision=content_id("rule", when),
        title=when[:200],
        severity=Severity.INFO,
        when=when,
        destinations=(_TOLD,),
    )
    return LoadedRule(rule=rule, tree=tree, file=_WHERE)


def rule_or_expression(
    rule_id: str | None, expression: str | None, files: Sequence[Path], known: Vocabulary
) -> LoadedRule:
    """The rule that is asked about: by its id, or the expression itself; both or neither is wrong use."""
    if (rule_id is None) == (expression is None):
        raise fail("name one rule by its id, or give an expression with --expr", EXIT_USAGE)
    return (
        rule_from_expression(expression, known)
        if expression is not None
        else select_rule(load_rules_or_exit(files, known), rule_id or "")
    )
