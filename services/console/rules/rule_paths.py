"""Rule files from arguments and options: files, and folders of them."""

from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import Annotated

import typer

from services.alerting.rules.rule_set import rule_files
from services.console.options import RULES

RuleFileArguments = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="FILE…",
        exists=True,
        help="Rule files or folders of them.",
        show_default="seeds/rules",
    ),
]


def rule_paths(paths: Sequence[Path] | None) -> tuple[Path, ...]:
    """Return the rule files of these files and folders; by default the project's own."""
    chosen = paths or [_project_rules()]
    return tuple(
        chain.from_iterable(rule_files(path) if path.is_dir() else (path,) for path in chosen)
    )


def _project_rules() -> Path:
    """Return the project's rules, as a short path if the command runs inside the project."""
    return RULES.relative_to(Path.cwd()) if RULES.is_relative_to(Path.cwd()) else RULES
