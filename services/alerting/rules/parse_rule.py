"""Parse one rule of a file: check every field and report every problem at its place."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from services.alerting.language.check import ExpressionFinding, Vocabulary
from services.alerting.language.parsing.diagnose import diagnose
from services.alerting.language.tree import Node
from services.alerting.rules.fields import (
    RuleTest,
    parse_budget,
    parse_destinations,
    parse_group,
    parse_needs,
    parse_pending,
    parse_tests,
    parse_threshold,
)
from services.alerting.rules.positions import position_in_file
from services.alerting.rules.shape import MAX_ID, MAX_TITLE, RULE_ID, RuleFields
from services.alerting.rules.yaml_comments import find_cutting_comment
from shared.files.yaml_document import VALUE, Steps, YamlDocument, did_you_mean
from shared.messages.schemas import Corroboration, GroupTiming, Severity, Threshold

T = TypeVar("T")
ExpressionCheck = Callable[[str, Node], Iterable[ExpressionFinding]]
"""Checks a valid expression further; takes its text and tree."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedRule:
    """A rule without errors. ``position`` is line and column, from 1, of its ``when``."""

    id: str
    title: str
    severity: Severity
    tree: Node
    destinations: tuple[str, ...]
    threshold: Threshold | None
    owner: str | None
    group: GroupTiming | None
    needs: Corroboration | None
    budget: int | None
    tests: tuple[RuleTest, ...]
    position: tuple[int, int]


def parse_rule(
    document: YamlDocument,
    path: Steps,
    vocabulary: Vocabulary | None,
    extra_check: ExpressionCheck | None = None,
) -> ParsedRule | None:
    """Parse the rule at ``path``; None if it has errors, which the document then lists."""
    before = len(document.problems)
    if _has_merge_key(document, path) or document.convert(path, RuleFields) is None:
        return None
    pending = parse_pending(document, path, vocabulary)
    if vocabulary and pending:
        vocabulary = replace(vocabulary, pending=pending)
    rule_id, tree = _id(document, path), _when(document, path, vocabulary, extra_check)
    title, severity = _title(document, path), _severity(document, path)
    destinations = parse_destinations(document, path)
    group, needs = parse_group(document, path), parse_needs(document, path)
    tests, owner = parse_tests(document, path), _optional(document, path, "owner", str)
    threshold, budget = parse_threshold(document, path), parse_budget(document, path)
    problems = [replace(problem, rule=rule_id or "") for problem in document.problems[before:]]
    document.problems[before:] = problems
    if any(problem.level == "error" for problem in problems) or not (
        rule_id and tree and title and severity
    ):
        return None
    return ParsedRule(
        id=rule_id,
        title=title,
        severity=severity,
        tree=tree,
        destinations=destinations,
        threshold=threshold,
        owner=owner,
        group=group,
        needs=needs,
        budget=budget,
        tests=tests,
        position=document.position((*path, "when")),
    )


def _require(document: YamlDocument, path: Steps, name: str, suggestion: str) -> str | None:
    """Return the text of a field; None, and a problem, if it is missing, empty or not a text."""
    value = document.value_at((*path, name))
    if value is None and (*path, name) not in document.positions:
        document.report(
            path, f"the rule has no {name}", code="missing-field", suggestion=suggestion
        )
        return None
    if value is None and _is_reported(document, (*path, name)):
        return None
    text = "" if value is None else document.convert((*path, name), str)
    if text is not None and not text.strip():
        document.report(
            (*path, name), f"{name} is empty", code="missing-field", suggestion=suggestion
        )
        return None
    return text


def _is_reported(document: YamlDocument, path: Steps) -> bool:
    """Return whether YAML itself reported a problem here, so that the value is missing."""
    places = (document.position(path), document.position((*path, VALUE)))
    return any((problem.line, problem.column) in places for problem in document.problems)


def _has_merge_key(document: YamlDocument, path: Steps) -> bool:
    """Return whether the rule merges another mapping (``<<``), and report it.

    Its other missing fields are then not worth reporting.
    """
    value = document.value_at(path)
    if not isinstance(value, dict) or "<<" not in value:
        return False
    if not _is_reported(document, (*path, "<<")):
        document.report(
            (*path, "<<"),
            "a rule cannot take fields from elsewhere",
            code="unknown-field",
            suggestion="write the fields out",
        )
    return True


def _optional(document: YamlDocument, path: Steps, name: str, type_: type[T]) -> T | None:
    if document.value_at((*path, name)) is None:
        return None
    return document.convert((*path, name), type_)


def _id(document: YamlDocument, path: Steps) -> str | None:
    rule_id = _require(document, path, "id", "for example id: second-summit")
    if rule_id is not None and (not RULE_ID.fullmatch(rule_id) or len(rule_id) > MAX_ID):
        slug = "-".join(re.findall(r"[a-z0-9]+", rule_id.lower())) or "second-summit"
        document.report(
            (*path, "id", VALUE),
            f"{rule_id[:MAX_ID]!r} is not a rule id: use lower-case letters, digits and hyphens",
            code="bad-id",
            suggestion=f"write {slug[:MAX_ID]}",
        )
    return rule_id


def _title(document: YamlDocument, path: Steps) -> str | None:
    title = _require(document, path, "title", "a line that says what the alert is about")
    if title is not None and (len(title) > MAX_TITLE or "\n" in title.strip()):
        document.report(
            (*path, "title", VALUE),
            f"a title is one line of at most {MAX_TITLE} characters",
            code="bad-title",
        )
    return title.strip() if title else None


def _severity(document: YamlDocument, path: Steps) -> Severity | None:
    names = "one of " + ", ".join(Severity)
    severity = _require(document, path, "severity", names)
    if severity is None or severity in list(Severity):
        return Severity(severity) if severity else None
    document.report(
        (*path, "severity", VALUE),
        f"{severity[:40]!r} is not a severity",
        code="bad-severity",
        suggestion=did_you_mean(severity.lower(), list(Severity)) or names,
    )
    return None


def _when(
    document: YamlDocument,
    path: Steps,
    vocabulary: Vocabulary | None,
    extra_check: ExpressionCheck | None,
) -> Node | None:
    expression = _require(document, path, "when", "for example when: trump AND kim")
    if expression is None:
        return None
    tree, findings = diagnose(expression, vocabulary)
    start = document.position((*path, "when", VALUE))
    if comment := find_cutting_comment(document.text, start, expression):
        _report(
            document,
            comment,
            "a comment for YAML: the expression ends before it",
            code="comment-cuts",
            suggestion="write comments above when:, and the expression after when: |",
            level="warning",
        )
    extra = extra_check(expression, tree) if extra_check and tree else ()
    for finding in (*findings, *extra):
        position = position_in_file(document.text, start, expression, finding.line, finding.column)
        _report(
            document,
            position,
            finding.message,
            code=finding.code,
            suggestion=finding.suggestion,
            level=finding.level,
        )
    return tree


def _report(
    document: YamlDocument, position: tuple[int, int], message: str, **attributes: Any
) -> None:
    """Report a problem inside an expression, at a line and column of the file."""
    marker: Steps = ("#when", *position)
    document.positions[marker] = position
    document.report(marker, message, **attributes)
