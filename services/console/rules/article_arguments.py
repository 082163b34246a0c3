"""The articles that ``rules backtest`` and ``rules missed`` read: files, or the whole topic."""

from pathlib import Path
from typing import Annotated

import typer

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
