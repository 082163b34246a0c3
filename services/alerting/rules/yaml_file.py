"""Load a rule file as YAML so that one broken rule does not hide the others."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Final

from shared.files.yaml_document import Problem, YamlDocument, load, parse

_MAX_BROKEN: Final = 20
"""Broken rules per file: each one means parsing the file again."""
_ITEM: Final = re.compile(r"( *)-(?= |$)")


def load_rule_document(path: Path) -> YamlDocument:
    """Load the file without the rules that are not valid YAML; those become problems."""
    document = load(path)
    broken: list[Problem] = []
    while (problem := _yaml_error(document)) and len(broken) < _MAX_BROKEN:
        lines = document.text.split("\n")
        broken.append(_with_hint(problem, lines))
        bad = _bad_lines(lines, problem)
        if bad is None:
            return replace(document, problems=broken)
        blank = [*lines[: bad.start], *[""] * len(bad), *lines[bad.stop :]]
        document = parse("\n".join(blank), YamlDocument(document.file, None, []))
    if broken and not _has_rules(document):
        return replace(document, data=None, problems=broken)
    document.problems[:0] = broken
    return document


def _has_rules(document: YamlDocument) -> bool:
    return document.data is not None and document.data != {"rules": None}


def _yaml_error(document: YamlDocument) -> Problem | None:
    """Return the problem that stopped YAML, None if the file was parsed."""
    if document.data is not None:
        return None
    return next((problem for problem in document.problems if problem.code == "yaml"), None)


def _bad_lines(lines: list[str], problem: Problem) -> range | None:
    """Return the lines to leave out: a second document, or the rule with the error.

    None if neither can be determined.
    """
    if "second document" in problem.message:
        return range(problem.line - 1, len(lines))
    return _rule_lines(lines, problem.line - 1)


def _rule_lines(lines: list[str], line: int) -> range | None:
    """Return the lines of the item, in the outermost list, that ``line`` belongs to, if any."""
    items = [
        (number, match[1]) for number, text in enumerate(lines) if (match := _ITEM.match(text))
    ]
    starts = [number for number, indent in items if indent == items[0][1]]
    start = max((number for number in starts if number <= line), default=None)
    if start is None:
        return None
    return range(start, next((number for number in starts if number > start), len(lines)))


def _with_hint(problem: Problem, lines: list[str]) -> Problem:
    """Suggest the block form if YAML stopped at something like ``when: "a b" AND c``."""
    line = lines[problem.line - 1] if problem.line <= len(lines) else ""
    if not line.lstrip(" -").startswith("when:"):
        return problem
    return replace(problem, suggestion="write the expression on the lines after when: |")
