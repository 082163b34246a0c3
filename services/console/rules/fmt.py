"""``summitwire rules fmt``: expressions in canonical form, in their files or alone."""

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final

import typer

from services.alerting.language.errors import LanguageError
from services.alerting.language.format import format as canonical
from services.alerting.language.parsing.parse import parse
from services.alerting.rules.formatting import format_rule_file
from services.alerting.rules.rule_set import find_rule_problems, rule_files
from services.console.errors import EXIT_BAD, EXIT_USAGE, fail, say
from shared.files.yaml_document import YAML_SUFFIXES

EXPRESSION: Final = "<expr>"

Given = Annotated[
    list[str],
    typer.Argument(
        metavar="FILE…|EXPRESSION", help="Rule files, folders of them, or one expression."
    ),
]
Check = Annotated[
    bool, typer.Option("--check", help="Change nothing; exit 1 if a file would change.")
]
Stdout = Annotated[
    bool, typer.Option("--stdout", help="Print the result in place of writing the files.")
]


def fmt(given: Given, check: Check = False, stdout: Stdout = False) -> None:
    """Write the expressions of rule files in canonical form, every other byte as it is; or print that of one expression.

    Exit 1 if a file has a mistake (it is left as it is) or, with --check, would change.

    Example: summitwire rules fmt seeds/rules --check
    """
    paths = [Path(name) for name in given]
    if len(paths) == 1 and not paths[0].exists() and paths[0].suffix not in YAML_SUFFIXES:
        _print_expression(given[0])
        return
    if missing := [str(path) for path in paths if not path.exists()]:
        raise fail(f"{', '.join(missing)}: neither a file nor a folder", EXIT_USAGE)
    done = [_format(path, check=check, stdout=stdout) for path in _files(paths)]
    say(
        f"{sum(changed is True for changed in done)} of {len(done)} files {'would change' if check or stdout else 'changed'}"
    )
    if None in done or (check and any(done)):
        raise typer.Exit(EXIT_BAD)


def _print_expression(expression: str) -> None:
    try:
        sys.stdout.write(canonical(parse(expression)) + "\n")
    except LanguageError as error:
        raise fail(f"{EXPRESSION}:{error}", EXIT_BAD) from None


def _files(paths: Sequence[Path]) -> list[Path]:
    return [file for path in paths for file in (rule_files(path) if path.is_dir() else (path,))]


def _format(path: Path, *, check: bool, stdout: bool) -> bool | None:
    """Whether the file was not in canonical form; None, and its mistakes told, where it has any."""
    if wrong := [problem for problem in find_rule_problems((path,)) if problem.level == "error"]:
        for problem in wrong:
            say(str(problem))
        return None
    text = path.read_bytes().decode()
    new = format_rule_file(text)
    if stdout:
        sys.stdout.write(new)
    elif check and new != text:
        sys.stdout.write(f"{path}\n")
    elif new != text:
        _replace(path.resolve(), new)
        sys.stdout.write(f"{path}\n")
    return new != text


def _replace(path: Path, text: str) -> None:
    """In one step, so that a service that reads the file meanwhile finds the old or the new one."""
    beside = path.with_name(f".{path.name}.new")
    beside.write_bytes(text.encode())
    shutil.copymode(path, beside)
    beside.replace(path)
