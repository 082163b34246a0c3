"""What backtests and the like work on: files or the whole topic, and the routes of messages."""

from pathlib import Path
from typing import Annotated

import typer

from services.alerting.routes.parse_routes import load_routes
from services.alerting.routes.routes import Routes
from services.console.errors import EXIT_BAD, fail
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


def load_chosen_routes(path: Path | None) -> Routes:
    """Load the file of routes, if there is one; if it has mistakes, print them and exit with 1."""
    if path is None:
        return Routes()
    try:
        return load_routes(path)
    except DocumentError as error:
        raise fail(f"{error}\nfix the routes first", EXIT_BAD) from None
