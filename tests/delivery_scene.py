"""One partition of deliver in memory: its topics, a clock that tests move, and crashes on demand.

Everything else is the real thing: the partition's ledger with its transactions, its workers,
queues and stories.
"""

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, Final, cast

from aiokafka import AIOKafkaProducer, TopicPartition

from services.alerting.deliver.channels.answers import Answer, Verdict
from services.alerting.deliver.channels.channel import Post, PostingPace
from services.alerting.deliver.context import DeliveryContext
from services.alerting.deliver.deliverer import REDRIVE_HEADER, PartitionDelivery
from services.alerting.deliver.grouping.withholding import DeliveryPolicy
from services.alerting.deliver.ledger.ledger import CommitInterrupted
from services.alerting.deliver.ledger.ledger_state import LedgerState
from services.alerting.routes.routes import Routes
from services.alerting.silences.silence_book import SilenceBook
from shared.base.settings import KafkaSettings
from shared.feedback.feedback_book import FeedbackBook
from shared.kafka.cluster import Cluster
from shared.kafka.topics import DELIVERIES, DISPATCHES, NOTIFICATIONS
from shared.messages import codec
from shared.messages.delivery_keys import is_entry
from shared.messages.schemas import Delivery, Dispatch, Notification
from shared.stream.assignment import AssignedPartition
from shared.stream.dead_letter_breaker import DeadLetterBreaker

TP: Final = TopicPartition(DISPATCHES.name, 0)
BEGIN: Final = datetime(2026, 1, 1, tzinfo=UTC)
POINTS: Final = ("before commit", "after commit", "before post", "after post")
"""Where the process can be made to end."""


class Crash(BaseException):
    """The process ends here."""


@dataclass(slots=True)
class MovedClock:
    """A clock that stands still until a test moves it; ``sleepers`` wait for it."""

    seconds: float = 0.0
    sleepers: dict[asyncio.Event, float | None] = field(default_factory=dict)

    def now(self) -> datetime:
        return BEGIN + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return self.seconds

    async def wait(self, event: asyncio.Event, seconds: float | None) -> None:
        self.sleepers[event] = None if seconds is None else self.seconds + seconds
        try:
            while not self._is_over(event):
                await asyncio.sleep(0)
        finally:
            del self.sleepers[event]

    def has_awake(self) -> bool:
        """Return whether a sleeper is about to wake up."""
        return any(self._is_over(event) for event in self.sleepers)

    def next_deadline(self) -> float | None:
        """Return when the next sleeper wakes up by itself; None if none will."""
        return min((at for at in self.sleepers.values() if at is not None), default=None)

    def _is_over(self, event: asyncio.Event) -> bool:
        deadline = self.sleepers[event]
        return event.is_set() or (deadline is not None and deadline <= self.seconds)


@dataclass(frozen=True, slots=True)
class Committed:
    """What one transaction wrote: entries of the ledger, and facts."""

    entries: Sequence[Delivery]
    facts: Sequence[Notification]


@dataclass(frozen=True, slots=True)
class Posted:
    """One request to a destination, and how many transactions had been committed before it."""

    destination: str
    notification_id: str
    is_marked: bool
    is_accepted: bool
    at_s: float
    transactions: int


@dataclass(slots=True)
class DeliveryScene:
    """The broker's side, which survives crashes: ``records`` of dispatches.v1 and the changelog.

    ``answers`` are those to the next posts of a destination, then ``accepted``; True beside one
    says that the message was taken, whatever the answer. ``crash_at`` is a point (``POINTS``) and
    how often it is passed before the process ends there. ``routes`` and ``silences`` may change at
    any time.
    """

    clock: MovedClock = field(default_factory=MovedClock)
    records: list[Any] = field(default_factory=list)
    committed_offset: int = 0
    changelog: list[tuple[bytes, bytes | None]] = field(default_factory=list)
    transactions: list[Committed] = field(default_factory=list)
    posts: list[Posted] = field(default_factory=list)
    answers: dict[str, list[tuple[Answer, bool]]] = field(default_factory=dict)
    crash_at: tuple[str, int] | None = None
    crashes: int = 0
    read_offset: int = 0
    delivery: PartitionDelivery | None = None
    routes: Routes = field(default_factory=Routes)
    silences: SilenceBook = field(default_factory=SilenceBook)
    feedback: FeedbackBook = field(default_factory=FeedbackBook)

    def publish(self, dispatch: Dispatch, *, is_redriven: bool = False) -> None:
        """Append a dispatch to the source; a person may have redriven it from the dead letters."""
        headers = [(REDRIVE_HEADER, b"0")] if is_redriven else []
        self.records.append(
            SimpleNamespace(
                offset=len(self.records),
                partition=0,
                value=codec.encode(dispatch),
                key=dispatch.destination.encode(),
                headers=headers,
                timestamp=int(self.clock.now().timestamp() * 1000),
            )
        )

    async def run(self) -> None:
        """Read what was published and work until all wait; a process that crashes is restarted."""
        while not await self._survive(self._run()):
            pass

    async def move(self, seconds: float) -> None:
        """Let so many seconds pass, and work whenever something is due."""
        end = self.clock.seconds + seconds
        await self.run()
        while (deadline := self.clock.next_deadline()) is not None and deadline <= end:
            self.clock.seconds = max(self.clock.seconds, deadline)
            await self.run()
        self.clock.seconds = end
        await self.run()

    async def kill(self) -> None:
        """End the process; the next ``run`` starts another one."""
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self.delivery = None

    async def stop(self) -> None:
        """End the process in order."""
        if self.delivery is not None:
            await self._survive(self.delivery.drain(1.0))
        if self.delivery is not None:
            await self._survive(self.delivery.ledger.flush())
        await self.kill()

    async def store(self) -> None:
        """Keep in the state what waits in memory alone."""
        await self.run()
        if self.delivery is not None:
            await self._survive(self.delivery.store_excess(0))
        await self.run()

    def reach(self, point: str) -> None:
        """Note that the process passes a point; it may end there."""
        if self.crash_at is not None and self.crash_at[0] == point:
            self.crash_at = None if self.crash_at[1] == 0 else (point, self.crash_at[1] - 1)
            if self.crash_at is None:
                raise Crash

    def entries(self) -> dict[str, Delivery]:
        """Return the last entry of each notification."""
        latest = {key: value for key, value in self.changelog if is_entry(key)}
        return {key.decode(): codec.decode(value, Delivery) for key, value in latest.items()}

    def state(self) -> LedgerState:
        """Return the state that the changelog holds."""
        state = LedgerState()
        for key, value in self.changelog:
            state.load(key, value)
        return state

    async def _survive(self, action: Coroutine[Any, Any, None]) -> bool:
        """Return whether the process survived an action."""
        try:
            await action
        except (Crash, CommitInterrupted):
            self.crashes += 1
            await self.kill()
            return False
        return True

    async def _run(self) -> None:
        if self.delivery is None:
            self.delivery = self._start()
            await self.delivery.resume()
        await self._work(self.delivery)
        while unread := self.records[self.read_offset :]:  # workers may publish, too
            self.read_offset = len(self.records)
            await self.delivery.accept_all(unread)
            await self._work(self.delivery)
        await self.delivery.ledger.flush()

    async def _work(self, delivery: PartitionDelivery) -> None:
        while self._is_busy():
            await asyncio.sleep(0)
            delivery.check()
        await asyncio.sleep(0)  # the end of a task is noted in the next turn
        delivery.check()

    def _start(self) -> PartitionDelivery:
        self.read_offset = self.committed_offset
        producer = cast("AIOKafkaProducer", _Producer(self))
        context = DeliveryContext(
            channels={"slack": _Channel(self)},
            clock=self.clock,
            dice=lambda: 0.5,
            dispatches_topic=DISPATCHES.name,
            notifications_topic=NOTIFICATIONS.name,
            policy=DeliveryPolicy(
                routes=lambda: self.routes, silences=self.silences, feedback=self.feedback
            ),
        )
        return PartitionDelivery(
            AssignedPartition(TP, producer, self.state()),
            Cluster(KafkaSettings()),
            context,
            DeadLetterBreaker(),
        )

    def _is_busy(self) -> bool:
        workers = len(asyncio.all_tasks()) - 1
        return workers > len(self.clock.sleepers) or self.clock.has_awake()

    def commit(self, writes: Sequence[tuple[str, Any]], offset: int | None) -> None:
        """Apply a transaction."""
        mine = [record for topic, record in writes if topic == DELIVERIES.name]
        facts = [record["value"] for topic, record in writes if topic == NOTIFICATIONS.name]
        for topic, record in writes:
            if topic == DISPATCHES.name:
                self.publish(codec.decode(record["value"], Dispatch))
        self.changelog += ((record["key"], record["value"]) for record in mine)
        self.committed_offset = self.committed_offset if offset is None else offset
        self.transactions.append(
            Committed(
                [codec.decode(r["value"], Delivery) for r in mine if is_entry(r["key"])],
                [codec.decode(value, Notification) for value in facts],
            )
        )


class _Batch:
    def __init__(self) -> None:
        self.records: list[Any] = []

    def append(self, **record: Any) -> object:
        self.records.append(record)
        return record

    def record_count(self) -> int:
        return len(self.records)


class _Producer:
    """A transactional producer whose transactions the scene applies."""

    def __init__(self, scene: DeliveryScene) -> None:
        self._scene = scene
        self._writes: list[tuple[str, Any]] = []
        self._offset: int | None = None

    def transaction(self) -> "_Producer":
        return self

    async def __aenter__(self) -> None:
        self._writes, self._offset = [], None

    async def __aexit__(self, error: object, *_: object) -> None:
        if error is None:
            self._scene.reach("before commit")
            self._scene.commit(self._writes, self._offset)
            await asyncio.sleep(0)
            self._scene.reach("after commit")

    async def partitions_for(self, _topic: str) -> set[int]:
        return {0}

    def create_batch(self) -> _Batch:
        return _Batch()

    async def send_batch(self, batch: _Batch, topic: str, *, partition: int) -> Any:  # noqa: ARG002 - there is one
        async def sent() -> None:
            self._writes += ((topic, record) for record in batch.records)

        return sent()

    async def send_offsets_to_transaction(self, offsets: Mapping[Any, Any], _group: str) -> None:
        self._offset = offsets[TP].offset


class _Channel:
    """A channel that answers what the scene says; a body is a notification's mark."""

    def __init__(self, scene: DeliveryScene) -> None:
        self._scene = scene

    @property
    def pace(self) -> PostingPace:
        return PostingPace(spacing_s=1.0)

    def rate_limit_key(self, name: str) -> str | None:
        return name

    def render(self, post: Post) -> bytes:
        return b"marked" if post.is_possible_repeat else b""

    async def send(self, name: str, body: bytes, notification_id: str) -> Answer:
        self._scene.reach("before post")
        await asyncio.sleep(0)
        answers = self._scene.answers.get(name)
        accepted = (Answer(verdict=Verdict.ACCEPTED, detail="200 ok"), True)
        answer, is_accepted = answers.pop(0) if answers else accepted
        self._scene.posts.append(
            Posted(
                f"slack:{name}",
                notification_id,
                body == b"marked",
                is_accepted,
                self._scene.clock.seconds,
                len(self._scene.transactions),
            )
        )
        self._scene.reach("after post")
        return answer
