"""``summitwire actors check``: mistakes in the files of people, offices and countries."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from services.console.errors import EXIT_BAD, say
from services.console.options import ACTORS, KEYWORDS, JsonLines, KeywordsFolder
from services.console.printing.plurals import count_of
from services.console.problem_lines import print_problems
from services.tagger.data.lint_entries import compare, lint
from services.tagger.data.loader import load_folders
from services.tagger.offices.terms import describe_expired_offices

Folder = Annotated[
    Path,
    typer.Argument(
        metavar="FOLDER",
        exists=True,
        file_okay=False,
        help="Files of actors.",
        show_default="seeds/actors",
    ),
]
Against = Annotated[
    Path | None,
    typer.Option(
        "--against",
        exists=True,
        file_okay=False,
        help="An older folder: ids that it has and the new one has not are errors.",
    ),
]


def check(
    folder: Folder = ACTORS,
    keywords: KeywordsFolder = KEYWORDS,
    against: Against = None,
    json_: JsonLines = False,
) -> None:
    """Report every mistake in the data, and how to fix it; exit 1 if there is an error.

    Example: summitwire actors check seeds/actors --json
    """
    folders = load_folders(folder, keywords)
    lint(folders)
    if against:
        compare(folders, load_folders(against, keywords))
    problems = sorted(problem for document in folders.documents for problem in document.problems)
    errors = print_problems(problems, json_=json_)
    entries = folders.located
    say(
        f"{count_of(errors, 'error')}, {count_of(len(problems) - errors, 'warning')} in "
        f"{count_of(len(entries.actors), 'person', plural='people')} and "
        f"{count_of(len(entries.offices), 'office')}"
    )
    offices = [located.entry for located in entries.offices]
    if expired := describe_expired_offices(offices, datetime.now(UTC).date()):
        say(expired)
    if errors:
        raise typer.Exit(EXIT_BAD)
