"""The fetcher's loop: asks each feed when it is due, in the process that owns the feed's partition of feeds.v1.

A poll's articles and the feed's new state are one transaction of that partition's producer: an entry is written and remembered, or
neither. The group's member shares the feeds out, and reads the requests of operators that stand among the states (revival.py).
"""

import asyncio
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from aiokafka import TopicPartition

from services.fetcher.feeds_file import FeedSpec
from services.fetcher.poll_feed import Parse, PollResult, Web, poll_feed
from services.fetcher.record import raw_record
from services.fetcher.revival import parse_request_key, request_key
from services.fetcher.schedule import PollOutcome, PollReport, due_at, next_state, reset_state
from shared.base import metrics
from shared.base.log import get
from shared.base.outcomes import InvalidMessage
from shared.kafka.cluster import Cluster
from shared.kafka.partitioner import partition_of
from shared.kafka.topics import FEEDS
from shared.kafka.transaction import Unwritable, Write, commit
from shared.limits.process_pool import PoolBroken
from shared.messages import codec
from shared.messages.schemas import FeedState
from shared.stream.assignment import AssignedPartition, PartitionAssignment
from shared.stream.watchdog import Progress

log = get(__name__)

TICK_S: Final = 0.2
LOOK_S: Final = 1.0
"""Requests of operators are looked for this often. It is also how a coordinator's error and the end of a rebalance come through."""
MAX_READ: Final = 500
ASK_LIMIT_S: Final = 1_800.0
"""Everything that a poll waits for has a limit of its own; this one is there so that a mistake in them cannot silence a feed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PollTools:
    """What polls need of the outside, and how many may run at once."""

    web: Web
    parse: Parse
    at_once: int = 10


class PollLoop:
    """Polls feeds on a cluster. ``start``, then ``run`` until ``stop`` is asked for; any error of ``run`` means: leave the process."""

    def __init__(
        self,
        name: str,
        cluster: Cluster,
        specs: Sequence[FeedSpec],
        tools: PollTools,
        progress: Progress,
    ) -> None:
        self._name, self._cluster, self._specs, self._tools = name, cluster, specs, tools
        self.assignment = PartitionAssignment(
            cluster,
            group=name,
            source=FEEDS,
            state=FEEDS,
            progress=progress,
            on_assigned=self._assigned,
            on_revoked=self._revoked,
        )
        self._states: dict[str, FeedState] = {}
        self._polls: dict[str, asyncio.Task[None]] = {}
        self._asking: set[asyncio.Task[PollResult]] = set()
        self._stopping = asyncio.Event()
        self._looked = 0.0

    async def start(self) -> None:
        """Join the group that shares the feeds out."""
        await self.assignment.start()

    async def run(self) -> None:
        """Poll until asked to stop; raises what makes going on impossible (fenced, broker gone, no child processes)."""
        while not self._stopping.is_set():
            await self._round()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), TICK_S)
        await asyncio.gather(*self._polls.values())

    async def stop(self) -> None:
        """Let what has been downloaded be written, give up what has not, and leave the group."""
        self._stopping.set()
        for asking in self._asking:
            asking.cancel()
        await asyncio.gather(
            *self._polls.values(), return_exceptions=True
        )  # run() raises what there is
        await self.assignment.stop()

    async def _round(self) -> None:
        async with self.assignment.lock:
            self.assignment.check()
            if time.monotonic() - self._looked > LOOK_S:
                self._take_requests(await self.assignment.fetch(MAX_READ))
                self._count_gone()
                self._looked = time.monotonic()
        for url in [url for url, task in self._polls.items() if task.done()]:
            self._polls.pop(url).result()
        self._begin_due()

    def _take_requests(self, batches: Mapping[TopicPartition, Sequence[Any]]) -> None:
        """Take in requests to revive feeds; a poll that is under way is discarded when it ends, and the feed asked afresh."""
        for owned, records in [
            (self.assignment.partitions[tp], records)
            for tp, records in batches.items()
            if tp in self.assignment.partitions
        ]:
            for record in records:
                if (url := parse_request_key(record.key)) is None:
                    continue  # a state, which we wrote ourselves
                owned.state.load(record.key, record.value)
                if record.value is not None:
                    self._states.pop(url, None)
                    log.info("feed is to be asked at once", feed=url.partition("?")[0])

    def _count_gone(self) -> None:
        owned = [(spec, self._owner(spec.url)) for spec in self._specs]
        gone = Counter(
            spec.source for spec, owner in owned if owner and self._remembered(owner, spec.url).gone
        )
        for source in {spec.source for spec in self._specs}:
            metrics.FEEDS_GONE.labels(source).set(gone[source])

    def _begin_due(self) -> None:
        if self._stopping.is_set() or self.assignment.is_rebalancing:
            return
        free = self._tools.at_once - len(self._polls)
        for _, spec, owned in sorted(self._due(datetime.now(UTC)), key=lambda due: due[0])[:free]:
            self._polls[spec.url] = asyncio.create_task(
                self._poll(spec, self._remembered(owned, spec.url))
            )

    def _due(self, now: datetime) -> list[tuple[datetime, FeedSpec, AssignedPartition]]:
        owned = [
            (spec, self._owner(spec.url)) for spec in self._specs if spec.url not in self._polls
        ]
        times = [
            (due_at(self._remembered(owner, spec.url), spec.interval_s, now), spec, owner)
            for spec, owner in owned
            if owner
        ]
        return [(due, spec, owner) for due, spec, owner in times if due <= now]

    async def _poll(self, spec: FeedSpec, before: FeedState) -> None:
        asking = asyncio.create_task(self._ask(spec, before))
        self._asking.add(asking)
        await asyncio.wait([asking])
        self._asking.discard(asking)
        if asking.cancelled():
            return
        result = asking.result()
        async with self.assignment.lock:
            owned = self._owner(spec.url)
            if owned is None or self._remembered(owned, spec.url) != before:
                log.info(
                    "poll discarded: the feed has another owner now, or was revived",
                    feed=_shown(spec),
                )
                return
            await self._commit(owned, spec, result)

    async def _ask(self, spec: FeedSpec, before: FeedState) -> PollResult:
        try:
            async with asyncio.timeout(ASK_LIMIT_S):
                return await poll_feed(
                    spec,
                    before,
                    web=self._tools.web,
                    parse=self._tools.parse,
                    now=lambda: datetime.now(UTC),
                )
        except PoolBroken:
            raise
        except Exception as error:
            log.exception(
                "poll failed by a bug", feed=_shown(spec)
            )  # it must not stop the other feeds
            failed = PollReport(
                polled_at=datetime.now(UTC),
                outcome=PollOutcome.FAILED,
                error=f"a bug: {type(error).__name__}",
            )
            return PollResult(outcome=PollOutcome.FAILED, state=next_state(before, failed))

    async def _commit(self, owned: AssignedPartition, spec: FeedSpec, result: PollResult) -> None:
        articles, request = self._records(spec, result), request_key(spec.url)
        owned.state.set(spec.url.encode(), codec.encode(result.state))
        if owned.state.get(request) is not None:
            owned.state.set(request, None)
        states = owned.state.writes(self._cluster.name(FEEDS.name), owned.tp.partition)
        try:
            await commit(owned.producer, [*articles, *states], {}, self._cluster.name(self._name))
        except Unwritable:
            await self._commit_apart(owned, spec, articles, states)
        owned.state.commit()
        self._states[spec.url] = result.state
        _tell(spec, result, len(articles))

    async def _commit_apart(
        self,
        owned: AssignedPartition,
        spec: FeedSpec,
        articles: Sequence[Write],
        states: Sequence[Write],
    ) -> None:
        """Write each article by itself, so that only what the broker refuses is left out; then the state.

        A crash in between leads to the same articles once more, which are the same messages.
        """
        for article in articles:
            try:
                await commit(owned.producer, [article], {}, self._cluster.name(self._name))
            except Unwritable as why:
                metrics.FEED_ENTRIES.labels(spec.source, "invalid").inc()
                log.warning(
                    "article left out",
                    feed=_shown(spec),
                    bytes=len(article.value or b""),
                    because=str(why.__cause__ or why),
                )
        await commit(owned.producer, states, {}, self._cluster.name(self._name))

    def _records(self, spec: FeedSpec, result: PollResult) -> list[Write]:
        """The articles' records; one that cannot be written is told and left out."""
        records, now_ms = list[Write](), time.time_ns() // 1_000_000
        for article in result.articles:
            try:
                records.append(raw_record(self._cluster, article, now_ms=now_ms))
            except InvalidMessage as error:
                metrics.FEED_ENTRIES.labels(spec.source, "invalid").inc()
                log.warning("article left out", uri=article.uri, because=str(error))
        return records

    def _owner(self, url: str) -> AssignedPartition | None:
        """The owned partition that holds the feed, by the count that there was when partitions were assigned: a new one changes nothing yet."""
        partitions = {tp.partition: owned for tp, owned in self.assignment.partitions.items()}
        if not partitions:
            return None
        count = next(iter(partitions.values())).state.partitions
        return partitions.get(partition_of(url.encode(), count))

    def _remembered(self, owned: AssignedPartition, url: str) -> FeedState:
        """The feed's committed state; a fresh one where there is none, or none that can be read."""
        if url not in self._states:
            state = self._stored(owned, url)
            self._states[url] = (
                state if owned.state.get(request_key(url)) is None else reset_state(state)
            )
        return self._states[url]

    def _stored(self, owned: AssignedPartition, url: str) -> FeedState:
        value = owned.state.get(url.encode())
        try:
            return codec.decode(value, FeedState) if value is not None else FeedState(url=url)
        except InvalidMessage as error:
            log.warning(
                "feed state unreadable: the feed is read anew",
                feed=url.partition("?")[0],
                because=str(error),
            )
            return FeedState(url=url)

    def _assigned(self, owned: AssignedPartition) -> None:
        """Read on from where the state was read to: no request is missed, and none is answered twice."""
        self.assignment.consumer.seek(owned.tp, owned.state.end)

    async def _revoked(self, _owned: AssignedPartition) -> None:
        self._states.clear()


def _tell(spec: FeedSpec, result: PollResult, articles: int) -> None:
    """Count and log a poll that was committed."""
    metrics.FEED_POLLS.labels(spec.source, str(result.outcome)).inc()
    metrics.FEED_ENTRIES.labels(spec.source, "article").inc(articles)
    metrics.FEED_ENTRIES.labels(spec.source, "given_up").inc(len(result.abandoned))
    metrics.FEED_ENTRIES.labels(spec.source, "unchanged").inc(result.unchanged)
    for given in result.abandoned:
        log.warning("entry given up", feed=_shown(spec), url=given.url, because=given.reason)
    for problem in result.problems[:3]:
        log.info(
            "feed is not quite right",
            feed=_shown(spec),
            because=problem,
            problems=len(result.problems),
        )
    if result.outcome is PollOutcome.GONE:
        since = (
            result.state.gone_since.isoformat(timespec="seconds")
            if result.state.gone_since
            else None
        )
        log.warning(
            "feed is gone: asked once a day",
            feed=_shown(spec),
            since=since,
            revive="summitwire feeds revive",
        )
    elif result.outcome is PollOutcome.FAILED:
        # A feed that stays away is named after 1, 2, 4, 8, … polls.
        say = log.warning if result.state.failures.bit_count() <= 1 else log.debug
        say(
            "feed did not come",
            feed=_shown(spec),
            because=result.state.last_error,
            failures=result.state.failures,
        )
    else:
        say = log.info if articles else log.debug
        say(
            "feed polled",
            feed=_shown(spec),
            outcome=str(result.outcome),
            articles=articles,
            unchanged=result.unchanged,
            waiting=result.waiting,
        )


def _shown(spec: FeedSpec) -> str:
    """A feed's address without its parameters, which may hold a key."""
    return spec.url.partition("?")[0]
