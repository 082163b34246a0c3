"""Check whether a downloaded page is an article. Pure."""

from services.fetcher.pages.not_article import TRANSIENT, PageContext, name_page
from services.fetcher.parsing.feed_entry import FeedEntry
from services.fetcher.polling.web import NoPage, Page
from shared.messages.schemas import PageMemory


def check_page(page: Page, entry: FeedEntry, before: PageMemory | None = None) -> Page | NoPage:
    """Return the page, or what it is if it is no article.

    What stands in for an article, like a check for robots, is a failed try. A page that was an
    article before stays one, whatever it looks like now.
    """
    if entry.document or "html" not in page.content_type.lower():
        return page
    context = PageContext(
        url=entry.url,
        final_url=page.final_url or page.url or "",
        headline=entry.headline,
        was_article=bool(before and before.content),
    )
    kind = name_page(page.content, context)
    if kind is None:
        return page
    return NoPage(reason=f"it is {kind}", is_final=kind not in TRANSIENT, kind=kind)
