"""The feeds that the cluster and FEEDS_FILE know, as `summitwire feeds` shows them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from services.console.feeds.health import health_fields, health_words
from services.console.printing.plurals import count_of
from services.console.topics.topic_reader import iter_retained
from services.fetcher.push.websub.pushed_record import parse_push_key
from services.fetcher.settings import FetcherSettings
from services.fetcher.sources import feeds_file
from services.fetcher.sources.feeds_file import FeedSpec
from services.fetcher.timing.schedule import due_at
from shared.base import settings
from shared.base.outcomes import InvalidMessage
from shared.kafka.cluster import Cluster
from shared.kafka.topics import FEEDS
from shared.messages import codec
from shared.messages.feed_revival import parse_request_key
from shared.messages.schemas import FeedState

DEFAULT_FILE: Final = "seeds/feeds.yaml"
_WEB: Final = (b"http:", b"https:")
"""How the keys of feeds' states begin, in any case that people write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedRow:
    """One feed.

    ``spec``: None if FEEDS_FILE does not list it, so that it is not polled. ``requested``: a
    request to poll it at once waits for the fetcher.
    """

    state: FeedState
    spec: FeedSpec | None = None
    requested: bool = False

    @property
    def condition(self) -> str:
        """The feed's condition in one word, the worst first."""
        if self.spec is not None and not self.spec.enabled:
            return "off"
        if self.state.gone:
            return "gone"
        if self.state.failures:
            return "failing"
        return "ok" if self.state.polled_at else "new"

    def next_at(self, now: datetime) -> datetime | None:
        """Return when the feed is polled next, not before ``now``; None if it is not polled."""
        if self.spec is None or not self.spec.enabled:
            return None
        if self.requested:
            return now
        spec = self.spec
        return max(now, due_at(self.state, spec.interval_s, now, spec.longest_interval_s))


def without_query(url: str) -> str:
    """Return a feed's address without its query, which may hold a key."""
    return url.partition("?")[0]


def default_feeds_file() -> str:
    """Return FEEDS_FILE, or the file that we ship."""
    return settings.load(FetcherSettings).feeds_file or DEFAULT_FILE


def load_feed_specs(file: str) -> tuple[FeedSpec, ...]:
    """Load the feeds of FEEDS_FILE; none if it is empty."""
    return feeds_file.load(Path(file)) if file else ()


async def load_rows(cluster: Cluster, specs: Iterable[FeedSpec]) -> list[FeedRow]:
    """Return every feed that the topic or the file knows, by address; drop boxes are none."""
    states, requests = dict[str, FeedState](), set[str]()
    async for record in iter_retained(cluster, FEEDS.name):
        if url := parse_request_key(record.key):
            (requests.discard if record.value is None else requests.add)(url)
        elif parse_push_key(record.key) is None and (record.key or b"").lower().startswith(_WEB):
            _update(states, record)
    by_url = {spec.url: spec for spec in specs}
    return [
        FeedRow(
            state=states.get(url, FeedState(url=url)),
            spec=by_url.get(url),
            requested=url in requests,
        )
        for url in sorted(states.keys() | by_url.keys())
    ]


def row_as_json(row: FeedRow, now: datetime) -> dict[str, Any]:
    """Return the row for programs, with the whole URL."""
    state = row.state
    return {
        "url": state.url,
        "source": row.spec.source if row.spec else None,
        "name": row.spec.name if row.spec else None,
        "reliability": row.spec.reliability if row.spec else None,
        "text": row.spec.text if row.spec else None,
        "state": row.condition,
        "polled_at": state.polled_at,
        "next_at": row.next_at(now),
        "failures": state.failures,
        "error": state.last_error,
        "gone_since": state.gone_since,
        "requested": row.requested,
        **health_fields(state, now),
    }


def as_line(row: FeedRow, now: datetime) -> str:
    """Return the row for people."""
    state, url = row.state, without_query(row.state.url)
    polls = f"last {_moment(state.polled_at)}  {_next_poll(row.next_at(now), now):25}"
    parts = [f"{row.condition:8} {polls}  {url}", *_description(row.spec)]
    if state.gone_since:
        parts.append(f"gone since {_moment(state.gone_since)}")
    if state.failures:
        parts.append(f"{count_of(state.failures, 'failure')}: {state.last_error}")
    return "  ".join([*parts, *health_words(state, now)])


def _description(spec: FeedSpec | None) -> list[str]:
    """Return what people wrote of the feed."""
    if spec is None:
        return []
    reliability = f" ({spec.reliability})" if spec.reliability else ""
    return [f"{spec.name or spec.source}{reliability}"]


def _update(states: dict[str, FeedState], record: Any) -> None:
    url = (record.key or b"").decode("utf-8", "replace")
    try:
        states[url] = codec.decode(record.value, FeedState)
    except InvalidMessage:  # the fetcher would also start over with such a feed
        states.pop(url, None)


def _next_poll(at: datetime | None, now: datetime) -> str:
    if at is None:
        return "not polled"
    return "next now" if at <= now else f"next {_moment(at)}"


def _moment(moment: datetime | None) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}" if moment else "never".ljust(19)
