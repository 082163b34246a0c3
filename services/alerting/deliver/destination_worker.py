"""Delivers what one destination is to be told, one message after another.

For each: decide it and announce the post in the ledger, in one transaction; post; write what came
of it. Every destination has a worker of its own, so a slow or dead one delays no other. The
decisions are in destination_queue.py, policy.py and rate_limit.py.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from services.alerting.deliver import delivery_alerts
from services.alerting.deliver.channels.answers import Answer, Verdict
from services.alerting.deliver.channels.channel import NOW, Channel, Post, ThreadingChannel
from services.alerting.deliver.channels.message.action_links import build_action_links
from services.alerting.deliver.channels.table import describe_missing_address
from services.alerting.deliver.context import DeliveryContext, LedgerEntries
from services.alerting.deliver.delivery_report import DeliveryReport
from services.alerting.deliver.delivery_writer import DeliveryWriter, dispatch_ids_of
from services.alerting.deliver.grouping.destination_queue import DestinationQueue
from services.alerting.deliver.grouping.destination_stories import DestinationStories
from services.alerting.deliver.grouping.escalations import StoryEscalations
from services.alerting.deliver.grouping.queued_notification import QueuedNotification
from services.alerting.deliver.grouping.threads import thread_after
from services.alerting.deliver.grouping.waiting import WaitingDispatch
from services.alerting.deliver.ledger.ledger import StateChange
from services.alerting.deliver.ledger.policy import (
    FINAL,
    GIVE_UP,
    Action,
    apply_answer,
    decide,
    end_without_post,
    intent,
    is_marked,
)
from services.alerting.deliver.rate_limit import RateLimit, on_response, on_send, wait_s
from services.alerting.reasons import ParkingReason
from shared.base import metrics
from shared.base.log import get
from shared.base.outcomes import InvalidMessage
from shared.kafka.transaction import Write
from shared.messages import headers
from shared.messages.delivery_keys import escalation_key, story_key
from shared.messages.schemas import AlertOutcome, Delivery, DeliveryState, Story
from shared.stream.work import DeadLettered, outcome_from_error

log = get(__name__)

MAX_INTENT_AGE_S: Final = 2.0
"""A post begins at most this long after its INTENT was sent to the ledger.

A process that was frozen in between writes another INTENT, which proves that it is still the owner.
"""
MAX_BACKLOG_STORIES: Final = 20
"""After an outage so many stories get a message of their own, the most urgent; others share one."""
CHECK_INTERVAL_S: Final = 600.0
"""How often a destination without an address looks for what has waited too long."""
MAX_STORED_AT_ONCE: Final = 100
MAX_HELD: Final = timedelta(minutes=1)
"""What is held longer, for its story's interval, a digest or a second source, is kept in the state:
after a restart the partition is read again from the first record that is not finished."""


class DestinationWorker:
    """Delivers what is ``add``ed until ``stop``."""

    def __init__(
        self,
        destination: str,
        ledger: LedgerEntries,
        context: DeliveryContext,
        stories: DestinationStories | None = None,
        escalations: StoryEscalations | None = None,
    ) -> None:
        self._destination = destination
        self._channel_name, _, self._name = destination.partition(":")
        self._ledger, self._context = ledger, context
        self._channel = context.channels.get(self._channel_name)
        self._queue = DestinationQueue(
            stories or DestinationStories(), context.defaults, context.policy, escalations
        )
        self._report = DeliveryReport(destination, self._channel_name, context)
        self._writer = DeliveryWriter(destination, ledger, context, self._queue, self._report)
        self._backlog_left: int | None = None
        self._handled_ids: frozenset[str] = frozenset()
        self._wake_up, self._stopping = asyncio.Event(), False

    def __len__(self) -> int:
        return len(self._queue)

    @property
    def unstored(self) -> int:
        """The number of waiting dispatches whose source records are not finished."""
        return len(self._queue.unstored())

    @property
    def first_unstored(self) -> int:
        """The offset of the oldest waiting dispatch whose source record is not finished."""
        return min(each.offset for each in self._queue.unstored() if each.offset is not None)

    def add(self, waiting: WaitingDispatch) -> bool:
        """Queue a dispatch; False if it waits already, or is about to be decided.

        The ledger does not know it before its decision is written.
        """
        is_handled = waiting.dispatch.dispatch_id in self._handled_ids
        is_new = not is_handled and self._queue.add(waiting)
        self._wake_up.set()
        return is_new

    def resume(self, item: QueuedNotification) -> None:
        """Queue a notification that was decided before, and is not delivered yet."""
        self._queue.push(item, 0.0)
        self._wake_up.set()

    def stop(self) -> None:
        """Finish the post in progress and start no other."""
        self._stopping = True
        self._wake_up.set()

    async def run(self) -> None:
        """Deliver until stopped; after an error the process must exit."""
        for _ in self._queue.stories.reopen():
            await asyncio.sleep(0)  # others get their turn
        try:
            while not self._stopping:
                item = await self._next()
                if item is not None and not self._stopping:
                    members = (each.dispatch.dispatch_id for each in item.members)
                    self._handled_ids = frozenset(members)
                    await self._handle_within_limits(item)
                    self._handled_ids = frozenset()
        finally:
            self._report.note_address(is_missing=False)

    async def store(self, at_most: int = MAX_STORED_AT_ONCE) -> None:
        """Keep waiting dispatches in the state, so that their source records are finished."""
        await self._store(self._queue.unstored()[:at_most])

    async def _store(self, batch: Sequence[WaitingDispatch]) -> None:
        because = describe_missing_address(self._destination) if self._obstacle() else ""
        await self._writer.store(batch, because)

    async def _next(self) -> QueuedNotification | None:
        """Return the notification to handle now, or None after waiting for one."""
        self._wake_up.clear()
        now, monotonic = self._context.clock.now(), self._context.clock.monotonic()
        if await self._escalate(now):
            return None
        if self._queue.has_older(now - GIVE_UP):
            await self._place(now)
            expired = self._queue.take_older(now - GIVE_UP, now)
            if expired is not None:
                return expired
        due_in, ready_in = self._queue.due_in(now, monotonic), self._ready_in(monotonic)
        if due_in is None or max(due_in, ready_in) > 0:
            if held := self._to_store(now):
                await self._store(held[:MAX_STORED_AT_ONCE])
                return None
            delay = None if due_in is None else min(max(due_in, ready_in), CHECK_INTERVAL_S)
            delays = [
                each for each in (delay, self._queue.escalation_due_in(now)) if each is not None
            ]
            await self._context.clock.wait(self._wake_up, min(delays, default=None))
            return None
        await self._place(now)
        return self._take(now, monotonic)

    def _to_store(self, now: datetime) -> list[WaitingDispatch]:
        """Return what is kept in the state: what is held for long, or all without an address.

        So the console and the board can say why it waits, and no offset is kept back for days.
        """
        if not self._obstacle():
            return self._queue.unstored_until(now + MAX_HELD)
        self._report.note_address(is_missing=len(self._queue) > 0)
        return self._queue.unstored()

    async def _escalate(self, now: datetime) -> bool:
        """Decide an escalation that is due, whether or not the address takes messages.

        Return whether there was one. Its dispatches are written in the transaction that forgets it.
        """
        due = self._queue.take_escalation(now)
        if due is None:
            return False
        topic = self._context.dispatches_topic
        writes = [
            delivery_alerts.to_write(each, topic, {}, self._context.now_ms())
            for each in due.dispatches
        ]
        key = escalation_key(self._destination, due.pending.story_id)
        changes = [StateChange(key, due.pending)]
        await self._ledger.change(changes, now_ms=self._context.now_ms(), also=writes)
        metrics.ESCALATIONS.labels(due.outcome).inc()
        log.info(
            "escalation",
            destination=self._destination,
            story=due.pending.story_id,
            outcome=due.outcome,
            told=[each.destination for each in due.dispatches],
        )
        return True

    async def _place(self, now: datetime) -> None:
        """Give all that waits its place in a story, once anything is due.

        One that takes too long or cannot be read is a dead letter. Others get their turn between
        two, for thousands may wait.
        """
        for waiting in self._queue.without_place(now):
            if self._stopping:
                return
            try:
                self._context.limits.once(self._queue.place, waiting)
            except Exception as error:  # noqa: BLE001 - it must stop only this dispatch
                self._queue.remove(waiting)
                await self._writer.dead_letter(waiting, outcome_from_error(error))
            await asyncio.sleep(0)

    def _take(self, now: datetime, monotonic: float) -> QueuedNotification | None:
        """Take the next notification; after an outage the least urgent stories share one."""
        if self._backlog_left is None:
            return self._queue.take(now, monotonic)
        if self._queue.count_due(now) <= 1:
            self._backlog_left = None
        elif self._backlog_left <= 0:
            return self._queue.take_digest(now)
        return self._queue.take(now, monotonic)

    def _ready_in(self, monotonic: float) -> float:
        """Return the seconds until the address may be posted to."""
        if self._channel is None or self._channel.rate_limit_key(self._name) is None:
            return CHECK_INTERVAL_S
        return self._rate_limit.next_at() - monotonic

    async def _handle_within_limits(self, item: QueuedNotification) -> None:
        """Handle a notification; one whose records would be too large becomes a dead letter."""
        try:
            await self._handle(item)
        except InvalidMessage as error:
            item.stories, item.facts = (), ()
            await self._dead_letter(item, None, outcome_from_error(error))

    async def _handle(self, item: QueuedNotification) -> None:
        if item.notification.outcome is not AlertOutcome.NOTIFIED:
            await self._close(item)
            return
        try:
            entry = self._context.limits.once(self._ledger.get, item.notification.notification_id)
        except Exception as error:  # noqa: BLE001 - a bad entry must stop only its notification
            await self._dead_letter(item, None, outcome_from_error(error))
            return
        now = self._context.clock.now()
        since = entry.first_attempt_at if entry else item.waiting_since or item.written_at
        decision = decide(
            entry,
            now=now,
            waiting_since=since,
            is_redriven=item.is_redriven,
            obstacle=self._obstacle(),
        )
        if decision.action is Action.SKIP:
            await self._writer.forget(item)
        elif decision.reason is not None:
            await self._park(item, entry, decision.reason, decision.text)
        else:
            await self._send(item, entry)

    async def _send(self, item: QueuedNotification, entry: Delivery | None) -> None:
        assert self._channel is not None  # noqa: S101 - without one it would not be ready
        now, may_be_forgotten = self._context.clock.now(), self._writer.may_be_forgotten(item)
        announced = intent(
            entry,
            item.notification,
            now,
            may_be_forgotten=may_be_forgotten,
            dispatch_ids=dispatch_ids_of(item, entry),
        )
        try:
            post = self._build_post(item, is_marked(announced))
            body = self._context.limits.once(self._channel.render, post)
        except Exception as error:  # noqa: BLE001 - it must stop only this notification
            await self._dead_letter(item, entry, outcome_from_error(error))
            return
        announced = await self._announce(item, announced)
        began = self._context.clock.monotonic()
        self._rate_limit = on_send(self._rate_limit, began, self._channel.pace)
        with metrics.DELIVERY_SECONDS.labels(self._channel_name).time():
            answer = await self._post(self._channel, body, announced.notification_id)
        await self._record_answer(item, announced, answer)

    async def _announce(self, item: QueuedNotification, announced: Delivery) -> Delivery:
        """Commit the INTENT, again as long as the commit takes too long.

        A worker that no longer owns its partition is fenced here.
        """
        while True:
            began = self._context.clock.monotonic()
            await self._writer.write(item, announced, keeps_content=True)
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
        self._report.report_answer(item, entry, answer)
        self._count_backlog(before, answer)
        changes = self._thread_changes(item, answer)
        if entry.state is DeliveryState.DEAD:
            message = f"{item.notification.destination} refused the plain form too: {answer.detail}"
            await self._dead_letter(item, entry, DeadLettered("Refused", message))
        elif entry.state in FINAL:
            await self._writer.write(item, entry, keeps_content=False, changes=changes)
            if answer.thread is None:  # what has just begun a thread shows its state itself
                self._show_state(item)
        else:
            is_malformed = answer.verdict is Verdict.MALFORMED
            item.tries, item.is_plain = item.tries + 1, item.is_plain or is_malformed
            has_opened = before.open_until is None and self._rate_limit.open_until is not None
            also = self._delivery_alert(entry) if has_opened else ()
            await self._writer.write(item, entry, keeps_content=True, changes=changes, also=also)
            self._queue.push(item, now + self._retry_in(answer, entry, jitter))

    def _retry_in(self, answer: Answer, entry: Delivery, jitter: float) -> float:
        """Return the seconds until this notification is posted again, if its address is ready.

        Which one probes an address that refuses everything does not matter.
        """
        if answer.verdict in (Verdict.MALFORMED, Verdict.GONE):
            return 0.0
        return wait_s(answer, entry.attempts, jitter)

    def _count_backlog(self, before: RateLimit, answer: Answer) -> None:
        """Begin a backlog when an address takes messages again, and count its messages."""
        if answer.verdict is not Verdict.ACCEPTED:
            return
        if before.was_out:
            self._backlog_left = MAX_BACKLOG_STORIES
        elif self._backlog_left is not None:
            self._backlog_left -= 1

    async def _close(self, item: QueuedNotification) -> None:
        """Write that a notification is not to be posted, and why: a fact for the record."""
        entry = end_without_post(
            None,
            item.notification,
            DeliveryState.CLOSED,
            item.notification.reason,
            self._context.clock.now(),
            dispatch_ids=dispatch_ids_of(item, None),
        )
        await self._writer.write(item, entry, keeps_content=False)
        self._show_state(item)
        self._report.count(str(item.notification.outcome))

    async def _park(
        self, item: QueuedNotification, entry: Delivery | None, reason: ParkingReason, text: str
    ) -> None:
        parked = self._writer.end_without_post(item, entry, DeliveryState.PARKED, text)
        await self._writer.write(item, parked, keeps_content=True)
        self._report.count("parked")
        self._report.count_parked(reason)
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
        if not item.members:  # without their records only its content can be kept
            await self._park(item, entry, ParkingReason.REFUSED, reason.message[:200])
            return
        item.stories, item.is_refused = [self._untold(story) for story in item.stories], True
        dead = self._writer.end_without_post(item, entry, DeliveryState.DEAD, reason.message[:200])
        letters = [self._ledger.dead_letter(member.record, reason) for member in item.members]
        await self._writer.write(item, dead, keeps_content=False, also=letters)
        self._report.count("dead")
        log.warning(
            "notification is a dead letter",
            destination=item.notification.destination,
            because=reason.message,
        )

    def _untold(self, story: Story) -> Story:
        """Return a story whose first message nobody received, so that the next one is told."""
        if story.messages <= 1:
            story = replace(story, sent_at=None, messages=0, rules=(), severity=None)
            self._queue.stories.save(story)
        return story

    def _thread_changes(self, item: QueuedNotification, answer: Answer) -> Sequence[StateChange]:
        """Return the change of the story that an answer makes: its thread began, or is lost."""
        story = self._queue.stories.get(item.notification.story_id)
        thread = thread_after(story, item.notification, answer)
        if story is None or thread == story.thread:
            return ()
        story = replace(story, thread=thread)
        self._queue.stories.save(story)
        return (StateChange(story_key(self._destination, story.story_id), story),)

    def _show_state(self, item: QueuedNotification) -> None:
        """Have a channel with threads show what the story has come to."""
        story = self._queue.stories.get(item.notification.story_id)
        if story is not None and story.thread and isinstance(self._channel, ThreadingChannel):
            self._channel.show_state(self._name, story)

    def _delivery_alert(self, refused: Delivery) -> Sequence[Write]:
        """Return the record, if any, by which another destination hears of this one's address.

        It is written in the transaction of the refusal.
        """
        alert = delivery_alerts.address_closed(refused, self._context.fallback)
        if alert is None:
            return ()
        topic = self._context.dispatches_topic
        return [delivery_alerts.to_write(alert, topic, {}, self._context.now_ms())]

    def _build_post(self, item: QueuedNotification, is_possible_repeat: bool) -> Post:
        story = self._queue.stories.get(item.notification.story_id)
        return Post(
            notification=item.notification,
            times=headers.latency_record(item.headers) | {NOW: self._context.now_ms()},
            is_replay=headers.REPLAY_ID in item.headers,
            is_possible_repeat=is_possible_repeat,
            is_plain=item.is_plain,
            action_links=build_action_links(
                item.notification, self._context.links, self._context.clock.now()
            ),
            thread=story.thread if story else None,
        )

    def _obstacle(self) -> ParkingReason | None:
        """Return why this destination can take nothing at all; None if it can."""
        is_configured = self._channel and self._channel.rate_limit_key(self._name) is not None
        return None if is_configured else ParkingReason.NO_ADDRESS

    @property
    def _rate_limit(self) -> RateLimit:
        return self._context.rate_limits.get(self._rate_limit_key(), RateLimit())

    @_rate_limit.setter
    def _rate_limit(self, limit: RateLimit) -> None:
        self._context.rate_limits[self._rate_limit_key()] = limit

    def _rate_limit_key(self) -> tuple[str, str]:
        key = self._channel.rate_limit_key(self._name) if self._channel else None
        return self._channel_name, key or ""

    def _now_ms(self) -> int:
        return int(self._context.clock.now().timestamp() * 1000)
