"""The feeds that a cluster and FEEDS_FILE know, as `summitwire feeds` shows them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from services.console.topics.topic_reader import iter_retained
from services.fetcher import feeds_file
from services.fetcher.feeds_file import FeedSpec
from services.fetcher.revival import parse_request_key
from services.fetcher.schedule import due_at
from shared.base.outcomes import InvalidMessage
from shared.kafka.cluster import Cluster
from shared.kafka.topics import FEEDS
from shared.messages import codec
from shared.messages.schemas import FeedState


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedRow:
    """One feed. ``spec`` None: FEEDS_FILE does not list it, so it is not polled; ``requested``: a revival waits for the fetcher."""

    state: FeedState
    spec: FeedSpec | None = None
    requested: bool = False

    @property
    def condition(self) -> str:
        """In one word, the worst first."""
        if self.state.gone:
            return "gone"
        if self.state.failures:
            return "failing"
        return "ok" if self.state.polled_at else "new"

    def next_at(self, now: datetime) -> datetime | None:
        """When it is to be polled next, not before ``now``; None where it is not polled."""
        if self.spec is None:
            return None
        return now if self.requested else max(now, due_at(self.state, self.spec.interval_s, now))


def without_query(url: str) -> str:
    """A feed's address without its parameters, which may hold a key."""
    return url.partition("?")[0]


def load_feed_specs(file: str) -> tuple[FeedSpec, ...]:
    """The feeds of FEEDS_FILE; none where it names no file."""
    return feeds_file.load(Path(file)) if file else ()


async def load_rows(cluster: Cluster, specs: Iterable[FeedSpec]) -> list[FeedRow]:
    """Every feed that the topic or the file knows, by address."""
    states, requested = dict[str, FeedState](), set[str]()
    async for record in iter_retained(cluster, FEEDS.name):
        if url := parse_request_key(record.key):
            (requested.discard if record.value is None else requested.add)(url)
        else:
            _take(states, record)
    listed = {spec.url: spec for spec in specs}
    return [_row(url, states, listed, requested) for url in sorted(states.keys() | listed.keys())]


def _take(states: dict[str, FeedState], record: Any) -> None:
    url = (record.key or b"").decode("utf-8", "replace")
    try:
        states[url] = codec.decode(record.value, FeedState)
    except InvalidMessage:  # the fetcher would read the feed anew, too
        states.pop(url, None)


def _row(
    url: str, states: Mapping[str, FeedState], listed: Mapping[str, FeedSpec], requested: set[str]
) -> FeedRow:
    return FeedRow(
        state=states.get(url, FeedState(url=url)), spec=listed.get(url), requested=url in requested
    )


def as_json(row: FeedRow, now: datetime) -> dict[str, Any]:
    """A row for programs; the URL is whole."""
    state = row.state
    return {
        "url": state.url,
        "source": row.spec.source if row.spec else None,
        "state": row.condition,
        "polled_at": state.polled_at,
        "next_at": row.next_at(now),
        "failures": state.failures,
        "error": state.last_error,
        "gone_since": state.gone_since,
        "requested": row.requested,
    }


def as_line(row: FeedRow, now: datetime) -> str:
    """A row for people."""
    state, when = row.state, row.next_at(now)
    following = (
        "not polled" if when is None else "next now" if when <= now else f"next {_moment(when)}"
    )
    parts = [
        f"{row.condition:8} last {_moment(state.polled_at)}  {following:25}  {without_query(state.url)}"
    ]
    parts += [f"gone since {_moment(state.gone_since)}"] if state.gone_since else []
    parts += [f"{state.failures} failures: {state.last_error}"] if state.failures else []
    return "  ".join(parts)


def _moment(moment: datetime | None) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}" if moment else "never".ljust(19)
