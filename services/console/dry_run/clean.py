"""``summitwire try clean``: pages and texts through the cleaner's functions, without a broker."""

import logging
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from services.cleaner.article_draft import ArticleDraft
from services.cleaner.pipeline import build_draft
from services.cleaner.sign import sign
from services.console.errors import EXIT_BAD, EXIT_USAGE, say
from services.console.inputs.article_inputs import STANDARD_INPUT
from services.console.options import JsonLines
from services.console.printing.json_lines import json_line
from shared.base.outcomes import Drop, InvalidMessage
from shared.kafka.topics import ARTICLES_RAW
from shared.messages.schemas import CleanArticle, RawArticle, TimeSource
from shared.record_batches.inflate import BadEncoding, gunzip

_MAX_BYTES: Final = ARTICLES_RAW.max_message_bytes
_TYPES: Final = {
    ".json": "application/json",
    ".xml": "application/xml",
    ".html": "text/html",
    ".htm": "text/html",
    ".xhtml": "application/xhtml+xml",
    ".txt": "text/plain",
    ".text": "text/plain",
}
_GZIP_MAGIC: Final = b"\x1f\x8b"
_SHOWN_CHARACTERS: Final = 100

Paths = Annotated[
    list[Path],
    typer.Argument(
        metavar="PATH…",
        help="HTML, plain text, ninjs, NewsML-G2 or NITF, also .gz; - is standard input.",
        show_default=False,
    ),
]


class UnreadableFile(Exception):  # noqa: N818 - named for what the file is
    """The file cannot be read; the message names it and says why."""


@dataclass(frozen=True, slots=True)
class CleanResult:
    """The result for one file: the article and its draft, or the reason why there is none."""

    file: str
    reason: str | None
    draft: ArticleDraft | None = None

    @property
    def article(self) -> CleanArticle | None:
        """The article, if there is one."""
        return sign(self.draft) if self.draft else None


def try_clean(paths: Paths, json_: JsonLines = False) -> None:
    """Extract articles from files, as the cleaner does.

    Example: summitwire try clean --json page.html.gz story.txt
    """
    # A rejected page is reported once, by us.
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    exit_code = 0
    for path in paths:
        try:
            result = clean_file(path)
        except UnreadableFile as error:
            say(str(error))
            exit_code = EXIT_USAGE
            continue
        exit_code = max(exit_code, EXIT_BAD if result.reason else 0)
        if json_:
            sys.stdout.write(json_line(as_json(result)) + "\n")
        else:
            sys.stdout.write("\n".join(as_text(result)) + "\n\n")
        sys.stdout.flush()
    if exit_code:
        raise typer.Exit(exit_code)


def clean_file(path: Path) -> CleanResult:
    """Clean the file. Raises UnreadableFile."""
    content = _content(path)
    try:
        outcome = build_draft(_raw_article(path, content))
    except InvalidMessage as error:
        return CleanResult(str(path), str(error))
    if isinstance(outcome, Drop):
        return CleanResult(str(path), str(outcome.reason))
    return CleanResult(str(path), None, outcome)


def as_json(result: CleanResult) -> dict[str, Any]:
    """Return the object that ``--json`` prints; of a rejected file all fields are empty."""
    article, draft = result.article, result.draft
    return {
        "file": result.file,
        "ok": article is not None,
        "reason": result.reason,
        "title": article.headline if article else "",
        "published": _published(result),
        "authors": list(article.authors) if article else [],
        "deck": article.deck if article else "",
        "body": _paragraphs(article) if article else [],
        "language": article.language if article else None,
        "lines": list(draft.extraction.body_lines) if draft else [],
        "dropped": [asdict(line) for line in article.dropped] if article else [],
        "evidence": _evidence(article) if article else {},
    }


def as_text(result: CleanResult) -> Iterator[str]:
    """Yield the lines for people."""
    article = result.article
    if article is None:
        yield f"{result.file}: rejected: {result.reason}"
        return
    yield f"{result.file}: {article.headline}"
    published, authors = _published(result) or "unknown", ", ".join(article.authors)
    yield f"  published {published} · {authors or 'no author'} · {article.language}"
    evidence = (f"{field}: {source}" for field, source in _evidence(article).items())
    yield f"  evidence  {', '.join(evidence)}"
    if article.deck:
        yield f"\n  deck: {article.deck}"
    yield from (f"\n  {paragraph}" for paragraph in _paragraphs(article))
    if article.dropped:
        yield "\n  left out"
    for line in article.dropped:
        yield f"  {line.line:5} {line.why:20} {line.text[:_SHOWN_CHARACTERS]}"


def _published(result: CleanResult) -> str | None:
    """Return the time of publication in its source's zone; None if only the fetch time is known.

    A day is printed as a day, and a clock time without a zone has none.
    """
    article, draft = result.article, result.draft
    if article is None or draft is None or article.event_time_source == TimeSource.FETCHED:
        return None
    if article.event_time_precision == "day":
        return article.event_time.date().isoformat()
    if article.event_time_precision == "zoneless":
        return article.event_time.replace(tzinfo=None).isoformat()
    stated = draft.extraction.published
    if stated is not None and stated.moment == article.event_time:
        return stated.moment.isoformat()
    return article.event_time.isoformat()


def _paragraphs(article: CleanArticle) -> list[str]:
    return [article.body[span.start : span.end] for span in article.paragraphs]


def _evidence(article: CleanArticle) -> dict[str, str]:
    names = {"headline": "title"}
    return {names.get(field, field): source for field, source in article.evidence.items()}


def _raw_article(path: Path, content: bytes) -> RawArticle:
    """Return the message that the fetcher would make of the file; only the file is known."""
    suffix = Path(path.name.removesuffix(".gz")).suffix.lower()
    return RawArticle(
        source="try",
        uri=f"urn:summitwire:try:{path.name}",
        content_type=_TYPES.get(suffix, ""),
        content=content,
        fetched_at=datetime.now(UTC),
        origin="feed",
    )


def _content(path: Path) -> bytes:
    try:
        data = _load(path)
        content = gunzip(data, _MAX_BYTES) if data.startswith(_GZIP_MAGIC) else data
    except (OSError, BadEncoding) as error:
        reason = getattr(error, "strerror", None) or error
        raise UnreadableFile(f"{path}: cannot be read: {reason}") from error
    if len(content) > _MAX_BYTES:
        reason = f"larger than {_MAX_BYTES} bytes, which no message holds"
        raise UnreadableFile(f"{path}: {reason}")
    return content


def _load(path: Path) -> bytes:
    """Load one byte more than a message may hold, so that a larger file is noticed."""
    if str(path) == STANDARD_INPUT:
        return sys.stdin.buffer.read(_MAX_BYTES + 1)
    with path.open("rb") as file:
        return file.read(_MAX_BYTES + 1)
