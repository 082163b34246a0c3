"""The rules in force: every file of a folder, read whole or refused whole."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from services.alerting.language.check import Vocabulary
from services.alerting.language.document import prepare
from services.alerting.language.evaluate import evaluate
from services.alerting.language.format import format as canonical
from services.alerting.language.parsing.grammar import VERSION
from services.alerting.language.tree import Node
from services.alerting.rules.fields import Grouping, RuleTest
from services.alerting.rules.parse_rule import ExpressionCheck, ParsedRule, parse_rule
from services.alerting.rules.yaml_file import load_rule_document
from shared.files.yaml_document import (
    VALUE,
    YAML_SUFFIXES,
    DocumentError,
    Problem,
    Steps,
    YamlDocument,
)
from shared.messages.ids import content_id
from shared.messages.schemas import Rule, TaggedArticle


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedRule:
    """A rule with what evaluates it and what its file says besides. ``at``: line and column, from 1, of its expression's key in the file."""

    rule: Rule
    tree: Node
    file: str
    owner: str | None = None
    group: Grouping = field(default_factory=Grouping)
    tests: tuple[RuleTest, ...] = ()
    position: tuple[int, int] = (1, 1)


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Rules by id; ``warnings`` are what their files had better say otherwise."""

    rules: tuple[LoadedRule, ...]
    warnings: tuple[Problem, ...] = ()

    def matching(self, article: TaggedArticle) -> tuple[LoadedRule, ...]:
        """The rules that the article fires, each asked by itself: right for the few of a test or of a first look; a Matcher is for more."""
        document = prepare(article)
        return tuple(rule for rule in self.rules if evaluate(rule.tree, document) is not None)


def load_rules(folder: Path, vocabulary: Vocabulary | None = None) -> RuleSet:
    """Every rule of the folder's YAML files. DocumentError lists every mistake in all of them; without a vocabulary ids are not checked."""
    return load_rule_files(rule_files(folder), vocabulary)


def rule_files(folder: Path) -> tuple[Path, ...]:
    """The rule files of a folder, by name. DocumentError where there is no such folder, or no rule file in it."""
    found = (
        tuple(sorted(path for path in folder.iterdir() if path.suffix in YAML_SUFFIXES))
        if folder.is_dir()
        else ()
    )
    if not found:
        raise DocumentError(
            [Problem(str(folder), 1, 1, "no rule file (*.yaml) is here", code="no-rules")]
        )
    return found


def load_rule_files(paths: tuple[Path, ...], vocabulary: Vocabulary | None = None) -> RuleSet:
    """The rules of these files, by id. DocumentError lists every mistake in all of them."""
    loaded, problems = parse_rule_files(paths, vocabulary)
    if errors := [problem for problem in problems if problem.level == "error"]:
        raise DocumentError(errors)
    return RuleSet(loaded, problems)


def find_rule_problems(
    paths: tuple[Path, ...], vocabulary: Vocabulary | None = None
) -> tuple[Problem, ...]:
    """Every mistake and warning in these files, in their order."""
    return parse_rule_files(paths, vocabulary)[1]


def parse_rule_files(
    paths: tuple[Path, ...],
    vocabulary: Vocabulary | None = None,
    look: ExpressionCheck | None = None,
) -> tuple[tuple[LoadedRule, ...], tuple[Problem, ...]]:
    """The rules without a mistake, by id, and every problem of the files; ``look`` may find more in an expression."""
    loaded: list[LoadedRule] = []
    problems: list[Problem] = []
    taken: dict[str, str] = {}
    for path in paths:
        document = load_rule_document(path)
        places = _places(document)
        _report_duplicates(document, places, taken)
        read = [parse_rule(document, steps, vocabulary, look) for steps in places]
        loaded += [_loaded(document, written) for written in read if written]
        problems += document.problems
    return tuple(sorted(loaded, key=lambda one: one.rule.rule_id)), tuple(sorted(problems))


@dataclass(frozen=True, slots=True)
class _File:
    rules: list[Any]


def _places(document: YamlDocument) -> list[Steps]:
    """Where the file's rules stand: it holds one rule, a list of rules, or a list under ``rules:``."""
    if document.data is None and document.problems:
        return []
    if isinstance(document.data, dict) and "rules" in document.data:
        found = document.convert((), _File)
        places: list[Steps] = (
            [("rules", index) for index in range(len(found.rules))] if found else []
        )
    elif isinstance(document.data, list):
        places = [(index,) for index in range(len(document.data))]
    else:
        places = [()] if document.data else []
    if not places and not document.problems:
        document.report(
            (),
            "holds no rule",
            code="no-rules",
            suggestion="write id, title, severity and when, or a list of rules under rules:",
        )
    return places


def _report_duplicates(document: YamlDocument, places: list[Steps], taken: dict[str, str]) -> None:
    """Report ids that stand a second time; ``taken``: where each one stood first, in this file or one before it."""
    for steps in places:
        rule_id = document.value_at((*steps, "id"))
        if not isinstance(rule_id, str):
            continue
        if rule_id in taken:
            document.report(
                (*steps, "id", VALUE),
                f"the id {rule_id} is taken, at {taken[rule_id]}",
                code="duplicate-id",
                rule=rule_id,
            )
        taken.setdefault(rule_id, f"{document.file}:{document.position((*steps, 'id'))[0]}")


def _loaded(document: YamlDocument, written: ParsedRule) -> LoadedRule:
    """The revision is the hash of all that the rule's alerts carry of it, so that an alert's id stands for its content."""
    when, counted = canonical(written.tree), written.threshold
    counting = (
        [f"{counted.count} {counted.distinct} within {counted.within_s} s"] if counted else []
    )
    rule = Rule(
        rule_id=written.id,
        revision=content_id(
            "rule", VERSION, when, written.title, written.severity, *written.destinations, *counting
        ),
        title=written.title,
        severity=written.severity,
        when=when,
        destinations=written.destinations,
        threshold=counted,
    )
    return LoadedRule(
        rule=rule,
        tree=written.tree,
        file=document.file,
        owner=written.owner,
        group=written.group,
        tests=written.tests,
        position=written.at,
    )
