"""A running poll loop whose feeds file changes; partitions stand in for those of a broker."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from aiokafka import TopicPartition

from services.fetcher.polling.poll_loop import PollLoop, PollTools
from services.fetcher.sources.feeds_file import FeedSpec
from services.fetcher.timing.schedule import due_at
from shared.messages import codec
from shared.messages.schemas import FeedState
from shared.stream.watchdog import Progress
from tests.kafka_tools import cluster_at

NOW = datetime(2026, 11, 30, 8, tzinfo=UTC)
SPEC = FeedSpec(url="https://n.example/f", source="n", interval_s=60, headers={"X-Key": "old"})
FAILING = FeedState(
    url=SPEC.url, polled_at=NOW, failures=40, next_at=NOW + timedelta(hours=6), last_error="401"
)


def build_loop(state: FeedState) -> PollLoop:
    """Return a loop that is assigned the feed, whose state is this one."""
    no_web: Any = None
    tools = PollTools(web=no_web, parse=no_web)
    loop = PollLoop("fetcher", cluster_at("127.0.0.1:1", "x"), [SPEC], tools, Progress(60, 0))
    stored = {state.url.encode(): codec.encode(state)}
    partition: Any = SimpleNamespace(
        tp=TopicPartition("feeds.v1", 0), state=SimpleNamespace(partitions=1, get=stored.get)
    )
    loop.assignment.partitions[partition.tp] = partition
    return loop


def test_a_failing_feed_with_another_token_is_due_at_once() -> None:
    """As one that is added; nobody has to revive it."""
    loop = build_loop(FAILING)
    loop.use_feeds([replace(SPEC, headers={"X-Key": "new"})])
    ((spec, state),) = loop._own_feeds().values()
    assert spec.headers == {"X-Key": "new"}
    assert due_at(state, spec.interval_s, NOW, None) <= NOW


def test_a_failing_feed_with_another_name_waits_on() -> None:
    """Its state is the one that was committed."""
    loop = build_loop(FAILING)
    loop.use_feeds([replace(SPEC, name="N")])
    ((_, state),) = loop._own_feeds().values()
    assert state.failures == FAILING.failures
