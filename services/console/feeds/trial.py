"""One poll of a feed that need not be listed: what it is, what it costs, what comes of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from statistics import median
from typing import Any, Final

from services.cleaner.pipeline import clean
from services.fetcher.app import build_client, build_downloader
from services.fetcher.download import Downloader
from services.fetcher.parsing.feed_entry import FeedEntry, ParsedFeed
from services.fetcher.parsing.feed_parser import parse
from services.fetcher.polling.build_article import build_article
from services.fetcher.polling.entry_batch import check_page
from services.fetcher.polling.entry_pages import load_pages, select_here
from services.fetcher.polling.poll_feed import add_parts
from services.fetcher.polling.web import FeedResponse, NoPage, Page, describe_status, feed_headers
from services.fetcher.robots.robots_files import RobotsVerdict
from services.fetcher.robots.rules import RobotsRules, apply_rules
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
    """One poll. ``unchanged_bytes``: what a second request cost; None if it was answered in full.

    ``gap_s`` is the median time between entries in seconds, None if too few have one.
    """

    response: FeedResponse
    feed: ParsedFeed
    robots: RobotsVerdict
    unchanged_bytes: int | None
    gap_s: float | None
    latest_at: datetime | None
    previews: tuple[Preview, ...]


async def try_feed(spec: FeedSpec, settings: FetcherSettings, entries: int) -> FeedTrial:
    """Poll a feed and clean the pages of its first entries. Raises TrialError."""
    downloader = build_downloader(build_client(settings), settings, _apply)
    headers = feed_headers(spec, {})
    try:
        robots = await downloader.judge(spec.url, headers)
        response = await _fetch(downloader, spec, headers)
        feed = await _parse(response.body, response.headers.get("content-type"), response.url)
        feed = await add_parts(feed, spec, downloader, _parse)
        unchanged_bytes = await _ask_again(downloader, spec, headers, response)
    except (HttpError, InvalidMessage) as error:
        raise TrialError(str(error)) from None
    times = sorted(entry.published_at for entry in feed.entries if entry.published_at)
    return FeedTrial(
        response=response,
        feed=feed,
        robots=robots,
        unchanged_bytes=unchanged_bytes,
        gap_s=_median_gap_s(times),
        latest_at=times[-1] if times else None,
        previews=await _preview(downloader, spec, feed.entries[:entries]),
    )


async def _fetch(
    downloader: Downloader, spec: FeedSpec, headers: Mapping[str, str]
) -> FeedResponse:
    response = await downloader.fetch_feed(spec.url, headers, ignore_robots=spec.ignore_robots)
    if response.status != 200:
        raise InvalidMessage(describe_status(response.status))
    return response


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


async def _preview(
    downloader: Downloader, spec: FeedSpec, entries: Sequence[FeedEntry]
) -> tuple[Preview, ...]:
    loaded = await load_pages(spec, entries, downloader.fetch_pages, select_here)
    pages = zip(entries, loaded.pages, strict=True)
    return tuple(_clean(spec, entry, page) for entry, page in pages)


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


async def _parse(body: bytes, content_type: str | None, url: str) -> ParsedFeed:
    return parse(body, content_type, url)


async def _apply(body: bytes, urls: Sequence[str], user_agent: str) -> RobotsRules:
    return apply_rules(body, urls, user_agent)


def as_json(trial: FeedTrial) -> dict[str, Any]:
    """Return the trial for programs."""
    return {
        "url": trial.response.url,
        "format": trial.feed.format_name,
        "entries": len(trial.feed.entries),
        "bytes": len(trial.response.body),
        "unchanged_bytes": trial.unchanged_bytes,
        "median_gap_s": trial.gap_s,
        "latest_at": trial.latest_at,
        "robots": str(trial.robots.permission),
        "crawl_delay_s": trial.robots.crawl_delay_s,
        "problems": trial.feed.problems,
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


def as_lines(trial: FeedTrial, url: str, now: datetime) -> list[str]:
    """Return the trial for people; ``url`` is the address that was asked for."""
    feed, response = trial.feed, trial.response
    lines = [f"{feed.format_name}, {len(feed.entries)} entries, {len(response.body):,} bytes"]
    if response.url != url:
        lines.append(f"address    it has moved to {response.url.partition('?')[0]}")
    if trial.unchanged_bytes is None:
        lines.append("a poll     sends the whole feed, whether it has changed or not")
    else:
        lines.append("a poll     costs nothing while the feed is unchanged (304)")
    lines.append(f"rhythm     {_rhythm(trial, now)}")
    lines.append(f"robots.txt {_robots(trial.robots)}")
    lines += [f"problem    {problem}" for problem in feed.problems]
    for number, preview in enumerate(trial.previews, start=1):
        lines += ["", *_preview_lines(number, preview)]
    return lines


def _rhythm(trial: FeedTrial, now: datetime) -> str:
    if trial.latest_at is None:
        return "unknown: its entries have no times"
    latest = f"the latest is from {format_span((now - trial.latest_at).total_seconds())} ago"
    if trial.gap_s is None:
        return latest
    return f"an entry every {format_span(trial.gap_s)} (median); {latest}"


def format_span(seconds: float) -> str:
    """Return a span of time in its two largest units."""
    minutes = max(0, round(seconds / 60))
    if minutes < 1:
        return f"{max(0, round(seconds))} s"
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = [f"{days} d" * bool(days), f"{hours} h" * bool(hours), f"{minutes} min" * bool(minutes)]
    return " ".join([part for part in parts if part][:2])


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
