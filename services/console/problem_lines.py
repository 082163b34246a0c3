"""Problems of files that people edit: lines for people, and JSON objects."""

import sys
from collections.abc import Sequence
from typing import Final

from services.console.printing.json_lines import json_line
from shared.files.yaml_document import Problem

_FIELDS: Final = ("file", "rule", "line", "column", "level", "code", "message", "suggestion")


def print_problems(problems: Sequence[Problem], *, json_: bool) -> int:
    """Print each problem on standard output, and return the number of errors."""
    for problem in problems:
        sys.stdout.write((as_json(problem) if json_ else str(problem)) + "\n")
    return sum(problem.level == "error" for problem in problems)


def as_json(problem: Problem) -> str:
    """Return a problem as one line of JSON."""
    return json_line({name: getattr(problem, name) for name in _FIELDS})
