"""``summitwire try dups``: articles as JSON lines → groups of copies, without a broker."""

import sys
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import Annotated, Final

import typer

from services.cleaner.stories.index import Stories
from services.console.errors import EXIT_USAGE, fail
from services.console.inputs import ArticleInput, UnusableInput, iter_articles
from services.console.options import JsonLines
from services.console.printing.json_lines import json_line

_SHOWN_CHARACTERS: Final = 80

Paths = Annotated[
    list[Path],
    typer.Argument(
        metavar="PATH…",
        help="JSON lines with id, headline, body, published; - is standard input.",
    ),
]


def try_dups(paths: Paths, json_: JsonLines = False) -> None:
    """Find articles that are copies of one another: reprints, excerpts, edited versions.

    The same form with other figures, such as a weather report, is not a copy.

    Nor is a text that denies what the other says, or that is 30 days younger.

    Example: summitwire try dups --json articles.jsonl
    """
    index, articles = Stories(), list[ArticleInput]()
    try:
        for article in chain.from_iterable(map(iter_articles, paths)):
            articles.append(article)
            index.add(article.body or article.headline, article.published_at())
    except UnusableInput as error:
        raise fail(str(error), EXIT_USAGE) from error
    for group in index.groups():
        copies = [articles[number] for number in group]
        sys.stdout.write(_as_json(copies) if json_ else _as_text(copies))


def _as_json(copies: Sequence[ArticleInput]) -> str:
    return json_line({"group": [copy.id for copy in copies]}) + "\n"


def _as_text(copies: Sequence[ArticleInput]) -> str:
    lines = (
        f"  {copy.id}  {copy.published or ''}  {(copy.headline or copy.body)[:_SHOWN_CHARACTERS]}"
        for copy in copies
    )
    return "\n".join([f"{len(copies)} copies", *lines, "", ""])
