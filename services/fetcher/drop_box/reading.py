"""Read a claimed file: which of its articles are written now, and what becomes of the file.

All input and output is passed in. A file waits if it may not be complete yet, for the end of an
embargo, and for pages that failed.
"""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from services.fetcher.drop_box.dropped_file import may_be_cut_off
from services.fetcher.drop_box.marks import unwritten_entries
from services.fetcher.drop_box.source_folder import ClaimedFile
from services.fetcher.parsing.feed_entry import FeedEntry, ParsedFeed
from services.fetcher.polling.build_article import build_article
from services.fetcher.polling.entry_pages import EntryPages
from services.fetcher.polling.web import Page
from services.fetcher.seeds.seed_articles import MAX_BYTES
from services.fetcher.sources.feeds_file import FeedSpec
from shared.base.outcomes import InvalidMessage
from shared.messages.schemas import RawArticle

GRACE_S: Final = 30.0
"""A file that cannot be read may still be written, unless it has not changed for so long."""
RETRY_AFTER: Final = timedelta(minutes=1)
MAX_TRIES: Final = 3

Parse = Callable[[bytes, str, str], Awaitable[ParsedFeed]]
"""Runs ``read_dropped_file``, perhaps in a limited child process."""
LoadPages = Callable[[FeedSpec, Sequence[FeedEntry]], Awaitable[EntryPages]]
"""Returns the page of each entry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReading:
    """What a file holds now: its articles, and the entries that are done with, one way or another.

    ``is_whole``: no entry is left. ``retry_at``: when to read it again, if it is not.
    ``failure``: why nothing can be read. ``problems``: what is wrong with parts of it.
    ``is_try``: a page failed, and counts as tried.
    """

    file: ClaimedFile
    articles: tuple[RawArticle, ...] = ()
    written: tuple[FeedEntry, ...] = ()
    is_whole: bool = False
    retry_at: datetime | None = None
    failure: str = ""
    problems: tuple[str, ...] = ()
    is_try: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingTools:
    """What reading a file needs: its bytes, a parser, and pages."""

    parse: Parse
    load_pages: LoadPages


async def read_file(
    file: ClaimedFile,
    data: bytes,
    spec: FeedSpec,
    tools: ReadingTools,
    *,
    marks: Collection[str],
    is_settled: bool,
    tries: int,
    now: datetime,
) -> FileReading:
    """Read a file's bytes.

    ``is_settled``: it has not changed for GRACE_S. ``tries``: how often pages of it failed.
    """
    soon = now + timedelta(seconds=1)
    if len(data) > MAX_BYTES:
        return FileReading(file=file, failure=f"it is larger than {MAX_BYTES} bytes")
    try:
        parsed = await tools.parse(data, file.name, spec.source)
    except InvalidMessage as error:
        failure = "" if not is_settled else str(error)
        return FileReading(file=file, failure=failure, retry_at=soon)
    if may_be_cut_off(data, parsed) and not is_settled:
        return FileReading(file=file, retry_at=soon)
    if not parsed.entries and parsed.problems:
        return FileReading(file=file, failure="\n".join(parsed.problems))
    return await _build_articles(file, parsed, spec, tools, marks=marks, tries=tries, now=now)


async def _build_articles(
    file: ClaimedFile,
    parsed: ParsedFeed,
    spec: FeedSpec,
    tools: ReadingTools,
    *,
    marks: Collection[str],
    tries: int,
    now: datetime,
) -> FileReading:
    entries = unwritten_entries(marks, file.token, parsed.entries)
    ready = [entry for entry in entries if not entry.not_before or entry.not_before <= now]
    ends = [entry.not_before for entry in entries if entry.not_before and entry.not_before > now]
    articles, written, problems = list[RawArticle](), list[FeedEntry](), list[str]()
    loaded, is_try = await tools.load_pages(spec, ready), False
    for entry, page in zip(ready, loaded.pages, strict=True):
        if isinstance(page, Page):
            articles.append(build_article(spec, entry, page, now))
        elif not page.is_final and tries + 1 < MAX_TRIES:
            ends.append(now + RETRY_AFTER)
            is_try = is_try or page.is_attempt
            continue
        else:
            problems.append(f"{entry.url}: {page.reason}")
        written.append(entry)
    return FileReading(
        file=file,
        articles=tuple(articles),
        written=tuple(written),
        is_whole=len(written) == len(entries),
        retry_at=min(ends, default=None),
        problems=(*parsed.problems, *loaded.problems, *problems),
        is_try=is_try,
    )
