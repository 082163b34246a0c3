"""Read a document that a hub pushed as if it had been polled. Pure: input and output are passed in.

It lists what is new, not all that the feed has: so it adds to what is remembered of the feed, and
says nothing about when to poll it.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from services.fetcher.polling.poll_feed import PollResult
from services.fetcher.polling.web import FeedResponse, NoPage, Page, Web
from services.fetcher.sources.feeds_file import FeedSpec
from shared.messages.schemas import FeedState, PushedFeed


@dataclass(frozen=True, slots=True)
class _PushedWeb:
    """Has the pushed document for the feed; all else comes from the web."""

    web: Web
    spec: FeedSpec
    response: FeedResponse

    async def fetch_feed(
        self, url: str, headers: Mapping[str, str], *, ignore_robots: bool
    ) -> FeedResponse:
        """Return the document for the feed's address; the parts of an index are fetched."""
        if url == self.spec.url:
            return self.response
        return await self.web.fetch_feed(url, headers, ignore_robots=ignore_robots)

    async def fetch_pages(
        self, urls: Sequence[str], headers: Mapping[str, str], *, ignore_robots: bool
    ) -> Sequence[Page | NoPage]:
        """Download pages."""
        return await self.web.fetch_pages(urls, headers, ignore_robots=ignore_robots)


async def read_pushed(
    spec: FeedSpec,
    state: FeedState,
    pushed: PushedFeed,
    web: Web,
    poll: Callable[[FeedState, Web], Awaitable[PollResult]],
) -> PollResult:
    """Return what the pushed entries lead to; identity and pages are those of a ``poll``."""
    response = FeedResponse(
        status=200,
        headers={"content-type": pushed.content_type},
        body=pushed.content,
        url=pushed.topic,
    )
    # Not where the feed has moved: its document is here.
    result = await poll(replace(state, moved=None), _PushedWeb(web, spec, response))
    return replace(result, state=_add(state, result.state))


def _add(before: FeedState, after: FeedState) -> FeedState:
    """Return the state with the pushed entries, and with the validators and times of the polls."""
    rhythm = after.rhythm
    if rhythm is not None and before.rhythm is not None:
        rhythm = replace(rhythm, list_since=before.rhythm.list_since)
    return replace(
        before,
        seen=after.seen,
        tried={key: n for key, n in before.tried.items() if key not in after.pages} | after.tried,
        pages=after.pages,
        arrived_at=after.arrived_at,
        entry_at=after.entry_at,
        rhythm=rhythm,
    )
