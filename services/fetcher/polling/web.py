"""What a poll needs of the web: requests, responses, and how both are described. Pure."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from services.fetcher.pages.page_kinds import NotArticle
from services.fetcher.parsing.feed_entry import ParsedFeed
from services.fetcher.sources.feeds_file import FeedSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedResponse:
    """A server's response to a poll; header names in lower case.

    ``url`` is the address after redirects, to which the feed's links are relative. ``moved_to`` is
    where permanent ones led.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str = field(repr=False)
    moved_to: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page that was downloaded, or the text of its entry in the feed.

    ``url``: the page's own address, if that of the entry only forwards to it. ``final_url``: where
    redirects led, "" if that is not known.
    """

    content: bytes
    content_type: str
    url: str | None = None
    final_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoPage:
    """A page that was not downloaded.

    ``is_attempt``: it was requested, without success. ``is_final``: a retry would not help.
    ``kind``: what came instead of an article.
    """

    reason: str
    is_attempt: bool = True
    is_final: bool = False
    kind: NotArticle | None = None


class Web(Protocol):
    """The downloads that a poll needs."""

    async def fetch_feed(
        self, url: str, headers: Mapping[str, str], *, ignore_robots: bool
    ) -> FeedResponse:
        """Download a feed; HttpError if there is no complete response."""

    async def fetch_pages(
        self, urls: Sequence[str], headers: Mapping[str, str], *, ignore_robots: bool
    ) -> Sequence[Page | NoPage]:
        """Download pages; one result per URL, in order."""


Parse = Callable[[bytes, str | None, str], Awaitable[ParsedFeed]]
"""From body, content type and URL to the parsed feed; InvalidMessage if it is not a feed."""


def feed_headers(spec: FeedSpec, conditions: Mapping[str, str]) -> dict[str, str]:
    """Return the headers of a request for the feed."""
    return {**spec.headers, **page_headers(spec), **conditions}


def page_headers(spec: FeedSpec) -> dict[str, str]:
    """Return the headers of requests for pages, which may be on any host."""
    return {"user-agent": spec.user_agent} if spec.user_agent else {}


def describe_status(status: int) -> str:
    """Return a response's status for people, with what they can do about a refusal."""
    hint = _HINTS.get(status, "")
    return f"HTTP {status}" + (f": {hint}" if hint else "")


_HINTS: Final = {
    401: "it requires a password; if you have one, set `token_file` or `headers` for the feed",
    403: (
        "it refuses this client, perhaps for its name; if its terms allow polling, "
        "set `user_agent` for the feed, or FETCH_USER_AGENT"
    ),
}
