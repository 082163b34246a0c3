"""Articles for ``summitwire rules`` and ``actors propose``, tagged.

A path is a file or folder of texts and pages, which go through cleaner and tagger, or JSON lines:
messages of articles.tagged.v1, or articles as inputs.py reads them.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import msgspec

from services.alerting.explain.original import Original, parse_original
from services.cleaner.article_draft import ContentFormat
from services.cleaner.pipeline import build_draft
from services.cleaner.sign import sign
from services.console.errors import EXIT_USAGE, fail, say
from services.console.inputs.article_inputs import (
    FIELD_LIST,
    JSON_LINES_SUFFIXES,
    STANDARD_INPUT,
    ArticleReader,
    Place,
    UnusableInput,
    file_name,
    iter_lines,
    load_bytes,
    parse_json,
)
from services.console.inputs.input_tagging import UNDATED, tagged_from_input
from services.fetcher.seeds.seed_articles import iter_articles
from services.tagger.data.gazetteer import Gazetteer
from services.tagger.pipeline import tag
from shared.base.outcomes import Drop, InvalidMessage
from shared.files.yaml_document import Problem
from shared.messages.schemas import RawArticle, TaggedArticle

_FORMS: Final = (
    "write a message of articles.tagged.v1, a line of `summitwire tail articles.tagged.v1 --json`,"
    f" or {FIELD_LIST}"
)


@dataclass(frozen=True, slots=True)
class Article:
    """One article; ``name`` says where it comes from.

    ``text`` is the text or page that it was cleaned from, None if only the cleaned text is known.
    """

    name: str
    tagged: TaggedArticle
    text: str | None = None
    is_html: bool = False

    def original(self) -> Original | None:
        """Return the words of the text that the article was cleaned from."""
        return None if self.text is None else _original(self.text, self.is_html)


@lru_cache(maxsize=1)
def _original(text: str, is_html: bool) -> Original:
    """Parse the original once for all spans of an article."""
    return parse_original(text, is_html=is_html)


def require_paths(paths: Iterable[Path]) -> None:
    """Exit with 2 if a path does not exist; typer's own check would refuse ``-``."""
    missing = [
        f"{path}: is neither a file nor a folder"
        for path in paths
        if str(path) != STANDARD_INPUT and not path.exists()
    ]
    if missing:
        raise fail("\n".join(missing), EXIT_USAGE)


def require_one_source(
    paths: Collection[Path] | None, *, from_topic: bool, since: str | None, metavar: str
) -> None:
    """Exit with 2 unless either paths (``metavar`` in the usage) or the topic are given."""
    if bool(paths) == from_topic:
        raise fail(f"say either which articles ({metavar}) or --from-topic", EXIT_USAGE)
    if since and not from_topic:
        raise fail("--since goes with --from-topic", EXIT_USAGE)


def iter_readable_articles(paths: Iterable[Path], gazetteer: Gazetteer) -> Iterator[Article]:
    """Yield each article of the paths in order; print what is not one."""
    for item in iter_tagged_articles(paths, gazetteer):
        if isinstance(item, Problem):
            say(str(item))
        else:
            yield item


def iter_tagged_articles(
    paths: Iterable[Path], gazetteer: Gazetteer
) -> Iterator[Article | Problem]:
    """Yield each article of the paths in order, or why it is not one.

    JSON lines are known by the file's suffix; ``-`` reads JSON lines from standard input.
    """
    for path in paths:
        if str(path) == STANDARD_INPUT or path.suffix.lower() in JSON_LINES_SUFFIXES:
            yield from _iter_json_lines(path, gazetteer)
        else:
            for raw in iter_articles([path]):
                yield raw if isinstance(raw, Problem) else _clean_and_tag(raw, gazetteer)


def _clean_and_tag(raw: RawArticle, gazetteer: Gazetteer) -> Article | Problem:
    try:
        draft = build_draft(raw)
    except InvalidMessage as error:
        return Problem(raw.uri, 1, 1, str(error), code="unreadable")
    if isinstance(draft, Drop):
        return Problem(raw.uri, 1, 1, f"the cleaner drops it: {draft.reason}", code="dropped")
    is_html = draft.content_format == ContentFormat.HTML
    return Article(raw.uri, tag(sign(draft), gazetteer), draft.text, is_html)


def _iter_json_lines(path: Path, gazetteer: Gazetteer) -> Iterator[Article | Problem]:
    try:
        data = load_bytes(path)
    except UnusableInput as error:
        yield _to_problem(error, "unreadable")
        return
    reader = ArticleReader(file_name(path))
    for number, line in iter_lines(data):
        yield _tag_line(line, Place(reader.file, number), reader, gazetteer)


def _tag_line(
    line: bytes, place: Place, reader: ArticleReader, gazetteer: Gazetteer
) -> Article | Problem:
    try:
        value = parse_json(line, place)
    except UnusableInput as error:
        return _to_problem(error, "not-json")
    try:
        return Article(str(place), _to_tagged(value, place, reader, gazetteer))
    except UnusableInput as error:
        return _to_problem(error, "not-an-article")


def _to_tagged(
    value: object, place: Place, reader: ArticleReader, gazetteer: Gazetteer
) -> TaggedArticle:
    """Convert a message of the topic as it is; tag any other article."""
    message = value.get("value", value) if isinstance(value, dict) else value
    if not isinstance(message, dict) or "article" not in message:
        return tagged_from_input(reader.convert(message, place), gazetteer, UNDATED)
    try:
        return msgspec.convert(message, TaggedArticle, strict=True)
    except msgspec.ValidationError as error:
        raise UnusableInput(place, f"not an article: {error}; {_FORMS}") from error


def _to_problem(error: UnusableInput, code: str) -> Problem:
    place = error.place
    return Problem(place.file, place.line or 1, place.column or 1, error.reason, code=code)
