"""The page of each entry: the text that the feed carries, or a download, or a part of one."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

from services.fetcher.full_text.entry_content import build_document
from services.fetcher.full_text.selected_part import CONTENT_TYPE, select_part
from services.fetcher.parsing.feed_entry import FeedEntry
from services.fetcher.polling.build_article import to_page
from services.fetcher.polling.web import NoPage, Page, page_headers
from services.fetcher.sources.feeds_file import FeedSpec
from shared.base.outcomes import InvalidMessage

_HTML: Final = ("text/html", "application/xhtml+xml")


@dataclass(frozen=True, slots=True)
class EntryPages:
    """The pages of some entries, in order, and what is wrong with them."""

    pages: tuple[Page | NoPage, ...]
    problems: tuple[str, ...] = ()


class FetchPages(Protocol):
    """Downloads pages."""

    async def __call__(
        self, urls: Sequence[str], headers: Mapping[str, str], *, ignore_robots: bool
    ) -> Sequence[Page | NoPage]:
        """Return one result per URL, in order."""


Select = Callable[[bytes, str, str], Awaitable[bytes | None]]
"""Runs ``select_part``, perhaps in a limited child process: InvalidMessage if it breaks a limit."""


async def select_here(content: bytes, content_type: str, selector: str) -> bytes | None:
    """Select a part of a page in this process."""
    return select_part(content, content_type, selector)


async def load_pages(
    spec: FeedSpec, entries: Sequence[FeedEntry], fetch_pages: FetchPages, select: Select
) -> EntryPages:
    """Return the pages of entries; only those are downloaded that the feed does not carry."""
    own = [_own_page(spec, entry) for entry in entries]
    urls = [entry.url for entry, page in zip(entries, own, strict=True) if page is None]
    headers, problems = page_headers(spec), list[str]()
    downloads = await fetch_pages(urls, headers, ignore_robots=spec.ignore_robots) if urls else ()
    if spec.selector:
        narrowed = zip(urls, downloads, strict=True)
        downloads = [
            await _narrow(page, spec.selector, select, url, problems) for url, page in narrowed
        ]
    remaining = iter(downloads)
    pages = (page if page is not None else next(remaining) for page in own)
    return EntryPages(tuple(pages), tuple(problems))


def carries_text(spec: FeedSpec, entry: FeedEntry) -> bool:
    """Return whether the feed's own text is used, so that the entry's page is not downloaded."""
    if entry.document is not None:
        return True
    is_full = entry.content is not None and entry.content.is_full
    return spec.text == "feed" or (spec.text == "auto" and is_full)


def text_mark(spec: FeedSpec, entry: FeedEntry) -> str:
    """Return a hash of the feed's own text if that is the article, else an empty text."""
    content = entry.content if entry.document is None else None
    return content.fingerprint if content and carries_text(spec, entry) else ""


def _own_page(spec: FeedSpec, entry: FeedEntry) -> Page | NoPage | None:
    """Return the page that the feed's own text makes; None if the entry's page is to be loaded."""
    if entry.document is not None:
        return to_page(entry.document)
    if not carries_text(spec, entry):
        return None
    content = entry.content
    if content is None:
        return NoPage(reason="the feed has no text of it", is_attempt=False, is_final=True)
    document = build_document(content, entry.headline, spec.language or entry.language)
    return Page(content=document, content_type=CONTENT_TYPE)


async def _narrow(
    page: Page | NoPage, selector: str, select: Select, url: str, problems: list[str]
) -> Page | NoPage:
    """Return the selected part of a page, or else the whole page, which is a problem."""
    if isinstance(page, NoPage) or page.content_type.partition(";")[0].strip().lower() not in _HTML:
        return page
    try:
        part = await select(page.content, page.content_type, selector)
    except InvalidMessage as error:
        problems.append(f"{url}: the whole page is used, because selecting a part {error}")
        return page
    if part is None:
        problems.append(f"{url}: the whole page is used, because `selector` matches no text in it")
        return page
    return replace(page, content=part, content_type=CONTENT_TYPE)
