"""A set of rules: all files of a folder, loaded as a whole or refused as a whole."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.alerting.language.check import Vocabulary
from services.alerting.language.document import Document, prepare
from services.alerting.language.evaluate import evaluate
from services.alerting.language.format import format as canonical
from services.alerting.language.parsing.grammar import VERSION
from services.alerting.language.tree import Node
from services.alerting.rules.fields import RuleTest
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
    """A rule with its parsed expression, and what its file says besides.

    ``position`` is line and column, from 1, of its ``when`` in the file. ``budget`` is the most
    messages a day that it may send to one destination, None if its file does not say.
    """

    rule: Rule
    tree: Node
    file: str
    tests: tuple[RuleTest, ...] = ()
    position: tuple[int, int] = (1, 1)
    budget: int | None = None


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Rules by id, and the warnings about their files."""

    rules: tuple[LoadedRule, ...]
    warnings: tuple[Problem, ...] = ()

    def matching(self, article: TaggedArticle) -> tuple[LoadedRule, ...]:
        """Return the rules that fire on the article.

        It evaluates each rule separately, which is fine for a few; a Matcher is for many.
        """
        document = prepare(article)
        return tuple(rule for rule in self.rules if evaluate(rule.tree, document) is not None)

    def document_of(self, article: TaggedArticle) -> Document:
        """Return the article as rules see it."""
        return prepare(article)


def load_rules(folder: Path, vocabulary: Vocabulary | None = None) -> RuleSet:
    """Load the rules of the folder's YAML files.

    DocumentError lists every error in all of them. Without a vocabulary, ids are not checked.
    """
    return load_rule_files(rule_files(folder), vocabulary)


def rule_files(folder: Path) -> tuple[Path, ...]:
    """Return a folder's rule files, by name. DocumentError if there are none, or no folder."""
    files = folder.iterdir() if folder.is_dir() else ()
    paths = tuple(sorted(path for path in files if path.suffix in YAML_SUFFIXES))
    if not paths:
        message = "there is no rule file (*.yaml) here"
        raise DocumentError([Problem(str(folder), 1, 1, message, code="no-rules")])
    return paths


def load_rule_files(paths: tuple[Path, ...], vocabulary: Vocabulary | None = None) -> RuleSet:
    """Load the rules of these files, by id. DocumentError lists every error in all of them."""
    loaded, problems = parse_rule_files(paths, vocabulary)
    if errors := [problem for problem in problems if problem.level == "error"]:
        raise DocumentError(errors)
    return RuleSet(loaded, problems)


def find_rule_problems(
    paths: tuple[Path, ...], vocabulary: Vocabulary | None = None
) -> tuple[Problem, ...]:
    """Return every error and warning in these files, in order."""
    return parse_rule_files(paths, vocabulary)[1]


def parse_rule_files(
    paths: tuple[Path, ...],
    vocabulary: Vocabulary | None = None,
    extra_check: ExpressionCheck | None = None,
) -> tuple[tuple[LoadedRule, ...], tuple[Problem, ...]]:
    """Parse files: return the rules without errors, by id, and every problem.

    ``extra_check`` may find more in an expression.
    """
    loaded: list[LoadedRule] = []
    problems: list[Problem] = []
    used_ids: dict[str, str] = {}
    for path in paths:
        document = load_rule_document(path)
        paths_of_rules = _paths_of_rules(document)
        _report_duplicates(document, paths_of_rules, used_ids)
        for steps in paths_of_rules:
            rule = parse_rule(document, steps, vocabulary, extra_check)
            loaded += [_to_loaded_rule(document, rule)] if rule else []
        problems += document.problems
    return tuple(sorted(loaded, key=lambda rule: rule.rule.rule_id)), tuple(sorted(problems))


@dataclass(frozen=True, slots=True)
class _RuleList:
    rules: list[Any]


def _paths_of_rules(document: YamlDocument) -> list[Steps]:
    """Return the path of each rule: a file is one rule, a list, or a list under ``rules:``."""
    if document.data is None and document.problems:
        return []
    if isinstance(document.data, dict) and "rules" in document.data:
        file = document.convert((), _RuleList)
        paths: list[Steps] = [("rules", index) for index in range(len(file.rules) if file else 0)]
    elif isinstance(document.data, list):
        paths = [(index,) for index in range(len(document.data))]
    else:
        paths = [()] if document.data else []
    if not paths and not document.problems:
        document.report(
            (),
            "the file contains no rule",
            code="no-rules",
            suggestion="write id, title, severity and when, or a list of rules under rules:",
        )
    return paths


def _report_duplicates(
    document: YamlDocument, paths: list[Steps], used_ids: dict[str, str]
) -> None:
    """Report ids that are used again; ``used_ids`` maps each id to its first ``file:line``."""
    for steps in paths:
        rule_id = document.value_at((*steps, "id"))
        if not isinstance(rule_id, str):
            continue
        if rule_id in used_ids:
            document.report(
                (*steps, "id", VALUE),
                f"the id {rule_id} is already used at {used_ids[rule_id]}",
                code="duplicate-id",
                rule=rule_id,
            )
        used_ids.setdefault(rule_id, f"{document.file}:{document.position((*steps, 'id'))[0]}")


def _to_loaded_rule(document: YamlDocument, parsed: ParsedRule) -> LoadedRule:
    """Give the rule its revision: the hash of everything that its alerts carry of it.

    So an alert's id identifies its content.
    """
    when, threshold = canonical(parsed.tree), parsed.threshold
    content = ["rule", VERSION, when, parsed.title, parsed.severity, *parsed.destinations]
    if threshold:
        content.append(f"{threshold.count} {threshold.distinct} within {threshold.within_s} s")
    if parsed.group:
        content.append(f"group {parsed.group}")
    if parsed.needs:
        content.append(f"needs {parsed.needs}")
    if parsed.owner:
        content.append(f"owner {parsed.owner}")
    rule = Rule(
        rule_id=parsed.id,
        revision=content_id(*content),
        title=parsed.title,
        severity=parsed.severity,
        when=when,
        destinations=parsed.destinations,
        threshold=threshold,
        group=parsed.group,
        needs=parsed.needs,
        owner=parsed.owner,
    )
    return LoadedRule(
        rule=rule,
        tree=parsed.tree,
        file=document.file,
        tests=parsed.tests,
        position=parsed.position,
        budget=parsed.budget,
    )
