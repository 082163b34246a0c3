"""One rule as it is written in a file: every field checked, every mistake reported at its place."""

import re
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

from services.alerting.language.check import Vocabulary, check
from services.alerting.language.errors import LanguageError
from services.alerting.language.parse import parse
from services.alerting.language.tree import Node
from services.alerting.rule_fields import Group, RuleTest, destinations, group, tests, threshold
from services.alerting.when_place import in_file
from shared.documents import VALUE, Document, Steps, did_you_mean
from shared.schemas import Severity, Threshold

T = TypeVar("T")

_ID: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_MAX_ID: Final = 80
_MAX_TITLE: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A rule without a mistake."""

    id: str
    title: str
    severity: Severity
    tree: Node
    destinations: tuple[str, ...]
    threshold: Threshold | None
    owner: str | None
    group: Group
    tests: tuple[RuleTest, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fields:
    """The fields of a rule; each one is converted by itself, so that each one's mistake is told."""

    id: Any = None
    title: Any = None
    severity: Any = None
    owner: Any = None
    when: Any = None
    threshold: Any = None
    group: Any = None
    notify: Any = None
    tests: Any = None


def read_rule(document: Document, path: Steps, text: str, vocabulary: Vocabulary | None) -> Written | None:
    """The rule at ``path``; None, and a problem for every mistake, where it has any. ``text`` is the file's, for places inside ``when``."""
    before = len(document.problems)
    if document.convert(path, _Fields) is None:
        return None
    rule_id, tree = _id(document, path), _when(document, path, text, vocabulary)
    title, severity = _title(document, path), _severity(document, path)
    sent_to, grouped, tried = destinations(document, path), group(document, path), tests(document, path)
    owner, counted = _optional(document, path, "owner", str), threshold(document, path)
    mistakes = [replace(problem, rule=rule_id or "") for problem in document.problems[before:]]
    document.problems[before:] = mistakes
    if any(problem.level == "error" for problem in mistakes) or not (rule_id and tree and title and severity):
        return None
    return Written(
        id=rule_id,
        title=title,
        severity=severity,
        tree=tree,
        destinations=sent_to,
        threshold=counted,
        owner=owner,
        group=grouped,
        tests=tried,
    )


def _required(document: Document, path: Steps, name: str, suggestion: str) -> str | None:
    """The text of a field; a problem where it is missing, empty or no text."""
    value = document.at((*path, name))
    if value is None:
        document.report(path, f"the rule has no {name}", code="missing-field", suggestion=suggestion)
        return None
    found = document.convert((*path, name), str)
    if found is not None and not found.strip():
        document.report((*path, name), f"{name} is empty", code="missing-field", suggestion=suggestion)
        return None
    return found


def _optional(document: Document, path: Steps, name: str, type_: type[T]) -> T | None:
    return None if document.at((*path, name)) is None else document.convert((*path, name), type_)


def _id(document: Document, path: Steps) -> str | None:
    found = _required(document, path, "id", "for example id: second-summit")
    if found is not None and (not _ID.fullmatch(found) or len(found) > _MAX_ID):
        suggestion = "write " + ("-".join(re.findall(r"[a-z0-9]+", found.lower())) or "second-summit")[:_MAX_ID]
        document.report(
            (*path, "id", VALUE), f"{found[:_MAX_ID]!r} is no rule id: small letters, digits and hyphens", code="bad-id", suggestion=suggestion
        )
    return found


def _title(document: Document, path: Steps) -> str | None:
    found = _required(document, path, "title", "a line that says what the alert is about")
    if found is not None and (len(found) > _MAX_TITLE or "\n" in found.strip()):
        document.report((*path, "title", VALUE), f"a title is one line of at most {_MAX_TITLE} characters", code="bad-title")
    return found.strip() if found else None


def _severity(document: Document, path: Steps) -> Severity | None:
    found = _required(document, path, "severity", "one of " + ", ".join(Severity))
    if found is None or found in list(Severity):
        return Severity(found) if found else None
    suggestion = did_you_mean(found.lower(), list(Severity)) or "one of " + ", ".join(Severity)
    document.report((*path, "severity", VALUE), f"{found[:40]!r} is no severity", code="bad-severity", suggestion=suggestion)
    return None


def _when(document: Document, path: Steps, text: str, vocabulary: Vocabulary | None) -> Node | None:
    expression = _required(document, path, "when", "for example when: trump AND kim")
    if expression is None:
        return None
    start = document.where((*path, "when", VALUE))
    try:
        tree = parse(expression)
    except LanguageError as error:
        _report(document, in_file(text, start, expression, error.line, error.column), error.message, code=error.code, suggestion=error.suggestion)
        return None
    for finding in check(expression, tree, vocabulary):
        place = in_file(text, start, expression, finding.line, finding.column)
        _report(document, place, finding.message, code=finding.code, suggestion=finding.suggestion, level=finding.level)
    return tree


def _report(document: Document, place: tuple[int, int], message: str, **more: Any) -> None:
    marker: Steps = ("#when", *place)
    document.positions[marker] = place
    document.report(marker, message, **more)
