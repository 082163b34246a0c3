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
    """Return the pages of entries; only those are downloaded whose text the feed does not carry."""
    own = {entry.url: page for entry in entries if (page := _own_page(spec, entry))}
    urls = [entry.url for entry in entries if entry.url not in own]
    downloads: Sequence[Page | NoPage] = ()
    if urls:
        downloads = await fetch_pages(urls, page_headers(spec), ignore_robots=spec.ignore_robots)
    by_url, problems = {**own, **dict(zip(urls, downloads, strict=True))}, list[str]()
    for url in urls if spec.selector else ():
        by_url[url] = await _narrow(by_url[url], spec.selector or "", select, url, problems)
    return EntryPages(tuple(by_url[entry.url] for entry in entries), tuple(problems))


def _own_page(spec: FeedSpec, entry: FeedEntry) -> Page | NoPage | None:
    """Return the page that the feed itself carries; None if the entry's page is to be loaded."""
    if entry.document is not None:
        return to_page(entry.document)
    content = entry.content
    if spec.text == "page" or (spec.text == "auto" and not (content and content.is_full)):
        return None
    if content is None:
        return NoPage(reason="the feed has no text of it", is_attempt=False, is_final=True)
    document = build_document(content, entry.headline, spec.language or entry.language)
    return Page(content=document, content_type=CONTENT_TYPE)


async def _narrow(
    page: Page | NoPage, selector: str, select: Select, url: str, problems: list[str]
) -> Page | NoPage:
    """Return the selected part of a page, or else the whole page, which is a problem."""
    if isinstance(page, NoPage) or page.content_type.partition(";")[0].strip() not in _HTML:
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
