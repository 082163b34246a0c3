"""``summitwire try dups``: articles as JSON lines → groups of copies, without a broker."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final

import typer

from services.cleaner.stories.index import Stories
from services.console.inputs.article_inputs import ArticleInput, handle_articles
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

    def add(article: ArticleInput) -> None:
        published = article.published_at()
        articles.append(article)
        index.add(article.body or article.headline, published)

    exit_code = handle_articles(paths, add)
    for group in index.groups():
        copies = [articles[number] for number in group]
        sys.stdout.write(_as_json(copies) if json_ else _as_text(copies))
    if exit_code:
        raise typer.Exit(exit_code)


def _as_json(copies: Sequence[ArticleInput]) -> str:
    return json_line({"group": [copy.id for copy in copies]}) + "\n"


def _as_text(copies: Sequence[ArticleInput]) -> str:
    lines = (
        f"  {copy.id}  {copy.published or ''}  {(copy.headline or copy.body)[:_SHOWN_CHARACTERS]}"
        for copy in copies
    )
    return "\n".join([f"{len(copies)} copies", *lines, "", ""])
