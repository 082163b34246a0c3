"""Write what one destination's notifications come to: entries, decisions, state, dead letters.

What belongs together is one transaction of the ledger.
"""

from collections.abc import Sequence
from dataclasses import replace

from services.alerting.deliver import delivery_alerts
from services.alerting.deliver.context import DeliveryContext, LedgerEntries
from services.alerting.deliver.delivery_report import DeliveryReport
from services.alerting.deliver.grouping.destination_queue import DestinationQueue
from services.alerting.deliver.grouping.queued_notification import QueuedNotification
from services.alerting.deliver.grouping.waiting import WaitingDispatch
from services.alerting.deliver.ledger.ledger import StateChange
from services.alerting.deliver.ledger.policy import end_without_post
from services.alerting.deliver.ledger.retention import may_predate_ledger
from services.alerting.deliver.unhandled import end_unhandled
from shared.base import metrics
from shared.base.log import get
from shared.kafka.transaction import Write
from shared.messages.delivery_keys import content_key, escalation_key, story_key, waiting_key
from shared.messages.ids import notification_id
from shared.messages.schemas import Delivery, DeliveryState
from shared.stream.work import DeadLettered

log = get(__name__)


class DeliveryWriter:
    """Writes for one destination; what is queued there says what belongs to an entry."""

    def __init__(
        self,
        destination: str,
        ledger: LedgerEntries,
        context: DeliveryContext,
        queue: DestinationQueue,
        report: DeliveryReport,
    ) -> None:
        self._destination = destination
        self._ledger, self._context = ledger, context
        self._queue, self._report = queue, report

    async def store(self, batch: Sequence[WaitingDispatch], because: str) -> None:
        """Keep waiting dispatches in the state, so that their source records are finished.

        ``because`` says why they wait, if it is for something that an operator has to do.
        """
        changes = [
            StateChange(
                waiting_key(self._destination, each.dispatch.dispatch_id),
                replace(each.dispatch, waits_since=each.written_at, waits_because=because),
            )
            for each in batch
        ]
        finished = [each.offset for each in batch if each.offset is not None]
        for waiting in batch:
            waiting.offset = None
        await self._ledger.change(changes, now_ms=self._context.now_ms(), finished=finished)

    async def dead_letter(self, waiting: WaitingDispatch, reason: DeadLettered) -> None:
        """End a dispatch that cannot be handled: its entry and its fact say so."""
        dispatch = waiting.dispatch
        changes = [StateChange(waiting_key(self._destination, dispatch.dispatch_id), None)]
        ended = end_unhandled(
            self._destination,
            dispatch.dispatch_id,
            dispatch,
            reason.message,
            self._context.clock.now(),
            self._entry_of(notification_id(self._destination, dispatch.dispatch_id)),
        )
        topic = self._context.notifications_topic
        await self._ledger.write(
            ended.entry,
            now_ms=self._context.now_ms(),
            changes=changes if waiting.is_stored else (),
            finished=() if waiting.offset is None else (waiting.offset,),
            also=[
                delivery_alerts.to_write(
                    ended.fact, topic, waiting.headers, self._context.now_ms()
                ),
                self._ledger.dead_letter(waiting.record, reason),
            ],
        )
        self._report.count("dead")
        log.warning(
            "dispatch is a dead letter",
            destination=dispatch.destination,
            because=reason.message,
        )

    def _entry_of(self, entry_id: str) -> Delivery | None:
        """Return an entry of the ledger, if there is one that can be read."""
        try:
            return self._context.limits.once(self._ledger.get, entry_id)
        except Exception:  # noqa: BLE001 - a bad entry must not keep its dispatch from ending
            return None

    def end_without_post(
        self, item: QueuedNotification, entry: Delivery | None, state: DeliveryState, answer: str
    ) -> Delivery:
        """Return the entry of a notification that ends without a post."""
        return end_without_post(
            entry,
            item.notification,
            state,
            answer,
            self._context.clock.now(),
            may_be_forgotten=self.may_be_forgotten(item),
            dispatch_ids=dispatch_ids_of(item, entry),
        )

    async def write(
        self,
        item: QueuedNotification,
        entry: Delivery,
        *,
        keeps_content: bool,
        changes: Sequence[StateChange] = (),
        also: Sequence[Write] = (),
    ) -> None:
        """Write an entry; the first time also the decision, its stories and what it finishes."""
        is_first = bool(item.members) and not item.is_written
        facts = self._facts(item) if is_first else ()
        changes = [*self._state_changes(item, keeps_content=keeps_content), *changes]
        finished = self._finish(item)
        await self._ledger.write(
            entry,
            now_ms=self._context.now_ms(),
            changes=changes,
            finished=finished,
            also=[*facts, *also],
        )
        for reason in item.reasons if is_first else ():
            metrics.NOTIFICATIONS.labels(reason.label).inc()
        item.is_written, item.has_content = True, keeps_content

    def _state_changes(
        self, item: QueuedNotification, *, keeps_content: bool
    ) -> Sequence[StateChange]:
        """Return what to remember and to forget with an entry of a notification."""
        changes: list[StateChange] = []
        if keeps_content != item.has_content:
            content = item.notification if keeps_content else None
            changes.append(StateChange(content_key(item.notification.notification_id), content))
        stories = [StateChange(story_key(self._destination, s.story_id), s) for s in item.stories]
        if item.is_written:
            return [*changes, *(stories if item.is_refused else ())]
        changes += stories
        changes += (
            StateChange(escalation_key(self._destination, pending.story_id), pending)
            for pending in item.escalations
        )
        changes += (
            StateChange(waiting_key(self._destination, member.dispatch.dispatch_id), None)
            for member in item.members
            if member.is_stored
        )
        for story_id in self._queue.stories.find_expired(self._context.clock.now()):
            if self._queue.forget_story(story_id):
                changes.append(StateChange(escalation_key(self._destination, story_id), None))
            changes.append(StateChange(story_key(self._destination, story_id), None))
        return changes

    def _finish(self, item: QueuedNotification) -> Sequence[int]:
        """Return the source records to finish with a notification, each once."""
        return () if item.is_written else item.offsets

    def _facts(self, item: QueuedNotification) -> Sequence[Write]:
        """Return the records of what was decided."""
        topic = self._context.notifications_topic
        return [
            delivery_alerts.to_write(fact, topic, item.headers, self._context.now_ms())
            for fact in (item.notification, *item.facts)
        ]

    def may_be_forgotten(self, item: QueuedNotification) -> bool:
        """Return whether a notification without an entry may have been posted before."""
        horizon = self._ledger.forget_expired(self._context.clock.now())
        return item.notification.possible_repeat or may_predate_ledger(
            item.notification, item.written_at, forgotten_before=horizon
        )

    async def forget(self, item: QueuedNotification) -> None:
        """Finish the records of a notification that was delivered before."""
        changes = self._state_changes(item, keeps_content=False)
        await self._ledger.change(
            changes, now_ms=self._context.now_ms(), finished=self._finish(item)
        )
        self._report.count("skipped")


def dispatch_ids_of(item: QueuedNotification, entry: Delivery | None) -> tuple[str, ...]:
    """Return the dispatches of a notification; of one that was decided before, its entry's."""
    if entry is not None and entry.dispatch_ids:
        return entry.dispatch_ids
    return tuple(member.dispatch.dispatch_id for member in item.members)
