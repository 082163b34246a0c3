"""What one destination is still to be told: notifications to post again, and waiting dispatches.

Pure; the times are passed in. What waits is grouped into stories when it is taken, not before: the
longer a destination takes nothing, the more a message says.
"""

import heapq
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Final

from services.alerting.deliver.grouping.backlog import MAX_STORIES, build_digest
from services.alerting.deliver.grouping.destination_stories import DestinationStories, place_alone
from services.alerting.deliver.grouping.escalations import DueEscalation, StoryEscalations
from services.alerting.deliver.grouping.group_timing import GroupDefaults
from services.alerting.deliver.grouping.queued_notification import QueuedNotification
from services.alerting.deliver.grouping.story_decision import (
    NO_POLICY,
    MessageDecision,
    decide_story,
)
from services.alerting.deliver.grouping.waiting import WaitingDispatch, arrival_order
from services.alerting.deliver.grouping.withholding import DeliveryPolicy
from services.alerting.reasons import NotificationReason
from services.alerting.urgency import urgency
from shared.messages.schemas import (
    AlertOutcome,
    Notification,
    PendingEscalation,
    Severity,
    Story,
)

MIN_HOLD_S: Final = 0.1
_OWN_MESSAGES: Final = ("correction", "withdrawal")
_NEVER: Final = datetime.min.replace(tzinfo=UTC)


class DestinationQueue:
    """The queue of one destination, and its stories."""

    def __init__(
        self,
        stories: DestinationStories,
        defaults: GroupDefaults,
        policy: DeliveryPolicy = NO_POLICY,
        escalations: StoryEscalations | None = None,
    ) -> None:
        self.stories, self._defaults, self._policy = stories, defaults, policy
        self._escalations = escalations or StoryEscalations()
        self._retries: list[tuple[float, int, int, QueuedNotification]] = []
        self._pushed = 0
        self._waiting: dict[str, WaitingDispatch] = {}
        self._bursts: dict[str, WaitingDispatch] = {}
        """The bursts that wait, by the articles that they count."""
        self._holds: dict[str, datetime] = {}
        self._is_turn_of_failed = self._is_provisional = False

    def __len__(self) -> int:
        return len(self._retries) + len(self._waiting)

    def add(self, waiting: WaitingDispatch) -> bool:
        """Add a dispatch that waits for its story's message; False if it waits already."""
        dispatch_id = waiting.dispatch.dispatch_id
        if dispatch_id in self._waiting:
            return False
        self._waiting[dispatch_id] = waiting
        if waiting.dispatch.kind == "burst":
            self._note_bursts()
        return True

    def push(self, item: QueuedNotification, due: float) -> None:
        """Add a notification to post again, at ``due`` seconds of the monotonic clock."""
        self._pushed += 1
        heapq.heappush(self._retries, (due, item.tries, self._pushed, item))

    def due_in(self, now: datetime, monotonic: float) -> float | None:
        """Return the seconds until something can be posted; None if there is nothing."""
        waits = [(self._due(each) - now).total_seconds() for each in self._waiting.values()]
        if self._retries:
            waits.append(self._retries[0][0] - monotonic)
        return min(waits, default=None)

    def escalation_due_in(self, now: datetime) -> float | None:
        """Return the seconds until an escalation is due; None if there is none."""
        return self._escalations.due_in(now)

    def take_escalation(self, now: datetime) -> DueEscalation | None:
        """Return an escalation that is due, decided; None if there is none."""
        return self._escalations.take_due(self._policy, now)

    def forget_story(self, story_id: str) -> bool:
        """Forget a story; return whether it may have an escalation in the state."""
        self.stories.forget(story_id)
        return self._escalations.forget(story_id)

    def unstored(self) -> list[WaitingDispatch]:
        """Return the waiting dispatches whose source records are not finished, oldest first."""
        return [waiting for waiting in self._waiting.values() if not waiting.is_stored]

    def unstored_until(self, moment: datetime) -> list[WaitingDispatch]:
        """Return those of them that are held at least until then."""
        return [waiting for waiting in self.unstored() if self._due(waiting) >= moment]

    def without_place(self, now: datetime) -> list[WaitingDispatch]:
        """Return what has no place in a story yet, in the order of placing, once anything is due.

        Nothing is placed before, so that the order of arrival does not matter. While all that is
        due has no wait, and something waits beside it, places are provisional: an urgent article
        brings its own story forward, and is nothing to others.
        """
        due = [waiting for waiting in self._waiting.values() if self._due(waiting) <= now]
        if not due:
            return []
        is_urgent = not any(self._has_wait(waiting) for waiting in due)
        self._is_provisional = is_urgent and any(map(_is_to_wait, self._waiting.values()))
        if not self._is_provisional:
            self._take_back_places()
        unplaced = (
            waiting
            for waiting in self._waiting.values()
            if _needs_place(waiting) and not self._burst_of(waiting)
        )
        return sorted(unplaced, key=arrival_order)

    def _burst_of(self, waiting: WaitingDispatch) -> WaitingDispatch | None:
        """Return a waiting burst that counts the article of which this is another version.

        Whether the version is told depends on the burst, so it waits for it.
        """
        return self._bursts.get(_article(waiting)) if _is_new_version(waiting) else None

    def _note_bursts(self) -> None:
        self._bursts = {
            alert.article_id: waiting
            for waiting in self._waiting.values()
            if waiting.dispatch.kind == "burst"
            for alert in waiting.dispatch.alerts
        }

    def _has_wait(self, waiting: WaitingDispatch) -> bool:
        return waiting.has_wait and not self._is_follow_up(waiting)

    def _is_follow_up(self, waiting: WaitingDispatch) -> bool:
        """Return whether it corrects or takes back what was told, which never waits."""
        return _is_new_version(waiting) and self.stories.has_told(_article(waiting))

    def place(self, waiting: WaitingDispatch) -> None:
        """Give a waiting dispatch its place in a story; what its story holds back is due again."""
        dispatch = waiting.dispatch
        assert dispatch.article is not None  # noqa: S101 - others need no place
        waiting.is_provisional = self._is_provisional
        if waiting.is_redriven:  # its story may know it already, and would fold it
            waiting.place = place_alone(dispatch, dispatch.article)
        else:
            waiting.place = self.stories.place(
                dispatch, dispatch.article, is_provisional=self._is_provisional
            )
        self._holds.pop(waiting.place.story_id, None)

    def _take_back_places(self) -> None:
        """Let everything with a provisional place get another one."""
        for waiting in self._waiting.values():
            if waiting.is_provisional:
                waiting.place, waiting.is_provisional = None, False
        self.stories.roll_back()

    def place_all(self, now: datetime) -> None:
        """Give everything its place, once anything is due. It may take long."""
        for waiting in self.without_place(now):
            self.place(waiting)

    def remove(self, waiting: WaitingDispatch) -> None:
        """Remove a dispatch that has become a dead letter."""
        del self._waiting[waiting.dispatch.dispatch_id]
        self._note_bursts()

    def count_due(self, now: datetime) -> int:
        """Return how many stories are due."""
        return len(self._due_stories(now))

    def take(self, now: datetime, monotonic: float) -> QueuedNotification | None:
        """Return the most urgent notification that is due, decided if it is new.

        One that has failed takes turns with what has not been tried, whatever their urgency.
        """
        retry = self._retries[0][-1] if self._is_retry_due(monotonic) else None
        for members in self._due_stories(now):
            if retry is not None and self._goes_first(retry, members):
                break
            if self._waits_for_retry(members, now, monotonic):
                continue
            decision = self._decide(members, now)
            if decision.notification is not None:
                self._is_turn_of_failed = True
                return self._take_decided(members, decision, decision.notification, now)
        self._is_turn_of_failed = False
        return heapq.heappop(self._retries)[-1] if retry is not None else None

    def take_digest(self, now: datetime) -> QueuedNotification | None:
        """Return one notification for all stories that are due, or one that is not to be posted."""
        decided: list[tuple[Sequence[WaitingDispatch], MessageDecision]] = []
        notifications: list[Notification] = []
        for members in self._due_stories(now)[:MAX_STORIES]:
            decision = self._decide(members, now)
            if decision.notification is None:
                continue
            if not _fits_digest(decision.notification):
                return self._take([(members, decision)], decision.notification, now)
            decided.append((members, decision))
            notifications.append(decision.notification)
        if not decided:
            return None
        return self._take(
            decided, build_digest(notifications, NotificationReason.BACKLOG.text()), now
        )

    def _take_decided(
        self,
        members: Sequence[WaitingDispatch],
        decision: MessageDecision,
        notification: Notification,
        now: datetime,
    ) -> QueuedNotification:
        """Return a story's message, or the digest of all whose digest is due if there are more."""
        if decision.digest is None or not _fits_digest(notification):
            return self._take([(members, decision)], notification, now)
        due = ((story, self._decide(story, now)) for story in self._due_stories(now))
        decided = list(islice(filter(_is_for_digest, due), MAX_STORIES))
        if len(decided) < 2:
            return self._take([(members, decision)], notification, now)
        text = NotificationReason.DIGEST.text(name=decision.digest.name)
        notifications = [each.notification for _, each in decided if each.notification]
        return self._take(decided, build_digest(notifications, text), now)

    def take_older(self, than: datetime, now: datetime) -> QueuedNotification | None:
        """Return a notification of dispatches that were all written before ``than``, if any.

        Without one so old nothing gets its place yet: until its wait is over, an earlier article
        of its story may arrive.
        """
        for members in self._stories():
            if all(member.written_at < than for member in members):
                decision = self._decide(members, now)
                if decision.notification is not None:
                    return self._take_decided(members, decision, decision.notification, now)
        return None

    def has_older(self, than: datetime) -> bool:
        """Return whether a waiting dispatch was written before ``than``."""
        return any(waiting.written_at < than for waiting in self._waiting.values())

    def _waits_for_retry(
        self, members: Sequence[WaitingDispatch], now: datetime, monotonic: float
    ) -> bool:
        """Hold a story back while an earlier message of it is to be posted again."""
        story_id = members[0].story_id
        dues = [due for due, *_, item in self._retries if item.notification.story_id == story_id]
        if not dues:
            return False
        wait = max(MIN_HOLD_S, min(dues) - monotonic)
        self._holds[story_id] = now + timedelta(seconds=wait)
        return True

    def _goes_first(self, retry: QueuedNotification, members: Sequence[WaitingDispatch]) -> bool:
        if retry.tries:
            return self._is_turn_of_failed
        return _rank(retry.notification) >= _severity(members)

    def _is_retry_due(self, monotonic: float) -> bool:
        return bool(self._retries) and self._retries[0][0] <= monotonic

    def _due_stories(self, now: datetime) -> list[list[WaitingDispatch]]:
        """Return what waits of each story that is due, the most urgent story first.

        Everything that waits of such a story goes along, whether its own wait is over or not.
        """
        if not self._is_any_due(now):
            return []
        due = [
            members
            for members in self._stories()
            if any(self._due(member) <= now for member in members)
        ]
        return sorted(due, key=lambda members: (-_severity(members), arrival_order(members[0])))

    def _stories(self) -> list[list[WaitingDispatch]]:
        """Return all that has its place, by story; what has none is left for later.

        What corrects or takes back an article that was told is a message of its own: others of
        the story may say something else.
        """
        stories: dict[tuple[str, str], list[WaitingDispatch]] = {}
        placed = (each for each in self._waiting.values() if not _needs_place(each))
        for waiting in sorted(placed, key=arrival_order):
            article_id = _article(waiting) if self._is_own_message(waiting) else ""
            stories.setdefault((waiting.story_id, article_id), []).append(waiting)
        return list(stories.values())

    def _is_own_message(self, waiting: WaitingDispatch) -> bool:
        is_correction = waiting.place is not None and waiting.place.kind in _OWN_MESSAGES
        return is_correction and self._is_follow_up(waiting)

    def _is_any_due(self, now: datetime) -> bool:
        return any(self._due(waiting) <= now for waiting in self._waiting.values())

    def _decide(self, members: Sequence[WaitingDispatch], now: datetime) -> MessageDecision:
        story_id = members[0].story_id
        decision = decide_story(
            self.stories.get(story_id),
            members,
            now=now,
            defaults=self._defaults,
            policy=self._policy,
        )
        if decision.hold_until is not None:
            self._holds[story_id] = decision.hold_until
        return decision

    def _take(
        self,
        decided: Sequence[tuple[Sequence[WaitingDispatch], MessageDecision]],
        notification: Notification,
        now: datetime,
    ) -> QueuedNotification:
        members = [member for story_members, _ in decided for member in story_members]
        for member in members:
            del self._waiting[member.dispatch.dispatch_id]
            self._holds.pop(member.story_id, None)
        if any(member.dispatch.kind == "burst" for member in members):
            self._note_bursts()
        stories = [self._save(decision.story) for _, decision in decided if decision.story]
        digests = [decision.digest.at for _, decision in decided if decision.digest]
        return QueuedNotification(
            notification=notification,
            headers=members[0].headers,
            written_at=min(member.written_at for member in members),
            waiting_since=max((*(member.written_at for member in members), *digests)),
            members=members,
            stories=stories,
            facts=[fact for _, decision in decided for fact in decision.facts],
            escalations=self._note_messages(decided, notification.notification_id, now),
            reasons=[decision.reason for _, decision in decided if decision.reason is not None],
            is_redriven=any(member.is_redriven for member in members),
        )

    def _save(self, story: Story) -> Story:
        """Keep a story after a decision, and return it as it is stored.

        What waits of it beside the message has its place for good, as the memory knows it now.
        """
        others = [each for each in self._waiting.values() if each.story_id == story.story_id]
        for waiting in others:
            waiting.is_provisional = False
        stored = self.stories.with_memory(story, frozenset(map(_article, others)))
        self.stories.save(stored)
        return stored

    def _note_messages(
        self,
        decided: Sequence[tuple[Sequence[WaitingDispatch], MessageDecision]],
        posted_id: str,
        now: datetime,
    ) -> list[PendingEscalation]:
        """Return the escalations that the messages of these stories begin or change."""
        messages = [decision.notification for _, decision in decided if decision.notification]
        changed = [
            self._escalations.take_message(message, posted_id, self._policy, now)
            for message in messages
            if message.outcome is AlertOutcome.NOTIFIED
        ]
        return [pending for pending in changed if pending is not None]

    def _due(self, waiting: WaitingDispatch) -> datetime:
        hold = _NEVER if _needs_place(waiting) else self._holds.get(waiting.story_id, _NEVER)
        if (burst := self._burst_of(waiting)) is not None and _needs_place(waiting):
            return max(waiting.due, self._due(burst))
        return max(waiting.written_at if self._is_follow_up(waiting) else waiting.due, hold)


def _fits_digest(notification: Notification) -> bool:
    """Return whether a line in a list says enough of a notification."""
    return (
        notification.outcome is AlertOutcome.NOTIFIED
        and notification.kind in ("first", "update", "corroborated")
        and notification.severity is not Severity.CRITICAL
    )


def _is_for_digest(decided: tuple[Sequence[WaitingDispatch], MessageDecision]) -> bool:
    _, decision = decided
    notification = decision.notification
    return decision.digest is not None and notification is not None and _fits_digest(notification)


def _needs_place(waiting: WaitingDispatch) -> bool:
    return waiting.place is None and waiting.dispatch.article is not None


def _is_new_version(waiting: WaitingDispatch) -> bool:
    return waiting.dispatch.kind in ("revision", "withdrawal")


def _article(waiting: WaitingDispatch) -> str:
    """Return the id of a dispatch's article; empty for a burst or a notice."""
    article = waiting.dispatch.article
    return article.article.article_id if article else ""


def _is_to_wait(waiting: WaitingDispatch) -> bool:
    """Return whether a dispatch is to get its place once a wait is over."""
    return waiting.is_provisional or (waiting.has_wait and _needs_place(waiting))


def _severity(members: Sequence[WaitingDispatch]) -> int:
    return max(urgency(member.dispatch.severity) for member in members)


def _rank(notification: Notification) -> int:
    return -1 if notification.severity is None else urgency(notification.severity)
