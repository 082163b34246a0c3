"""A file of rules as YAML: where one rule is no YAML, its mistake is told and the other rules are read all the same."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Final

from shared.files.yaml_document import Problem, YamlDocument, load, parse

_MAX_BROKEN: Final = 20
"""Rules that are no YAML, of one file: each one means reading the file again."""
_ITEM: Final = re.compile(r"( *)-(?= |$)")


def load_rule_document(path: Path) -> YamlDocument:
    """The file without the rules that YAML stops at; those are problems of the document."""
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
    if broken and not _holds_rules(document):
        return replace(document, data=None, problems=broken)
    document.problems[:0] = broken
    return document


def _holds_rules(document: YamlDocument) -> bool:
    return document.data is not None and document.data != {"rules": None}


def _yaml_error(document: YamlDocument) -> Problem | None:
    """What stopped YAML from reading the file."""
    return next(
        (
            problem
            for problem in document.problems
            if document.data is None and problem.code == "yaml"
        ),
        None,
    )


def _bad_lines(lines: list[str], problem: Problem) -> range | None:
    """What to leave out: a second document, or the rule that holds the mistake; None where neither can be told."""
    if "second document" in problem.message:
        return range(problem.line - 1, len(lines))
    return _rule_at(lines, problem.line - 1)


def _rule_at(lines: list[str], line: int) -> range | None:
    """The lines of the list item, of the outermost list, that the line belongs to; None where there is no such list."""
    outermost = next((found[1] for one in lines if (found := _ITEM.match(one))), None)
    starts = [
        number
        for number, one in enumerate(lines)
        if (found := _ITEM.match(one)) and found[1] == outermost
    ]
    start = max((number for number in starts if number <= line), default=None)
    return (
        None
        if start is None
        else range(start, next((number for number in starts if number > start), len(lines)))
    )


def _with_hint(problem: Problem, lines: list[str]) -> Problem:
    """Where YAML stops at ``when: "a b" AND c``, how to write it."""
    line = lines[problem.line - 1] if problem.line <= len(lines) else ""
    return (
        replace(problem, suggestion="write the expression on the lines after when: |")
        if line.lstrip(" -").startswith("when:")
        else problem
    )
