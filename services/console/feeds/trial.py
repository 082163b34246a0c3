"""One poll of a feed that need not be listed: what it is, what it costs, what comes of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from statistics import median
from typing import Any, Final

from services.cleaner.pipeline import clean
from services.console.feeds.probe import build_trial_downloader, fetch_feed, parse_here
from services.console.feeds.spans import format_span
from services.console.printing.plurals import count_of
from services.fetcher.download import Downloader
from services.fetcher.entries.check_page import check_page
from services.fetcher.parsing.feed_entry import FeedEntry, ParsedFeed
from services.fetcher.polling.build_article import build_article
from services.fetcher.polling.entry_pages import carries_text, load_pages, select_here
from services.fetcher.polling.poll_feed import add_parts
from services.fetcher.polling.web import FeedResponse, NoPage, Page, feed_headers
from services.fetcher.robots.robots_files import RobotsVerdict
from services.fetcher.settings import FetcherSettings
from services.fetcher.sources.feeds_file import FeedSpec
from shared.base.outcomes import Drop, InvalidMessage
from shared.http.errors import HttpError

MIN_GAPS: Final = 3
"""So many gaps between entries make a rhythm."""
SENTENCE_CHARACTERS: Final = 160


class TrialError(Exception):
    """The feed cannot be read; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What became of an entry: the cleaned page, or why there is none."""

    entry: FeedEntry
    problem: str = ""
    headline: str = ""
    language: str = ""
    words: int = 0
    beginning: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedTrial:
    """One poll, which took so many ``requests`` for the feed and its parts.

    ``unchanged_bytes``: what a second request cost; None if it was answered in full.
    ``own_texts``: entries whose page need not be downloaded, because the feed carries their text.
    ``gap_s`` is the median time between entries in seconds, None if too few have one.
    """

    spec: FeedSpec
    response: FeedResponse
    feed: ParsedFeed
    requests: int
    robots: RobotsVerdict
    unchanged_bytes: int | None
    gap_s: float | None
    latest_at: datetime | None
    own_texts: int
    previews: tuple[Preview, ...]
    problems: tuple[str, ...]


async def try_feed(spec: FeedSpec, settings: FetcherSettings, entries: int) -> FeedTrial:
    """Poll a feed and clean the pages of its first entries. Raises TrialError."""
    downloader = build_trial_downloader(settings)
    headers = feed_headers(spec, {})
    try:
        robots = await downloader.judge(spec.url, headers)
        response = await fetch_feed(downloader, spec, headers)
        index = await parse_here(response.body, response.headers.get("content-type"), response.url)
        feed = await add_parts(index, spec, downloader, parse_here)
        unchanged_bytes = await _ask_again(downloader, spec, headers, response)
    except (HttpError, InvalidMessage) as error:
        raise TrialError(str(error)) from None
    times = sorted(entry.published_at for entry in feed.entries if entry.published_at)
    tried = feed.entries[:entries]
    loaded = await load_pages(spec, tried, downloader.fetch_pages, select_here)
    return FeedTrial(
        spec=spec,
        response=response,
        feed=feed,
        requests=1 + len(index.parts),
        robots=robots,
        unchanged_bytes=unchanged_bytes,
        gap_s=_median_gap_s(times),
        latest_at=times[-1] if times else None,
        own_texts=sum(carries_text(spec, entry) for entry in feed.entries),
        previews=tuple(
            _clean(spec, entry, page) for entry, page in zip(tried, loaded.pages, strict=True)
        ),
        problems=(*feed.problems, *loaded.problems),
    )


async def _ask_again(
    downloader: Downloader, spec: FeedSpec, headers: Mapping[str, str], response: FeedResponse
) -> int | None:
    """Return the bytes of a conditional request that was answered with 304, else None."""
    validators = {
        "if-none-match": response.headers.get("etag"),
        "if-modified-since": response.headers.get("last-modified"),
    }
    conditions = {name: value for name, value in validators.items() if value}
    if not conditions:
        return None
    again = await downloader.fetch_feed(
        spec.url, {**headers, **conditions}, ignore_robots=spec.ignore_robots
    )
    return len(again.body) if again.status == 304 else None


def _clean(spec: FeedSpec, entry: FeedEntry, page: Page | NoPage) -> Preview:
    checked = check_page(page, entry) if isinstance(page, Page) else page
    if isinstance(checked, NoPage):
        return Preview(entry=entry, problem=checked.reason)
    try:
        article = clean(build_article(spec, entry, checked, datetime.now(UTC)))
    except InvalidMessage as error:
        return Preview(entry=entry, problem=str(error))
    if isinstance(article, Drop):
        return Preview(entry=entry, problem=f"the cleaner drops it: {article.reason}")
    sentence = next(iter(article.sentences), None)
    beginning = article.body[sentence.start : sentence.end] if sentence else ""
    return Preview(
        entry=entry,
        headline=article.headline,
        language=article.language,
        words=len(article.body.split()),
        beginning=" ".join(beginning.split())[:SENTENCE_CHARACTERS],
    )


def _median_gap_s(times: Sequence[datetime]) -> float | None:
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(times)]
    return median(gaps) if len(gaps) >= MIN_GAPS else None


def as_json(trial: FeedTrial) -> dict[str, Any]:
    """Return the trial for programs."""
    return {
        "url": trial.response.url,
        "source": trial.spec.source,
        "name": trial.spec.name,
        "format": trial.feed.format_name,
        "entries": len(trial.feed.entries),
        "requests": trial.requests,
        "bytes": len(trial.response.body),
        "unchanged_bytes": trial.unchanged_bytes,
        "median_gap_s": trial.gap_s,
        "latest_at": trial.latest_at,
        "own_texts": trial.own_texts,
        "robots": str(trial.robots.permission),
        "crawl_delay_s": trial.robots.crawl_delay_s,
        "problems": trial.problems,
        "articles": [
            {
                "url": each.entry.url,
                "headline": each.headline or each.entry.headline,
                "published_at": each.entry.published_at,
                "language": each.language or None,
                "words": each.words,
                "beginning": each.beginning,
                "problem": each.problem or None,
            }
            for each in trial.previews
        ],
    }


def as_lines(trial: FeedTrial, now: datetime) -> list[str]:
    """Return the trial for people."""
    feed, response = trial.feed, trial.response
    lines = [f"{feed.format_name}, {count_of(len(feed.entries), 'entry', plural='entries')}"]
    if trial.spec.name:
        lines[0] = f"{trial.spec.name}: {lines[0]}"
    if response.url != trial.spec.url:
        lines.append(f"address    it has moved to {response.url.partition('?')[0]}")
    lines.append(f"a poll     {_cost(trial)}")
    lines.append(f"pages      {_page_cost(trial)}")
    lines.append(f"rhythm     {_rhythm(trial, now)}")
    lines.append(f"robots.txt {_robots(trial.robots)}")
    lines += [f"problem    {problem}" for problem in trial.problems]
    for number, preview in enumerate(trial.previews, start=1):
        lines += ["", *_preview_lines(number, preview)]
    return lines


def _cost(trial: FeedTrial) -> str:
    """Say what a poll takes, and what one takes that finds nothing new."""
    whole = f"{count_of(trial.requests, 'request')}, {len(trial.response.body):,} bytes"
    if trial.unchanged_bytes is None:
        return f"{whole}: it sends the whole feed, whether it has changed or not"
    return f"{whole}; costs nothing while the feed is unchanged (304)"


def _page_cost(trial: FeedTrial) -> str:
    total = len(trial.feed.entries)
    if trial.own_texts == total:
        return "none is requested: the feed carries the text of every entry"
    if not trial.own_texts:
        return "one request for each new entry"
    without = f"{trial.own_texts} of {total} that carry their text"
    return f"one request for each new entry, but for {without}"


def _rhythm(trial: FeedTrial, now: datetime) -> str:
    if trial.latest_at is None:
        return "unknown: its entries have no times"
    latest = f"the latest is from {format_span((now - trial.latest_at).total_seconds())} ago"
    if trial.gap_s is None:
        return latest
    return f"an entry every {format_span(trial.gap_s)} (median); {latest}"


def _robots(verdict: RobotsVerdict) -> str:
    text = f"{verdict.permission}: {verdict.problem}" if verdict.problem else verdict.permission
    if verdict.crawl_delay_s:
        text += f"; asks for {verdict.crawl_delay_s:g} s between requests"
    return text


def _preview_lines(number: int, preview: Preview) -> list[str]:
    entry = preview.entry
    when = f"{entry.published_at:%Y-%m-%d %H:%M UTC}  " if entry.published_at else ""
    lines = [f"{number}. {when}{preview.headline or entry.headline or '(no headline)'}"]
    lines.append(f"   {entry.url}")
    if preview.problem:
        return [*lines, f"   no article: {preview.problem}"]
    return [*lines, f"   {preview.words} words, {preview.language}: {preview.beginning}"]
