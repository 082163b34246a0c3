"""Send articles to articles.raw in order and at a pace; an interrupted replay can continue.

The articles of a batch and the position behind them are one transaction, so a killed replay
neither loses an article nor sends one twice.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass, field
from typing import Final

from aiokafka import AIOKafkaProducer

from services.console.errors import say
from services.console.printing.plurals import count_of
from services.console.progress import ProgressTask, progress_task
from services.console.replay.pace import Pace
from services.console.replay.position import (
    ChangedInput,
    ReplayPosition,
    final_commit,
    group_of,
    load_position,
)
from services.console.replay.selection import ALWAYS, Period, Tally, in_event_order, select
from services.console.replay.sources import ReplaySource
from services.console.replay.throttle import LagMeter, Throttle
from services.fetcher.record import raw_record
from shared.base.outcomes import InvalidMessage
from shared.files.yaml_document import Problem
from shared.kafka.cluster import Cluster
from shared.kafka.preflight import check
from shared.kafka.topics import ARTICLES_RAW
from shared.kafka.transaction import Unwritable, Write, commit
from shared.messages.schemas import RawArticle

BATCH: Final = 100
BATCH_BYTES: Final = 4 * 1024 * 1024
"""Articles, and bytes of them, that are sent in one transaction."""
DESCRIPTION: Final = "replaying"


@dataclass(slots=True)
class Replay:
    """One replay.

    ``max_lag``: see Throttle; None does not wait. ``is_new``: an interrupted replay of the same
    name is not continued. ``tally`` has what could not be read or sent; all others are sent.
    """

    cluster: Cluster
    source: ReplaySource
    pace: Pace
    period: Period = ALWAYS
    max_lag: int | None = None
    is_new: bool = False
    tally: Tally = field(default_factory=Tally)
    resumed_at: int = 0
    waited_s: float = 0.0

    @property
    def replay_id(self) -> str:
        """The mark that every record of this replay carries."""
        return self.source.replay_id

    async def run(self) -> int:
        """Send what has not been sent yet, and return how many articles that were.

        Raises ConfigurationError if no broker answers or the topic is missing, and ChangedInput if
        the articles before the position of an interrupted replay are not what they were.
        """
        await check(self.cluster, [ARTICLES_RAW])
        async with AsyncExitStack() as stack:
            # Its start ends another process that still runs the same replay.
            producer = self.cluster.transactional_producer(group_of(self.replay_id))
            await producer.start()
            stack.push_async_callback(producer.stop)
            start = await self._load_position()
            task = stack.enter_context(progress_task(None, DESCRIPTION))
            throttle = await self._throttle(stack, task)
            sender = _Sender(self, producer, throttle, task, start)
            sent = await self._send(sender, start)
            await sender.end()
            self.waited_s = throttle.waited_s if throttle else 0.0
        return sent

    async def _load_position(self) -> ReplayPosition:
        start = None if self.is_new else await load_position(self.cluster, self.replay_id)
        if start is None:
            return ReplayPosition(time.time_ns() // 1_000_000)
        self.resumed_at = start.articles
        say(f"continuing behind article {start.articles:,} of the interrupted replay")
        return start

    async def _throttle(self, stack: AsyncExitStack, task: ProgressTask) -> Throttle | None:
        if self.max_lag is None:
            return None
        meter = await stack.enter_async_context(LagMeter(self.cluster))
        return Throttle(meter, self.max_lag, lambda text: task.describe(text or DESCRIPTION))

    def articles(self, started_ms: int) -> AsyncIterator[RawArticle]:
        """Return the articles that are replayed, for a timed replay in the order of their time."""
        articles = select(self.source.items(started_ms), self.period, self.tally)
        return articles if self.pace.factor is None else in_event_order(articles)

    async def _send(self, sender: "_Sender", start: ReplayPosition) -> int:
        position = ReplayPosition(start.started_ms)
        articles = self.articles(start.started_ms)
        async with aclosing(articles):  # type: ignore[type-var]
            async for article in articles:
                position = position.after(article)
                if position.articles > start.articles:
                    await sender.send(article, position)
                elif position.articles == start.articles and position.digest != start.digest:
                    raise ChangedInput(f"its first {start.articles:,} articles are others now")
        if position.articles < start.articles:
            raise ChangedInput(f"it has only {count_of(position.articles, 'article')} now")
        return position.articles - start.articles


@dataclass(slots=True)
class _Sender:
    """Collects articles to batches, and sends them when they are due."""

    job: Replay
    producer: AIOKafkaProducer
    throttle: Throttle | None
    task: ProgressTask
    position: ReplayPosition
    batch: list[tuple[Write, ReplayPosition]] = field(default_factory=list)
    size: int = 0

    async def send(self, article: RawArticle, position: ReplayPosition) -> None:
        """Send an article when it is due, at once or with the next ones."""
        wait_s = self.job.pace.wait_s(article, time.monotonic())
        if wait_s:
            await self._flush()
            await asyncio.sleep(wait_s)
        self.position = position
        try:
            record = raw_record(
                self.job.cluster,
                article,
                now_ms=time.time_ns() // 1_000_000,
                replay_id=self.job.replay_id,
            )
        except InvalidMessage as error:
            self.job.tally.add_problem(Problem(article.uri, 1, 1, str(error)))
            return
        self.batch.append((record, position))
        self.size += len(record.value or b"")
        limit = min(BATCH, self.job.max_lag or BATCH)
        if len(self.batch) >= limit or self.size >= BATCH_BYTES:
            await self._flush()

    async def end(self) -> None:
        """Send the last batch; the next replay of this name begins anew."""
        await self._flush()
        group = self.job.cluster.name(group_of(self.job.replay_id))
        await commit(self.producer, [], final_commit(self.job.cluster), group)

    async def _flush(self) -> None:
        if not self.batch:
            return
        if self.throttle:
            await self.throttle.wait(len(self.batch))
        try:
            await self._commit([write for write, _ in self.batch], self.position)
        except Unwritable:
            await self._commit_separately()
        self.task.advance(len(self.batch))
        self.batch.clear()
        self.size = 0

    async def _commit(self, writes: list[Write], position: ReplayPosition) -> None:
        group = self.job.cluster.name(group_of(self.job.replay_id))
        await commit(self.producer, writes, position.commit(self.job.cluster), group)

    async def _commit_separately(self) -> None:
        """Send each article on its own, so that only those the broker refuses are left out."""
        for write, position in self.batch:
            try:
                await self._commit([write], position)
            except Unwritable as error:
                uri = f"article {position.articles}"
                self.job.tally.add_problem(Problem(uri, 1, 1, f"the broker refuses it: {error}"))
