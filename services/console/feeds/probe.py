"""One request for a feed, and what it is: for trials, checks and discovery alike."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from services.fetcher.app import build_downloader
from services.fetcher.download import Downloader
from services.fetcher.parsing.feed_entry import ParsedFeed
from services.fetcher.parsing.feed_parser import parse
from services.fetcher.polling.web import FeedResponse, describe_status, feed_headers
from services.fetcher.robots.rules import RobotsRules, apply_rules
from services.fetcher.settings import FetcherSettings
from services.fetcher.sources.feeds_file import FeedSpec
from shared.base.outcomes import InvalidMessage
from shared.http.errors import HttpError

TRIAL_SOURCE: Final = "trial"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedProbe:
    """What a feed's address answered; ``error`` if that is no feed."""

    url: str
    format_name: str = ""
    entries: int = 0
    size: int = 0
    latest_at: datetime | None = None
    error: str = ""


def trial_spec(url: str, user_agent: str | None = None, *, ignore_robots: bool = False) -> FeedSpec:
    """Return a feed that no file lists."""
    return FeedSpec(
        url=url,
        source=TRIAL_SOURCE,
        interval_s=300,
        user_agent=user_agent,
        ignore_robots=ignore_robots,
    )


def build_trial_downloader(settings: FetcherSettings) -> Downloader:
    """Build the fetcher's downloader; robots.txt is read in this process."""
    return build_downloader(settings, _apply)


async def fetch_feed(
    downloader: Downloader, spec: FeedSpec, headers: Mapping[str, str] | None = None
) -> FeedResponse:
    """Request a feed; HttpError, or InvalidMessage if the answer is not 200."""
    response = await downloader.fetch_feed(
        spec.url, headers or feed_headers(spec, {}), ignore_robots=spec.ignore_robots
    )
    if response.status != 200:
        raise InvalidMessage(describe_status(response.status))
    return response


async def parse_here(body: bytes, content_type: str | None, url: str) -> ParsedFeed:
    """Parse a feed in this process."""
    return parse(body, content_type, url)


async def probe_feed(downloader: Downloader, spec: FeedSpec) -> FeedProbe:
    """Request a feed, and say what it is."""
    try:
        response = await fetch_feed(downloader, spec)
        feed = await parse_here(response.body, response.headers.get("content-type"), response.url)
    except (HttpError, InvalidMessage) as error:
        return FeedProbe(url=spec.url, error=str(error))
    return probe_of(spec.url, response, feed)


def probe_of(url: str, response: FeedResponse, feed: ParsedFeed) -> FeedProbe:
    """Return what an answer that is a feed says."""
    times = [entry.published_at for entry in feed.entries if entry.published_at]
    return FeedProbe(
        url=url,
        format_name=feed.format_name,
        entries=len(feed.entries),
        size=len(response.body),
        latest_at=max(times, default=None),
    )


async def probe_feeds(
    settings: FetcherSettings, specs: Sequence[FeedSpec], at_once: int
) -> list[FeedProbe]:
    """Request feeds, those of one source one after the other."""
    downloader, free = build_trial_downloader(settings), asyncio.Semaphore(at_once)
    by_source = dict[str, list[FeedSpec]]()
    for spec in specs:
        by_source.setdefault(spec.source, []).append(spec)

    async def probe_source(of_source: list[FeedSpec]) -> list[FeedProbe]:
        async with free:
            return [await probe_feed(downloader, spec) for spec in of_source]

    groups = await asyncio.gather(*map(probe_source, by_source.values()))
    by_url = {each.url: each for group in groups for each in group}
    return [by_url[spec.url] for spec in specs]


def probe_as_json(probe: FeedProbe) -> dict[str, Any]:
    """Return the probe for programs."""
    return {
        "url": probe.url,
        "format": probe.format_name or None,
        "entries": probe.entries,
        "bytes": probe.size,
        "latest_at": probe.latest_at,
        "error": probe.error or None,
    }


async def _apply(body: bytes, urls: Sequence[str], user_agent: str) -> RobotsRules:
    return apply_rules(body, urls, user_agent)
