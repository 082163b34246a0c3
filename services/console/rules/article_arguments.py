"""What backtests and the like work on: files or the whole topic, and the routes of messages."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from services.alerting.routes.parse_routes import load_routes
from services.alerting.routes.routes import Routes
from services.alerting.rules.fields import read_budget
from services.console.errors import EXIT_BAD, EXIT_USAGE, fail
from shared.files.yaml_document import DocumentError
from shared.kafka.topics import ARTICLES_TAGGED

ArticlePaths = Annotated[
    list[Path] | None, typer.Argument(metavar="ARTICLES…", help="Files, folders, JSON lines.")
]
FromTaggedTopic = Annotated[
    bool,
    typer.Option(
        "--from-topic",
        help=f"Every article that {ARTICLES_TAGGED.name} still holds, instead of files.",
    ),
]
RoutesOption = Annotated[
    Path | None,
    typer.Option(
        "--routes",
        exists=True,
        envvar="ROUTES_FILE",
        help="The file of routes that messages take.",
        show_default="none",
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredArticles:
    """Where to measure: ``paths``, or the topic if there are none, and the routes of messages."""

    paths: Sequence[Path]
    since: str | None
    routes: Routes


def parse_budget(text: str | None) -> int | None:
    """Return the messages a day of ``50/day``; exit with 2 if it is something else."""
    if text is None:
        return None
    budget = read_budget(text)
    if budget is None:
        raise fail(f"invalid budget {text!r}: write 50/day", EXIT_USAGE)
    return budget


def load_chosen_routes(path: Path | None) -> Routes:
    """Load the file of routes, if there is one; if it has mistakes, print them and exit with 1."""
    if path is None:
        return Routes()
    try:
        return load_routes(path)
    except DocumentError as error:
        raise fail(f"{error}\nfix the routes first", EXIT_BAD) from None
