"""Problems of files that people edit, as lines for people or objects for programs."""

import sys
from collections.abc import Sequence

import orjson

from shared.files.yaml_document import Problem

_FIELDS = ("file", "rule", "line", "column", "level", "code", "message", "suggestion")


def print_problems(problems: Sequence[Problem], *, json_: bool) -> int:
    """Print each problem on standard output, and give the number of errors."""
    for problem in problems:
        sys.stdout.write((as_json(problem) if json_ else str(problem)) + "\n")
    return sum(problem.level == "error" for problem in problems)


def as_json(problem: Problem) -> str:
    """One problem as one line of JSON."""
    return orjson.dumps({name: getattr(problem, name) for name in _FIELDS}).decode()
