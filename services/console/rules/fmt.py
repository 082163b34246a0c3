"""``summitwire rules fmt``: expressions in canonical form, in their files or alone."""

import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer

from services.alerting.backtest.trial_rule import EXPRESSION_FILE
from services.alerting.language.errors import LanguageError
from services.alerting.language.format import format as canonical
from services.alerting.language.parsing.parse import parse
from services.alerting.rules.formatting import format_rule_file
from services.alerting.rules.rule_set import find_rule_problems
from services.console.errors import EXIT_BAD, EXIT_USAGE, fail, say
from services.console.printing.plurals import count_of
from services.console.rules.names_in_rules import names_in, names_in_files
from services.console.rules.rule_paths import rule_paths
from shared.files.yaml_document import YAML_SUFFIXES

Arguments = Annotated[
    list[str],
    typer.Argument(
        metavar="FILE…|EXPRESSION", help="Rule files, folders of them, or one expression."
    ),
]
Check = Annotated[
    bool, typer.Option("--check", help="Change nothing; exit 1 if a file would change.")
]
Stdout = Annotated[
    bool, typer.Option("--stdout", help="Print the result instead of writing the files.")
]


def fmt(arguments: Arguments, check: Check = False, stdout: Stdout = False) -> None:
    """Rewrite the expressions of rule files in canonical form, or print one in it.

    Everything else in a file stays as it is, byte for byte. Exit 1 if a file has a mistake (it is
    not changed) or, with --check, would change.

    Example: summitwire rules fmt seeds/rules --check
    """
    paths = [Path(name) for name in arguments]
    if len(paths) == 1 and not paths[0].exists() and paths[0].suffix not in YAML_SUFFIXES:
        _print_expression(arguments[0])
        return
    if missing := [str(path) for path in paths if not path.exists()]:
        raise fail(f"{', '.join(missing)}: neither a file nor a folder", EXIT_USAGE)
    changes = [_format(path, check=check, stdout=stdout) for path in rule_paths(paths)]
    verb = "would change" if check or stdout else "changed"
    say(f"{sum(change is True for change in changes)} of {count_of(len(changes), 'file')} {verb}")
    if None in changes or (check and any(changes)):
        raise typer.Exit(EXIT_BAD)


def _print_expression(expression: str) -> None:
    try:
        sys.stdout.write(canonical(parse(expression, names_in([expression]))) + "\n")
    except LanguageError as error:
        raise fail(f"{EXPRESSION_FILE}:{error}", EXIT_BAD) from None


def _format(path: Path, *, check: bool, stdout: bool) -> bool | None:
    """Return whether the file changes; None, with its mistakes printed, if it has any."""
    vocabulary = names_in_files([path])
    problems = find_rule_problems((path,), vocabulary)
    errors = [problem for problem in problems if problem.level == "error"]
    if errors:
        for problem in errors:
            say(str(problem))
        return None
    text = path.read_bytes().decode()
    new_text = format_rule_file(text, vocabulary)
    if stdout:
        sys.stdout.write(new_text)
    elif check and new_text != text:
        sys.stdout.write(f"{path}\n")
    elif new_text != text:
        _replace(path.resolve(), new_text)
        sys.stdout.write(f"{path}\n")
    return new_text != text


def _replace(path: Path, text: str) -> None:
    """Write in one step: a service that reads meanwhile finds the old file or the new one."""
    temporary = path.with_name(f".{path.name}.new")
    temporary.write_bytes(text.encode())
    shutil.copymode(path, temporary)
    temporary.replace(path)
