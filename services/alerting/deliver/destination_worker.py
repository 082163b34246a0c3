"""One destination's notifications in one partition, one after another: announce in the ledger, post, write what came of it.

Every destination has a courier of its own, so one that is slow or gone delays nobody else. The decisions are in delivery_policy.py and lanes.py.
"""

import asyncio
import heapq
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from services.alerting.deliver import delivery_alerts
from services.alerting.deliver.channels.answers import Answer, Verdict
from services.alerting.deliver.channels.channel import NOW, Channel, Post
from services.alerting.deliver.circuit_breaker import CircuitBreaker, on_response, on_send, wait_s
from services.alerting.deliver.context import DeliveryContext, LedgerEntries, QueuedNotification
from services.alerting.deliver.policy import (
    FINAL,
    Action,
    apply_answer,
    decide,
    end_without_post,
    intent,
    is_marked,
)
from services.alerting.deliver.retention import may_predate_ledger
from shared.base import metrics
from shared.base.log import get
from shared.kafka.transaction import Write
from shared.messages import headers
from shared.messages.schemas import Delivery, DeliveryState
from shared.stream.work import DeadLettered, outcome_from_error

log = get(__name__)

MAX_INTENT_AGE_S: Final = 2.0
"""A post begins at most this long after its INTENT was sent to the ledger: a process that was frozen in between proves its ownership anew."""
MAX_WAITING: Final = 500
"""More than so many for an address that fails are parked: they would fill the memory, and nobody reads them all."""
REDRIVE_HEADER: Final = "redriven-offset"
NO_ADDRESS: Final = "no address is configured for it"
CLOSED: Final = "its address refuses everything"
CROWDED: Final = "its address fails and too many wait for it"


class DestinationWorker:
    """Works through what is ``add``ed until ``stop``ped: the earliest due first, then what failed least, so that one failing post blocks no other."""

    def __init__(self, destination: str, ledger: LedgerEntries, desk: DeliveryContext) -> None:
        self._channel_name, _, self._name = destination.partition(":")
        self._ledger, self._desk = ledger, desk
        self._channel = desk.channels.get(self._channel_name)
        self._waiting: list[tuple[float, int, int, QueuedNotification]] = []
        self._woken, self._stopping = asyncio.Event(), False

    def add(self, item: QueuedNotification) -> None:
        """One more to deliver."""
        self._push(item, 0.0)
        self._woken.set()

    def stop(self) -> None:
        """Finish what was begun, begin nothing more."""
        self._stopping = True
        self._woken.set()

    async def run(self) -> None:
        """Deliver until stopped; an error means: leave the process."""
        while not self._stopping:
            item = await self._next()
            if item is not None and not self._stopping:
                await self._handle(item)

    async def _next(self) -> QueuedNotification | None:
        """The item that is due, or None after waiting for one."""
        self._woken.clear()
        due_in = self._waiting[0][0] - self._desk.clock.monotonic() if self._waiting else None
        if due_in is not None and due_in <= 0:
            return heapq.heappop(self._waiting)[-1]
        await self._desk.clock.wait(self._woken, due_in)
        return None

    async def _handle(self, item: QueuedNotification) -> None:
        try:
            entry = self._desk.limits.once(self._ledger.get, item.notification.notification_id)
        except Exception as error:  # noqa: BLE001 - an entry nobody can read must stop this one only
            await self._bury(item, None, outcome_from_error(error))
            return
        step = decide(
            entry,
            now=self._desk.clock.now(),
            obstacle=self._obstacle(),
            redriven=REDRIVE_HEADER in item.headers,
        )
        if step.action is Action.SKIP:
            self._ledger.finish(item.record.offset)
            self._count("skipped")
        elif step.action is Action.PARK:
            await self._park(item, entry, step.why)
        elif self._lane.ready_at > self._desk.clock.monotonic():
            self._push(item, self._lane.ready_at)
        else:
            await self._send(item, entry)

    async def _send(self, item: QueuedNotification, entry: Delivery | None) -> None:
        assert self._channel is not None  # noqa: S101 - without one there was an obstacle
        announced = intent(
            entry, item.notification, self._desk.clock.now(), forgotten=self._may_be_forgotten(item)
        )
        try:
            body = self._desk.limits.once(
                self._channel.render, self._post(item, is_marked(announced))
            )
        except Exception as error:  # noqa: BLE001 - whatever a notification provokes, its neighbours must not notice
            await self._bury(item, entry, outcome_from_error(error))
            return
        self._lane = on_send(self._lane, self._desk.clock.monotonic())
        announced = await self._announce(item, announced)
        with metrics.DELIVERY_SECONDS.labels(self._channel_name).time():
            answer = await self._answer(self._channel, body, announced.notification_id)
        await self._settle(item, announced, answer)

    async def _announce(self, item: QueuedNotification, announced: Delivery) -> Delivery:
        """Commit the INTENT, again while too much time passes over it; a worker that is no owner any more is fenced here."""
        while True:
            began = self._desk.clock.monotonic()
            await self._write(item, announced)
            if self._desk.clock.monotonic() - began <= MAX_INTENT_AGE_S:
                return announced
            announced = replace(announced, last_attempt_at=self._desk.clock.now())

    async def _answer(self, channel: Channel, body: bytes, notification_id: str) -> Answer:
        try:
            return await channel.send(self._name, body, notification_id)
        except Exception as error:  # noqa: BLE001 - a channel's bug must stop neither the process nor other destinations
            log.error("a channel failed", channel=self._channel_name, error=type(error).__name__)  # noqa: TRY400 - a trace may hold the address
            return Answer(verdict=Verdict.IN_DOUBT, detail=type(error).__name__)

    async def _settle(self, item: QueuedNotification, announced: Delivery, answer: Answer) -> None:
        before, now, jitter = self._lane, self._desk.clock.monotonic(), self._desk.dice()
        self._lane = on_response(before, answer, now=now, jitter=jitter)
        settled = apply_answer(announced, answer, plain=item.plain)
        self._tell(item, settled, answer)
        if settled.state is DeliveryState.DEAD:
            await self._bury(
                item,
                settled,
                DeadLettered(
                    "Refused",
                    f"{item.notification.destination} refused also the plain form: {answer.detail}",
                ),
            )
        elif settled.state in FINAL:
            newly_closed = before.open_until is None and self._lane.open_until is not None
            await self._write(
                item, settled, finished=True, also=self._notice(settled) if newly_closed else ()
            )
        else:
            item.tries, item.plain = (
                item.tries + 1,
                item.plain or answer.verdict is Verdict.MALFORMED,
            )
            await self._write(item, settled)
            self._push(
                item,
                now
                if answer.verdict is Verdict.MALFORMED
                else now + wait_s(answer, settled.attempts, jitter),
            )

    async def _park(self, item: QueuedNotification, entry: Delivery | None, why: str) -> None:
        parked = end_without_post(
            entry,
            item.notification,
            DeliveryState.PARKED,
            why,
            self._desk.clock.now(),
            forgotten=self._may_be_forgotten(item),
        )
        await self._write(item, parked, finished=True)
        self._count("parked")
        log.warning(
            "notification parked",
            destination=item.notification.destination,
            notification=parked.notification_id,
            because=why,
        )

    async def _bury(
        self, item: QueuedNotification, entry: Delivery | None, reason: DeadLettered
    ) -> None:
        buried = end_without_post(
            entry,
            item.notification,
            DeliveryState.DEAD,
            reason.message[:200],
            self._desk.clock.now(),
            forgotten=self._may_be_forgotten(item),
        )
        await self._write(
            item, buried, finished=True, also=[self._ledger.dead_letter(item.record, reason)]
        )
        self._count("dead")
        log.warning(
            "notification is a dead letter",
            destination=item.notification.destination,
            because=reason.message,
        )

    async def _write(
        self,
        item: QueuedNotification,
        entry: Delivery,
        *,
        finished: bool = False,
        also: Sequence[Write] = (),
    ) -> None:
        offset = item.record.offset if finished else None
        await self._ledger.write(
            entry, origin=item.headers, now_ms=self._now_ms(), finished=offset, also=also
        )

    def _may_be_forgotten(self, item: QueuedNotification) -> bool:
        """Whether a notification that the ledger does not hold may have been posted before."""
        horizon = self._ledger.forgotten_before(self._desk.clock.now())
        written_at = datetime.fromtimestamp(item.record.timestamp / 1000, UTC)
        return item.notification.possible_repeat or may_predate_ledger(
            item.notification, written_at, forgotten_before=horizon
        )

    def _notice(self, settled: Delivery) -> Sequence[Write]:
        """Tell another destination, in the same transaction, that this one takes nothing any more."""
        found = delivery_alerts.closed(settled, self._desk.fallback)
        return (
            [delivery_alerts.write(found, self._desk.notifications_topic, self._now_ms())]
            if found
            else []
        )

    def _post(self, item: QueuedNotification, marked: bool) -> Post:
        times = headers.latency_record(item.headers) | {NOW: self._now_ms()}
        return Post(
            notification=item.notification,
            times=times,
            replayed=headers.REPLAY_ID in item.headers,
            marked=marked,
            plain=item.plain,
        )

    def _obstacle(self) -> str:
        """Why this destination takes nothing now; nothing where it does."""
        if self._channel is None or self._channel.rate_limit_key(self._name) is None:
            return NO_ADDRESS
        if self._lane.is_open(self._desk.clock.monotonic()):
            return CLOSED
        return CROWDED if self._lane.failures and len(self._waiting) >= MAX_WAITING else ""

    @property
    def _lane(self) -> CircuitBreaker:
        return self._desk.lanes.get(self._lane_key(), CircuitBreaker())

    @_lane.setter
    def _lane(self, lane: CircuitBreaker) -> None:
        self._desk.lanes[self._lane_key()] = lane

    def _lane_key(self) -> tuple[str, str]:
        return self._channel_name, (
            self._channel.rate_limit_key(self._name) if self._channel else None
        ) or ""

    def _push(self, item: QueuedNotification, due: float) -> None:
        heapq.heappush(self._waiting, (due, item.tries, item.record.offset, item))

    def _now_ms(self) -> int:
        return int(self._desk.clock.now().timestamp() * 1000)

    def _count(self, outcome: str) -> None:
        metrics.DELIVERIES.labels(self._channel_name, outcome).inc()

    def _tell(self, item: QueuedNotification, settled: Delivery, answer: Answer) -> None:
        """Count and log an answer."""
        accepted = answer.verdict is Verdict.ACCEPTED
        self._count("accepted_marked" if accepted and is_marked(settled) else str(answer.verdict))
        closed = sum(
            lane.open_until is not None
            for (name, _), lane in self._desk.lanes.items()
            if name == self._channel_name
        )
        metrics.CIRCUITS_OPEN.labels(self._channel_name).set(closed)
        times = headers.latency_record(item.headers)
        if accepted and times and headers.REPLAY_ID not in item.headers:
            metrics.HOP_SECONDS.labels("delivered").observe(
                max(0.0, (self._now_ms() - list(times.values())[-1]) / 1000)
            )
        tell = log.info if accepted else log.warning
        tell(
            "posted",
            destination=settled.destination,
            notification=settled.notification_id,
            answer=answer.detail,
            verdict=str(answer.verdict),
        )
