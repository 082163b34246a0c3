"""The articles that ``summitwire rules`` is asked about: files and folders through cleaner and tagger, or JSON lines of tagged articles."""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import msgspec
import orjson

from services.alerting.explain.original import Original, parse_original
from services.alerting.rules.fields import InlineArticle
from services.cleaner.article_draft import ContentFormat
from services.cleaner.pipeline import build_draft
from services.cleaner.sign import sign
from services.cleaner.text.language import detect_language
from services.console.dry_run.match import Given, moment
from services.console.dry_run.tag import STANDARD_INPUT, Unusable
from services.console.errors import EXIT_USAGE, fail
from services.console.inline_tags import tagged_as_given
from services.console.rules.embedded_rule_tests import to_clean_article
from services.fetcher.seeds import iter_articles
from services.tagger.data.gazetteer import Gazetteer
from services.tagger.pipeline import tag
from shared.base.outcomes import Drop, InvalidMessage
from shared.files.yaml_document import Problem
from shared.messages.schemas import RawArticle, TaggedArticle

JSON_LINES: Final = frozenset({".jsonl", ".ndjson", ".json"})


@dataclass(frozen=True, slots=True)
class Article:
    """One article: ``name`` says where it came from; ``text`` is what it was cleaned from, None where only the cleaned text is known."""

    name: str
    tagged: TaggedArticle
    text: str | None = None
    is_html: bool = False

    def original(self) -> Original | None:
        """The words of the text that it was cleaned from."""
        return None if self.text is None else _original(self.text, self.is_html)


@lru_cache(maxsize=1)
def _original(text: str, is_html: bool) -> Original:
    """Read once for all the stretches of an article."""
    return parse_original(text, is_html=is_html)


def require_paths(paths: Iterable[Path]) -> None:
    """End the command with 2 where a path names nothing. (Typer's own check knows no - for a Path.)"""
    missing = [
        f"{path}: is neither a file nor a folder"
        for path in paths
        if str(path) != STANDARD_INPUT and not path.exists()
    ]
    if missing:
        raise fail("\n".join(missing), EXIT_USAGE)


def iter_tagged_articles(
    paths: Iterable[Path], gazetteer: Gazetteer
) -> Iterator[Article | Problem]:
    """Each article of these paths in order, or why it is none; a path is a file, a folder, JSON lines by its name, or - for JSON lines."""
    for path in paths:
        if str(path) == STANDARD_INPUT or path.suffix in JSON_LINES:
            yield from _lines(path, gazetteer)
        else:
            yield from (
                one if isinstance(one, Problem) else _cleaned(one, gazetteer)
                for one in iter_articles([path])
            )


def _cleaned(raw: RawArticle, gazetteer: Gazetteer) -> Article | Problem:
    try:
        draft = build_draft(raw)
    except InvalidMessage as error:
        return Problem(raw.uri, 1, 1, str(error), code="unreadable")
    if isinstance(draft, Drop):
        return Problem(raw.uri, 1, 1, f"the cleaner drops it: {draft.reason}", code="dropped")
    return Article(
        raw.uri, tag(sign(draft), gazetteer), draft.text, draft.form == ContentFormat.HTML
    )


def _lines(path: Path, gazetteer: Gazetteer) -> Iterator[Article | Problem]:
    name = "<stdin>" if str(path) == STANDARD_INPUT else str(path)
    try:
        data = sys.stdin.buffer.read() if str(path) == STANDARD_INPUT else path.read_bytes()
    except OSError as error:
        yield Problem(name, 1, 1, f"cannot be read: {error.strerror}", code="unreadable")
        return
    for number, line in enumerate(data.split(b"\n"), start=1):
        if line.strip():
            yield _line(line, name, number, gazetteer)


def _line(line: bytes, name: str, number: int, gazetteer: Gazetteer) -> Article | Problem:
    try:
        found = orjson.loads(line)
        return Article(f"{name}:{number}", _tagged(found, f"{name}:{number}", gazetteer))
    except orjson.JSONDecodeError as error:
        return Problem(name, number, error.colno, f"not JSON: {error.msg}", code="not-json")
    except Unusable as error:
        return Problem(
            name, number, 1, str(error).removeprefix(f"{name}:{number}: "), code="not-an-article"
        )
    except msgspec.ValidationError as error:
        forms = "a message of articles.tagged.v1, a line of `summitwire tail articles.tagged.v1 --json`, or id, headline, body, lang, source, date, tags"
        return Problem(
            name, number, 1, f"not an article: {error}", f"write {forms}", code="not-an-article"
        )


def _tagged(found: Any, where: str, gazetteer: Gazetteer) -> TaggedArticle:
    """A tagged article as it is; one that is written out goes through the tagger, unless it brings its tags."""
    inner = found.get("value", found) if isinstance(found, dict) else found
    if isinstance(inner, dict) and "article" in inner:
        return msgspec.convert(inner, TaggedArticle, strict=True)
    if isinstance(inner, dict) and "text" in inner:
        inner = {"body": inner["text"]} | inner  # as `try tag` takes it
    given = msgspec.convert(inner, Given, strict=True)
    language = given.lang or detect_language(given.body or given.headline)[0]
    inline = InlineArticle(
        headline=given.headline,
        body=given.body,
        date=moment(given, where),
        source=given.source,
        language=language,
    )
    clean = replace(to_clean_article(inline), article_id=str(given.id))
    return tag(clean, gazetteer) if given.tags is None else tagged_as_given(clean, given, where)
