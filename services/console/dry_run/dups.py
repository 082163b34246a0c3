"""``summitwire try dups``: articles as JSON lines into stories, without a broker."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

import msgspec
import orjson
import typer

from services.cleaner.stories.index import Stories
from services.console.dry_run.tag import STANDARD_INPUT, Unusable
from services.console.errors import EXIT_USAGE, say

_SHOWN: Final = 80

Paths = Annotated[
    list[Path],
    typer.Argument(
        metavar="PATH…", help="JSON lines with id, title, body, published; - is standard input."
    ),
]
Json = Annotated[bool, typer.Option("--json", help="One JSON object a story on standard output.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """An article as it is handed in; ``published`` is for the reader only."""

    id: str | int
    title: str = ""
    body: str = ""
    published: str | None = None


def try_dups(paths: Paths, json_: Json = False) -> None:
    """Find the articles that are copies of one another: reprints, excerpts, edited versions; not the same form with other figures.

    Example: summitwire try dups --json articles.jsonl
    """
    stories, articles = Stories(), []
    try:
        for path in paths:
            for article in _articles(path):
                articles.append(article)
                stories.add(article.body or article.title)
    except Unusable as error:
        say(str(error))
        raise typer.Exit(EXIT_USAGE) from error
    for group in stories.groups():
        members = [articles[number] for number in group]
        sys.stdout.write(
            orjson.dumps({"group": [member.id for member in members]}).decode() + "\n"
            if json_
            else _shown(members)
        )


def _shown(members: list[Given]) -> str:
    lines = (
        f"  {member.id}  {member.published or ''}  {(member.title or member.body)[:_SHOWN]}"
        for member in members
    )
    return "\n".join([f"{len(members)} copies", *lines, "", ""])


def _articles(path: Path) -> Iterator[Given]:
    try:
        lines = sys.stdin.buffer.read() if str(path) == STANDARD_INPUT else path.read_bytes()
    except OSError as error:
        raise Unusable(f"{path}: cannot be read: {error.strerror}") from error
    for number, line in enumerate(lines.splitlines(), start=1):
        if line.strip():
            try:
                yield msgspec.convert(orjson.loads(line), Given)
            except (orjson.JSONDecodeError, msgspec.ValidationError) as error:
                raise Unusable(
                    f"{path}:{number}: an article as one JSON object is expected: {error}"
                ) from error
