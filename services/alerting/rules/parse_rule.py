"""One rule as it is written in a file: every field checked, every mistake reported at its place."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from services.alerting.language.check import ExpressionFinding, Vocabulary
from services.alerting.language.parsing.diagnose import diagnose
from services.alerting.language.tree import Node
from services.alerting.rules.fields import (
    Grouping,
    RuleTest,
    parse_destinations,
    parse_grouping,
    parse_tests,
    parse_threshold,
)
from services.alerting.rules.positions import position_in_file
from services.alerting.rules.shape import MAX_ID, MAX_TITLE, RULE_ID, RuleFields
from shared.files.yaml_document import VALUE, Steps, YamlDocument, did_you_mean
from shared.messages.schemas import Severity, Threshold

T = TypeVar("T")
ExpressionCheck = Callable[[str, Node], Iterable[ExpressionFinding]]
"""What is found in an expression beyond its mistakes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedRule:
    """A rule without a mistake."""

    id: str
    title: str
    severity: Severity
    tree: Node
    destinations: tuple[str, ...]
    threshold: Threshold | None
    owner: str | None
    group: Grouping
    tests: tuple[RuleTest, ...]
    at: tuple[int, int]


def parse_rule(
    document: YamlDocument,
    path: Steps,
    vocabulary: Vocabulary | None,
    look: ExpressionCheck | None = None,
) -> ParsedRule | None:
    """The rule at ``path``; None, and a problem for every mistake, where it has any. ``look`` may find more in an expression."""
    before = len(document.problems)
    if _merges(document, path) or document.convert(path, RuleFields) is None:
        return None
    rule_id, tree = _id(document, path), _when(document, path, vocabulary, look)
    title, severity = _title(document, path), _severity(document, path)
    sent_to, grouped, tried = (
        parse_destinations(document, path),
        parse_grouping(document, path),
        parse_tests(document, path),
    )
    owner, counted = _optional(document, path, "owner", str), parse_threshold(document, path)
    mistakes = [replace(problem, rule=rule_id or "") for problem in document.problems[before:]]
    document.problems[before:] = mistakes
    if any(problem.level == "error" for problem in mistakes) or not (
        rule_id and tree and title and severity
    ):
        return None
    return ParsedRule(
        id=rule_id,
        title=title,
        severity=severity,
        tree=tree,
        destinations=sent_to,
        threshold=counted,
        owner=owner,
        group=grouped,
        tests=tried,
        at=document.position((*path, "when")),
    )


def _required(document: YamlDocument, path: Steps, name: str, suggestion: str) -> str | None:
    """The text of a field; a problem where it is missing, empty or no text."""
    value = document.value_at((*path, name))
    if value is None and (*path, name) not in document.positions:
        document.report(
            path, f"the rule has no {name}", code="missing-field", suggestion=suggestion
        )
        return None
    if value is None and _is_told(document, (*path, name)):
        return None
    found = "" if value is None else document.convert((*path, name), str)
    if found is not None and not found.strip():
        document.report(
            (*path, name), f"{name} is empty", code="missing-field", suggestion=suggestion
        )
        return None
    return found


def _is_told(document: YamlDocument, path: Steps) -> bool:
    """Whether something is said already about what stands here: a value that YAML does not let through."""
    places = (document.position(path), document.position((*path, VALUE)))
    return any((problem.line, problem.column) in places for problem in document.problems)


def _merges(document: YamlDocument, path: Steps) -> bool:
    """Whether the rule takes fields from elsewhere, which is told; what else it lacks is then not worth telling."""
    value = document.value_at(path)
    if not isinstance(value, dict) or "<<" not in value:
        return False
    if not _is_told(document, (*path, "<<")):
        document.report(
            (*path, "<<"),
            "a rule takes no fields from elsewhere",
            code="unknown-field",
            suggestion="write the fields out",
        )
    return True


def _optional(document: YamlDocument, path: Steps, name: str, type_: type[T]) -> T | None:
    return (
        None if document.value_at((*path, name)) is None else document.convert((*path, name), type_)
    )


def _id(document: YamlDocument, path: Steps) -> str | None:
    found = _required(document, path, "id", "for example id: second-summit")
    if found is not None and (not RULE_ID.fullmatch(found) or len(found) > MAX_ID):
        suggestion = (
            "write "
            + ("-".join(re.findall(r"[a-z0-9]+", found.lower())) or "second-summit")[:MAX_ID]
        )
        document.report(
            (*path, "id", VALUE),
            f"{found[:MAX_ID]!r} is no rule id: small letters, digits and hyphens",
            code="bad-id",
            suggestion=suggestion,
        )
    return found


def _title(document: YamlDocument, path: Steps) -> str | None:
    found = _required(document, path, "title", "a line that says what the alert is about")
    if found is not None and (len(found) > MAX_TITLE or "\n" in found.strip()):
        document.report(
            (*path, "title", VALUE),
            f"a title is one line of at most {MAX_TITLE} characters",
            code="bad-title",
        )
    return found.strip() if found else None


def _severity(document: YamlDocument, path: Steps) -> Severity | None:
    found = _required(document, path, "severity", "one of " + ", ".join(Severity))
    if found is None or found in list(Severity):
        return Severity(found) if found else None
    suggestion = did_you_mean(found.lower(), list(Severity)) or "one of " + ", ".join(Severity)
    document.report(
        (*path, "severity", VALUE),
        f"{found[:40]!r} is no severity",
        code="bad-severity",
        suggestion=suggestion,
    )
    return None


def _when(
    document: YamlDocument, path: Steps, vocabulary: Vocabulary | None, look: ExpressionCheck | None
) -> Node | None:
    expression = _required(document, path, "when", "for example when: trump AND kim")
    if expression is None:
        return None
    tree, findings = diagnose(expression, vocabulary)
    start = document.position((*path, "when", VALUE))
    for finding in (*findings, *(look(expression, tree) if look and tree else ())):
        place = position_in_file(document.text, start, expression, finding.line, finding.column)
        _report(
            document,
            place,
            finding.message,
            code=finding.code,
            suggestion=finding.suggestion,
            level=finding.level,
        )
    return tree


def _report(document: YamlDocument, place: tuple[int, int], message: str, **more: Any) -> None:
    marker: Steps = ("#when", *place)
    document.positions[marker] = place
    document.report(marker, message, **more)
