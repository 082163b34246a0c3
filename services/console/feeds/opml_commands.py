"""``summitwire feeds import`` and ``export``: lists of feeds of other programs."""

import re
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Final

import typer
import yaml

from services.console.errors import EXIT_BAD, EXIT_USAGE, fail, say
from services.console.feeds.states import default_feeds_file
from services.console.options import JsonLines
from services.console.printing.json_lines import json_line
from services.console.printing.plurals import count_of
from services.fetcher.sources import feeds_file
from services.fetcher.sources.feeds_file import FeedSpec, parse_feeds
from services.fetcher.sources.opml import OpmlFeed, read_opml, write_opml
from shared.base.outcomes import InvalidMessage
from shared.files import yaml_document
from shared.files.yaml_document import DocumentError, YamlDocument

MAX_BYTES: Final = 8 * 1024 * 1024
_FIRST_FEED: Final = re.compile(
    r"^feeds:[ \t]*(?:#[^\n]*)?\n(?:[ \t]*(?:#[^\n]*)?\n)*([ ]*)- ", re.MULTILINE
)

OpmlFile = Annotated[
    Path, typer.Argument(help="A list that another reader exported.", metavar="FILE.opml")
]
FeedsFile = Annotated[
    Path | None,
    typer.Argument(help="A file of feeds.", show_default="FEEDS_FILE, or seeds/feeds.yaml"),
]
Append = Annotated[
    Path | None,
    typer.Option("--append", metavar="FEEDS.yaml", help="Add the new ones to this file of feeds."),
]


def import_(
    file: OpmlFile,
    append: Append = None,
    disabled: Annotated[
        bool, typer.Option("--disabled", help="With `enabled: false`, to be tried first.")
    ] = False,
    json_: JsonLines = False,
) -> None:
    """Turn an OPML list into feeds, print them, or add them to a file of feeds.

    A feed's source is the name of its host. Feeds that the file lists already are left out; folders
    of the list are not kept. Exit 1 if some could not be taken over.
    """
    try:
        listed = read_opml(_read(file))
    except InvalidMessage as error:
        raise fail(f"{file}: {error}", EXIT_BAD) from None
    present = {feed.url for feed in feeds_file.load(append)} if append else set[str]()
    rows = [_to_row(feed, disabled=disabled) for feed in listed.feeds if feed.url not in present]
    if append:
        _append(append, rows)
    elif json_:
        for row in rows:
            typer.echo(json_line(row))
    else:
        typer.echo(_to_yaml(rows, indent=2) if rows else "feeds: []")
    for problem in listed.problems:
        say(f"{file}: {problem}")
    known = f", {len(listed.feeds) - len(rows)} listed already" if append else ""
    say(f"{append or file}: {count_of(len(rows), 'new feed')}{known}")
    if listed.problems:
        raise typer.Exit(EXIT_BAD)


def export(
    file: FeedsFile = None,
    opml: Annotated[
        bool, typer.Option("--opml/--json", help="OPML 2.0, or one JSON object a line.")
    ] = True,
) -> None:
    """Print the feeds of a file as OPML, which other feed readers import.

    Headers and tokens are left out; an address that holds a key is printed whole. A feed that is
    not enabled is a comment (isComment).
    """
    path = Path(file or default_feeds_file())
    feeds = feeds_file.load(path)
    if opml:
        typer.echo(write_opml(feeds, "summitwire"), nl=False)
        return
    for feed in feeds:
        typer.echo(json_line(_export_row(feed)))


def _export_row(feed: FeedSpec) -> dict[str, Any]:
    return {
        "url": feed.url,
        "source": feed.source,
        "name": feed.name,
        "language": feed.language,
        "enabled": feed.enabled,
    }


def _read(file: Path) -> bytes:
    with file.open("rb") as stream:
        content = stream.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise InvalidMessage(f"larger than {MAX_BYTES} bytes")
    return content


def _to_row(feed: OpmlFeed, *, disabled: bool) -> dict[str, Any]:
    """Return the feed as the file of feeds has it, without what is the default there."""
    row: dict[str, Any] = {"url": feed.url, "source": feed.source}
    if feed.name:
        row["name"] = feed.name
    if feed.language:
        row["language"] = feed.language
    if disabled or not feed.enabled:
        row["enabled"] = False
    return row


def _to_yaml(rows: Iterable[dict[str, Any]], indent: int) -> str:
    return "feeds:\n" + _to_items(rows, indent)


def _to_items(rows: Iterable[dict[str, Any]], indent: int) -> str:
    """Return YAML list items, indented by so many spaces."""
    dumped = yaml.safe_dump(list(rows), sort_keys=False, allow_unicode=True, width=10_000)
    return "".join(f"{' ' * indent}{line}\n" for line in dumped.splitlines()).rstrip("\n")


def _append(path: Path, rows: list[dict[str, Any]]) -> None:
    """Add the feeds at the end of a file; what stands there stays as it is."""
    before = path.read_text("utf-8")
    first = _FIRST_FEED.search(before)
    if first is None and rows:
        message = "its feeds are no list with one `- url: …` a line, so none can be added"
        raise fail(f"{path}: {message}", EXIT_USAGE)
    if first is None or not rows:
        return
    after = f"{before.rstrip()}\n{_to_items(rows, len(first[1]))}\n"
    document = yaml_document.parse(after, YamlDocument(str(path), None, []))
    count = len(parse_feeds(document))
    errors = [problem for problem in document.problems if problem.level == "error"]
    if errors:
        raise DocumentError(errors)
    if count != len(feeds_file.load(path)) + len(rows):
        raise fail(f"{path}: something stands below its feeds: put them last", EXIT_USAGE)
    _replace(path, after)


def _replace(path: Path, text: str) -> None:
    """Write the file at once, so that a running fetcher never reads half of it."""
    target = path.resolve()
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", dir=target.parent, prefix=f".{target.name}.", delete=False
    ) as file:
        file.write(text)
    try:
        Path(file.name).chmod(target.stat().st_mode & 0o777)
        Path(file.name).replace(target)
    except OSError:
        Path(file.name).unlink()
        raise
