"""Poll each feed when it is due, in the process that is assigned its partition of feeds.v1.

A poll's articles and the feed's new state are one transaction of that partition's producer: an
entry is written and remembered, or neither. The consumer group distributes the feeds, and its
member reads the requests of operators among the states (shared/messages/feed_revival.py).
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from itertools import product
from typing import Any, Final

from aiokafka import TopicPartition

from services.fetcher.feed_error import FeedErrorKind
from services.fetcher.polling.entry_pages import Select, select_here
from services.fetcher.polling.poll_feed import PollResult, poll_feed
from services.fetcher.polling.report_poll import ProblemLog, report_poll, without_parameters
from services.fetcher.polling.web import Parse, Web
from services.fetcher.push.websub.pushed_documents import PushedDocuments, load_document
from services.fetcher.push.websub.pushed_feed import read_pushed
from services.fetcher.record import raw_record
from services.fetcher.sources.feeds_file import FeedSpec
from services.fetcher.timing.due_times import DueTimes, is_proven
from services.fetcher.timing.schedule import (
    PollOutcome,
    PollReport,
    end_back_off,
    next_state,
    reset_state,
    with_next_poll,
)
from services.fetcher.timing.starts import (
    PollLimits,
    RunningPoll,
    StartPace,
    choose_starts,
    host_of,
)
from shared.base import metrics
from shared.base.log import get
from shared.base.outcomes import InvalidMessage
from shared.kafka.cluster import SESSION_TIMEOUT_MS, Cluster
from shared.kafka.partitioner import partition_of
from shared.kafka.topics import FEEDS
from shared.kafka.transaction import Unwritable, Write, commit, rehearse
from shared.limits.process_pool import PoolBroken
from shared.messages import codec
from shared.messages.feed_health import unusual_quiet_s
from shared.messages.feed_revival import parse_request_key, request_key
from shared.messages.schemas import FeedState, PushedFeed
from shared.stream.assignment import AssignedPartition, PartitionAssignment
from shared.stream.watchdog import Progress

log = get(__name__)

TICK_S: Final = 0.2
CONSUMER_POLL_S: Final = 1.0
"""How often to read operators' requests. A coordinator's errors and the end of a rebalance also
come from these reads."""
MAX_RECORDS: Final = 500
CONFIRM_AFTER_S: Final = SESSION_TIMEOUT_MS / 1000 / 2
"""After so long a standstill the group may have given our feeds to another process."""
CHECK_KEY: Final = b"check "
"""The key of a record that is never committed; no URL begins like this."""
POLL_LIMIT_S: Final = 1_800.0
"""Each wait in a poll has a limit of its own; this one ensures that a bug in them cannot stop a
feed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PollTools:
    """The input and output of polls, and how many polls may run at once, in all and on a host."""

    web: Web
    parse: Parse
    select: Select = select_here
    at_once: int = 10
    per_host: int = 2


def _keep_spec(spec: FeedSpec) -> FeedSpec:
    return spec


class PollLoop:
    """Polls feeds on a cluster.

    Call ``start``, then ``run``, which lasts until ``stop``. After any error of ``run`` the process
    must end. ``adjust`` changes how often a feed is polled, and must return the same object as long
    as that does not change; ``on_pushed`` is called when a pushed document of a feed was read.
    """

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
            on_assigned=self._on_assigned,
            on_revoked=self._on_revoked,
        )
        self._states: dict[str, FeedState] = {}
        self._polls: dict[str, asyncio.Task[None]] = {}
        self._running: dict[str, RunningPoll] = {}
        self._problems = ProblemLog()
        self._due_times = DueTimes()
        self._pace = StartPace(tools.at_once)
        self.pushed = PushedDocuments()
        self._read_until_s = 0.0
        self._wake = asyncio.Event()
        self.adjust: Callable[[FeedSpec], FeedSpec] = _keep_spec
        self.on_pushed: Callable[[str], None] = lambda _url: None
        self._downloads: set[asyncio.Task[PollResult]] = set()
        self._stopping = asyncio.Event()
        self._last_read_s = 0.0
        self._awake_s = time.monotonic()

    def use_feeds(self, specs: Sequence[FeedSpec]) -> None:
        """Poll these feeds from now on; a poll that runs is finished, and all states stay."""
        before = {spec.url: spec for spec in self._specs}
        left_out = {spec.source for spec in self._specs} - {spec.source for spec in specs}
        self._specs = specs
        for spec in specs:
            if spec.url in before and before[spec.url] != spec:
                self._end_back_off(before[spec.url], spec)
        self._problems.forget_all_but({spec.url for spec in specs})
        for source, gauge in product(left_out, (metrics.FEEDS_GONE, metrics.FEEDS_QUIET)):
            with suppress(KeyError):
                gauge.remove(source)

    @property
    def feeds(self) -> Sequence[FeedSpec]:
        """All feeds of the feeds file, also those of other processes."""
        return self._specs

    def owns(self, url: str) -> bool:
        """Return whether this process has the feed's partition."""
        return self._partition_of(url) is not None

    def wake(self) -> None:
        """Read feeds.v1 now: something was written there for this process."""
        self._read_until_s = time.monotonic() + CONSUMER_POLL_S
        self._wake.set()

    async def commit_for(self, url: str, writes: Sequence[Write]) -> bool:
        """Write records as the owner of a feed; False if this process is not its owner."""
        async with self.assignment.lock:
            partition = self._partition_of(url)
            if partition is None:
                return False
            await commit(partition.producer, writes, {}, self._cluster.name(self._name))
            return True

    async def start(self) -> None:
        """Join the consumer group that distributes the feeds."""
        await self.assignment.start()

    async def run(self) -> None:
        """Poll until stopped; raises what makes it impossible to continue.

        That is: fenced, no broker, or no child processes.
        """
        self._awake_s = time.monotonic()
        while not self._stopping.is_set():
            self._wake.clear()
            await self._run_once()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), TICK_S)
        await asyncio.gather(*self._polls.values())

    async def stop(self) -> None:
        """Let finished polls be written, cancel the others, and leave the group."""
        self._stopping.set()
        self._wake.set()
        for download in self._downloads:
            download.cancel()
        # run() raises the errors.
        await asyncio.gather(*self._polls.values(), return_exceptions=True)
        await self.assignment.stop()

    async def _run_once(self) -> None:
        await self._confirm_assignment()
        async with self.assignment.lock:
            self.assignment.check()
            now_s = time.monotonic()
            if now_s - self._last_read_s > CONSUMER_POLL_S or now_s < self._read_until_s:
                # Without waiting: a poll that has ended needs the lock to write its articles.
                self._apply_requests(await self.assignment.fetch(MAX_RECORDS, wait_ms=0))
                self._count_health()
                self._last_read_s = time.monotonic()
        for url in [url for url, task in self._polls.items() if task.done()]:
            self._running.pop(url, None)
            self._polls.pop(url).result()
        self._start_due()

    async def _confirm_assignment(self) -> None:
        """After a standstill of this process, make sure that its partitions are still its own.

        A process that was frozen does not know that the group has given its feeds to another. It
        would request them once more, before a commit or a heartbeat tells it. Raises if it is
        fenced.
        """
        if time.monotonic() - self._awake_s <= CONFIRM_AFTER_S:
            self._awake_s = time.monotonic()
            return
        async with self.assignment.lock:
            if time.monotonic() - self._awake_s > CONFIRM_AFTER_S:
                for partition in self.assignment.partitions.values():
                    check = Write(
                        self._cluster.name(FEEDS.name),
                        CHECK_KEY,
                        b"",
                        partition=partition.tp.partition,
                    )
                    await rehearse(partition.producer, [check])
                log.info("its feeds are still its own after a standstill of the process")
                self._awake_s = time.monotonic()

    def _apply_requests(self, batches: Mapping[TopicPartition, Sequence[Any]]) -> None:
        """Apply operators' requests to revive feeds.

        A running poll of such a feed is discarded when it ends, and the feed is polled again.
        """
        partitions = self.assignment.partitions
        for tp, records in batches.items():
            if tp not in partitions:
                continue
            for record in records:
                if self.pushed.apply(record.key, record.value, partitions[tp].state):
                    continue
                if (url := parse_request_key(record.key)) is None:
                    continue  # a state, which we wrote ourselves
                partitions[tp].state.load(record.key, record.value)
                if record.value is not None:
                    self._states.pop(url, None)
                    log.info("feed will be polled at once", feed=without_parameters(url))

    def _start_pushed(self, own: Mapping[str, tuple[FeedSpec, FeedState]]) -> None:
        """Begin to read pushed documents, those of each feed one after the other."""
        for key, url in self.pushed.list_next(self._polls):
            partition = self._partition_of(url)
            if url in own and len(self._polls) < self._tools.at_once:
                self._polls[url] = asyncio.create_task(self._poll(*own[url], key))
            elif url not in own and partition is not None:  # it is no longer in the feeds file
                self.pushed.finish(key, partition.state)

    def _count_health(self) -> None:
        gone, quiet, now = Counter[str](), Counter[str](), datetime.now(UTC)
        for spec, state in self._own_feeds().values():
            gone[spec.source] += state.gone
            quiet[spec.source] += unusual_quiet_s(state, now) is not None
        for source in {spec.source for spec in self._specs}:
            metrics.FEEDS_GONE.labels(source).set(gone[source])
            metrics.FEEDS_QUIET.labels(source).set(quiet[source])

    def _start_due(self) -> None:
        if self._stopping.is_set() or self.assignment.is_rebalancing:
            return
        now_s, own = time.monotonic(), self._own_feeds()
        self._start_pushed(own)
        due = self._due_times.list_due(own.values(), datetime.now(UTC))
        chosen = choose_starts(
            (each for each in due if each.url not in self._polls),
            list(self._running.values()),
            PollLimits(at_once=self._tools.at_once, per_host=self._tools.per_host),
            now_s=now_s,
            allowance=self._pace.allowance(now_s, self._due_times.starts_per_s),
        )
        self._pace.take(len(chosen))
        for url in chosen:
            self._running[url] = RunningPoll(
                host=host_of(url), started_s=now_s, is_proven=is_proven(own[url][1])
            )
            self._polls[url] = asyncio.create_task(self._poll(*own[url]))

    def _own_feeds(self) -> dict[str, tuple[FeedSpec, FeedState]]:
        """Return the feeds of our partitions, each with its state."""
        return {
            spec.url: (self.adjust(spec), self._state_of(partition, spec.url))
            for spec in self._specs
            if (partition := self._partition_of(spec.url))
        }

    async def _poll(self, spec: FeedSpec, before: FeedState, push: bytes | None = None) -> None:
        """Poll a feed, or read the document that was pushed for it under this key."""
        owned = self._partition_of(spec.url)
        pushed = load_document(push, owned.state) if owned else None
        download = asyncio.create_task(self._download(spec, before, pushed))
        self._downloads.add(download)
        await asyncio.wait([download])
        self._downloads.discard(download)
        if download.cancelled():
            return
        result = download.result()
        async with self.assignment.lock:
            partition = self._partition_of(spec.url)
            if partition is None or self._state_of(partition, spec.url) != before:
                log.info(
                    "poll discarded: the feed was reassigned or revived",
                    feed=without_parameters(spec.url),
                )
                return
            await self._commit(partition, spec, result, push)

    async def _download(
        self, spec: FeedSpec, before: FeedState, pushed: PushedFeed | None = None
    ) -> PollResult:
        async def poll(state: FeedState, web: Web) -> PollResult:
            return await poll_feed(
                spec,
                state,
                web=web,
                parse=self._tools.parse,
                select=self._tools.select,
                now=lambda: datetime.now(UTC),
            )

        await self._confirm_assignment()
        try:
            async with asyncio.timeout(POLL_LIMIT_S):
                if pushed is not None and pushed.content:
                    result = await read_pushed(spec, before, pushed, self._tools.web, poll)
                    if result.outcome is not PollOutcome.FAILED:
                        return result
                return await poll(before, self._tools.web)
        except PoolBroken:
            raise
        except Exception as error:
            # A bug with one feed must not stop the others.
            log.exception("poll failed by a bug", feed=without_parameters(spec.url))
            report = PollReport(
                polled_at=datetime.now(UTC),
                outcome=PollOutcome.FAILED,
                error=f"a bug: {type(error).__name__}",
                error_kind=FeedErrorKind.BUG,
            )
            return PollResult(
                outcome=PollOutcome.FAILED,
                state=next_state(before, report),
                error_kind=report.error_kind,
            )

    async def _commit(
        self,
        partition: AssignedPartition,
        spec: FeedSpec,
        result: PollResult,
        push: bytes | None = None,
    ) -> None:
        articles, request = self._build_records(spec, result), request_key(spec.url)
        state = with_next_poll(result.state, spec.interval_s, spec.longest_interval_s)
        state = replace(state, source=spec.source, name=spec.name)
        partition.state.set(spec.url.encode(), codec.encode(state))
        if partition.state.get(request) is not None:
            partition.state.set(request, None)
        if push is not None:
            self.pushed.finish(push, partition.state)
        states = partition.state.writes(self._cluster.name(FEEDS.name), partition.tp.partition)
        group = self._cluster.name(self._name)
        try:
            await commit(partition.producer, [*articles, *states], {}, group)
        except Unwritable:
            articles = await self._leave_out_refused(partition, spec, articles)
            await commit(partition.producer, [*articles, *states], {}, group)
        partition.state.commit()
        self._states[spec.url] = state
        if push is not None:
            self.on_pushed(spec.url)
        report_poll(spec, result, len(articles), self._problems)

    async def _leave_out_refused(
        self, partition: AssignedPartition, spec: FeedSpec, articles: Sequence[Write]
    ) -> list[Write]:
        """Return the articles that the broker takes; each is sent on its own, and nobody sees it.

        So the others can be written in one transaction with the state.
        """
        accepted = list[Write]()
        for article in articles:
            try:
                await rehearse(partition.producer, [article])
                accepted.append(article)
            except Unwritable as error:
                metrics.FEED_ENTRIES.labels(spec.source, "invalid").inc()
                log.warning(
                    "article skipped",
                    feed=without_parameters(spec.url),
                    bytes=len(article.value or b""),
                    because=str(error.__cause__ or error),
                )
        return accepted

    def _build_records(self, spec: FeedSpec, result: PollResult) -> list[Write]:
        """Build the articles' records; articles that cannot be written are logged and skipped."""
        records, now_ms = list[Write](), time.time_ns() // 1_000_000
        for article in result.articles:
            try:
                records.append(raw_record(self._cluster, article, now_ms=now_ms))
            except InvalidMessage as error:
                metrics.FEED_ENTRIES.labels(spec.source, "invalid").inc()
                log.warning("article skipped", uri=article.uri, because=str(error))
        return records

    def _partition_of(self, url: str) -> AssignedPartition | None:
        """Return the assigned partition that has the feed, None if it is another process's.

        The partition count is that at the time of assignment: adding partitions has no effect yet.
        """
        for tp, partition in self.assignment.partitions.items():
            if tp.partition == _partition_number(url, partition.state.partitions):
                return partition
        return None

    def _state_of(self, partition: AssignedPartition, url: str) -> FeedState:
        """Return the feed's committed state, reset if an operator requests that."""
        if url not in self._states:
            state = self._load_state(partition, url)
            is_requested = partition.state.get(request_key(url)) is not None
            self._states[url] = reset_state(state) if is_requested else state
        return self._states[url]

    def _end_back_off(self, before: FeedSpec, spec: FeedSpec) -> None:
        """Poll a failing feed at once if its line in the feeds file may have been repaired.

        A poll of it that runs is discarded when it ends.
        """
        if (partition := self._partition_of(spec.url)) is None:
            return
        state = self._state_of(partition, spec.url)
        self._states[spec.url] = end_back_off(state, before, spec)
        if self._states[spec.url] is not state:
            log.info("feed will be polled at once", feed=without_parameters(spec.url))

    def _load_state(self, partition: AssignedPartition, url: str) -> FeedState:
        """Load the feed's state; a new one if there is none, or none that can be decoded."""
        value = partition.state.get(url.encode())
        try:
            return codec.decode(value, FeedState) if value is not None else FeedState(url=url)
        except InvalidMessage as error:
            log.warning(
                "feed state unreadable: starting over",
                feed=without_parameters(url),
                because=str(error),
            )
            return FeedState(url=url)

    def _on_assigned(self, partition: AssignedPartition) -> None:
        """Continue where restoring the state ended, so that each request is read exactly once."""
        self.assignment.consumer.seek(partition.tp, partition.state.end)
        self.pushed.restore(partition.state)

    async def _on_revoked(self, partition: AssignedPartition) -> None:
        self._states.clear()
        self.pushed.forget(partition.state)


@lru_cache(maxsize=20_000)
def _partition_number(url: str, count: int) -> int:
    return partition_of(url.encode(), count)
