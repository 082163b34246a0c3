"""Delivers one destination's notifications of one partition, one after another.

For each: announce the post in the ledger, post, write what came of it. Every destination has a
worker of its own, so a slow or dead one delays no other. The decisions are in policy.py and
rate_limit.py.
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
from services.alerting.deliver.rate_limit import RateLimit, on_response, on_send, wait_s
from services.alerting.deliver.retention import may_predate_ledger
from services.alerting.reasons import ParkingReason
from shared.base import metrics
from shared.base.log import get
from shared.kafka.transaction import Write
from shared.messages import headers
from shared.messages.schemas import Delivery, DeliveryState
from shared.stream.work import DeadLettered, outcome_from_error

log = get(__name__)

MAX_INTENT_AGE_S: Final = 2.0
"""A post begins at most this long after its INTENT was sent to the ledger.

A process that was frozen in between writes another INTENT, which proves that it is still the owner.
"""
MAX_WAITING: Final = 500
"""Queue limit for a failing address.

Further notifications are parked: they would fill the memory, and nobody would read them all.
"""
REDRIVE_HEADER: Final = "redriven-offset"


class DestinationWorker:
    """Delivers what is ``add``ed until ``stop``.

    The earliest due goes first, then what failed least, so that one failing post blocks no other.
    """

    def __init__(self, destination: str, ledger: LedgerEntries, context: DeliveryContext) -> None:
        self._channel_name, _, self._name = destination.partition(":")
        self._ledger, self._context = ledger, context
        self._channel = context.channels.get(self._channel_name)
        self._queue: list[tuple[float, int, int, QueuedNotification]] = []
        self._wake_up, self._stopping = asyncio.Event(), False

    def add(self, item: QueuedNotification) -> None:
        """Queue a notification."""
        self._push(item, 0.0)
        self._wake_up.set()

    def stop(self) -> None:
        """Finish the post in progress and start no other."""
        self._stopping = True
        self._wake_up.set()

    async def run(self) -> None:
        """Deliver until stopped; after an error the process must exit."""
        while not self._stopping:
            item = await self._next()
            if item is not None and not self._stopping:
                await self._handle(item)

    async def _next(self) -> QueuedNotification | None:
        """Return the notification that is due, or None after waiting for one."""
        self._wake_up.clear()
        due_in = self._queue[0][0] - self._context.clock.monotonic() if self._queue else None
        if due_in is not None and due_in <= 0:
            return heapq.heappop(self._queue)[-1]
        await self._context.clock.wait(self._wake_up, due_in)
        return None

    async def _handle(self, item: QueuedNotification) -> None:
        try:
            entry = self._context.limits.once(self._ledger.get, item.notification.notification_id)
        except Exception as error:  # noqa: BLE001 - a bad entry must stop only its notification
            await self._dead_letter(item, None, outcome_from_error(error))
            return
        decision = decide(
            entry,
            now=self._context.clock.now(),
            obstacle=self._obstacle(),
            is_redriven=REDRIVE_HEADER in item.headers,
        )
        if decision.action is Action.SKIP:
            self._ledger.finish(item.record.offset)
            self._count("skipped")
        elif decision.reason is not None:
            await self._park(item, entry, decision.reason, decision.text)
        elif self._rate_limit.ready_at > self._context.clock.monotonic():
            self._push(item, self._rate_limit.ready_at)
        else:
            await self._send(item, entry)

    async def _send(self, item: QueuedNotification, entry: Delivery | None) -> None:
        assert self._channel is not None  # noqa: S101 - without one there was an obstacle
        now, may_be_forgotten = self._context.clock.now(), self._may_be_forgotten(item)
        announced = intent(entry, item.notification, now, may_be_forgotten=may_be_forgotten)
        try:
            post = self._build_post(item, is_marked(announced))
            body = self._context.limits.once(self._channel.render, post)
        except Exception as error:  # noqa: BLE001 - it must stop only this notification
            await self._dead_letter(item, entry, outcome_from_error(error))
            return
        self._rate_limit = on_send(self._rate_limit, self._context.clock.monotonic())
        announced = await self._announce(item, announced)
        with metrics.DELIVERY_SECONDS.labels(self._channel_name).time():
            answer = await self._post(self._channel, body, announced.notification_id)
        await self._record_answer(item, announced, answer)

    async def _announce(self, item: QueuedNotification, announced: Delivery) -> Delivery:
        """Commit the INTENT, again as long as the commit takes too long.

        A worker that no longer owns its partition is fenced here.
        """
        while True:
            began = self._context.clock.monotonic()
            await self._write(item, announced)
            if self._context.clock.monotonic() - began <= MAX_INTENT_AGE_S:
                return announced
            announced = replace(announced, last_attempt_at=self._context.clock.now())

    async def _post(self, channel: Channel, body: bytes, notification_id: str) -> Answer:
        try:
            return await channel.send(self._name, body, notification_id)
        except Exception as error:  # noqa: BLE001 - a channel's bug must not stop the process
            name, kind = self._channel_name, type(error).__name__
            log.error("a channel failed", channel=name, error=kind)  # noqa: TRY400 - a trace may show the address
            return Answer(verdict=Verdict.IN_DOUBT, detail=kind)

    async def _record_answer(
        self, item: QueuedNotification, announced: Delivery, answer: Answer
    ) -> None:
        """Write what came of a post, and queue it again if it is to be retried."""
        before = self._rate_limit
        now, jitter = self._context.clock.monotonic(), self._context.dice()
        self._rate_limit = on_response(before, answer, now=now, jitter=jitter)
        entry = apply_answer(announced, answer, is_plain=item.is_plain)
        self._report(item, entry, answer)
        if entry.state is DeliveryState.DEAD:
            message = f"{item.notification.destination} refused the plain form too: {answer.detail}"
            await self._dead_letter(item, entry, DeadLettered("Refused", message))
        elif entry.state in FINAL:
            has_opened = before.open_until is None and self._rate_limit.open_until is not None
            also = self._delivery_alert(entry) if has_opened else ()
            await self._write(item, entry, is_finished=True, also=also)
            if entry.state is DeliveryState.PARKED:
                self._count_parked(ParkingReason.ADDRESS_GONE)
        else:
            is_malformed = answer.verdict is Verdict.MALFORMED
            item.tries, item.is_plain = item.tries + 1, item.is_plain or is_malformed
            await self._write(item, entry)
            self._push(item, now + (0 if is_malformed else wait_s(answer, entry.attempts, jitter)))

    async def _park(
        self, item: QueuedNotification, entry: Delivery | None, reason: ParkingReason, text: str
    ) -> None:
        parked = self._end_without_post(item, entry, DeliveryState.PARKED, text)
        await self._write(item, parked, is_finished=True)
        self._count("parked")
        self._count_parked(reason)
        log.warning(
            "notification parked",
            destination=item.notification.destination,
            notification=parked.notification_id,
            reason=reason.label,
            because=text,
        )

    async def _dead_letter(
        self, item: QueuedNotification, entry: Delivery | None, reason: DeadLettered
    ) -> None:
        dead = self._end_without_post(item, entry, DeliveryState.DEAD, reason.message[:200])
        letter = self._ledger.dead_letter(item.record, reason)
        await self._write(item, dead, is_finished=True, also=[letter])
        self._count("dead")
        log.warning(
            "notification is a dead letter",
            destination=item.notification.destination,
            because=reason.message,
        )

    def _end_without_post(
        self, item: QueuedNotification, entry: Delivery | None, state: DeliveryState, answer: str
    ) -> Delivery:
        return end_without_post(
            entry,
            item.notification,
            state,
            answer,
            self._context.clock.now(),
            may_be_forgotten=self._may_be_forgotten(item),
        )

    async def _write(
        self,
        item: QueuedNotification,
        entry: Delivery,
        *,
        is_finished: bool = False,
        also: Sequence[Write] = (),
    ) -> None:
        await self._ledger.write(
            entry,
            origin=item.headers,
            now_ms=self._now_ms(),
            finished=item.record.offset if is_finished else None,
            also=also,
        )

    def _may_be_forgotten(self, item: QueuedNotification) -> bool:
        """Return whether a notification without an entry may have been posted before."""
        horizon = self._ledger.forget_expired(self._context.clock.now())
        written_at = datetime.fromtimestamp(item.record.timestamp / 1000, UTC)
        return item.notification.possible_repeat or may_predate_ledger(
            item.notification, written_at, forgotten_before=horizon
        )

    def _delivery_alert(self, parked: Delivery) -> Sequence[Write]:
        """Return the record, if any, by which another destination hears of this one's address.

        It is written in the transaction that parks the notification.
        """
        alert = delivery_alerts.address_closed(parked, self._context.fallback)
        if alert is None:
            return ()
        topic = self._context.notifications_topic
        return [delivery_alerts.to_write(alert, topic, self._now_ms())]

    def _build_post(self, item: QueuedNotification, is_possible_repeat: bool) -> Post:
        return Post(
            notification=item.notification,
            times=headers.latency_record(item.headers) | {NOW: self._now_ms()},
            is_replay=headers.REPLAY_ID in item.headers,
            is_possible_repeat=is_possible_repeat,
            is_plain=item.is_plain,
        )

    def _obstacle(self) -> ParkingReason | None:
        """Return why this destination takes nothing now; None if it does."""
        if self._channel is None or self._channel.rate_limit_key(self._name) is None:
            return ParkingReason.NO_ADDRESS
        if self._rate_limit.is_open(self._context.clock.monotonic()):
            return ParkingReason.CIRCUIT_OPEN
        is_full = self._rate_limit.failures and len(self._queue) >= MAX_WAITING
        return ParkingReason.QUEUE_FULL if is_full else None

    @property
    def _rate_limit(self) -> RateLimit:
        return self._context.rate_limits.get(self._rate_limit_key(), RateLimit())

    @_rate_limit.setter
    def _rate_limit(self, limit: RateLimit) -> None:
        self._context.rate_limits[self._rate_limit_key()] = limit

    def _rate_limit_key(self) -> tuple[str, str]:
        key = self._channel.rate_limit_key(self._name) if self._channel else None
        return self._channel_name, key or ""

    def _push(self, item: QueuedNotification, due: float) -> None:
        heapq.heappush(self._queue, (due, item.tries, item.record.offset, item))

    def _now_ms(self) -> int:
        return int(self._context.clock.now().timestamp() * 1000)

    def _count(self, outcome: str) -> None:
        metrics.DELIVERIES.labels(self._channel_name, outcome).inc()

    def _count_parked(self, reason: ParkingReason) -> None:
        metrics.PARKED.labels(self._channel_name, reason.label).inc()

    def _report(self, item: QueuedNotification, entry: Delivery, answer: Answer) -> None:
        """Count and log an answer."""
        is_accepted = answer.verdict is Verdict.ACCEPTED
        is_repeat = is_accepted and is_marked(entry)
        self._count("accepted_marked" if is_repeat else str(answer.verdict))
        rate_limits = self._context.rate_limits.items()
        is_open = (
            limit.open_until is not None
            for (channel, _), limit in rate_limits
            if channel == self._channel_name
        )
        metrics.CIRCUITS_OPEN.labels(self._channel_name).set(sum(is_open))
        times = headers.latency_record(item.headers)
        if is_accepted and times and headers.REPLAY_ID not in item.headers:
            hop_s = (self._now_ms() - list(times.values())[-1]) / 1000
            metrics.HOP_SECONDS.labels("delivered").observe(max(0.0, hop_s))
        write = log.info if is_accepted else log.warning
        write(
            "posted",
            destination=entry.destination,
            notification=entry.notification_id,
            answer=answer.detail,
            verdict=str(answer.verdict),
        )
