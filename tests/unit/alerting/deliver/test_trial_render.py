"""After an unclean end dispatches are decided and rendered in a child process first.

Only those that end the process become dead letters.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import SimpleNamespace

from services.alerting.deliver.channels.answers import Answer, Verdict
from services.alerting.deliver.channels.channel import Post, PostingPace
from services.alerting.deliver.context import DeliveryContext
from services.alerting.deliver.deliverer import SystemClock
from services.alerting.deliver.grouping.queued_notification import QueuedNotification
from services.alerting.deliver.grouping.waiting import WaitingDispatch
from services.alerting.deliver.resume import StoredRecord
from services.alerting.deliver.trial_render import (
    MAX_TRIED,
    find_fatal_records,
    find_fatal_stored,
)
from shared.limits.record_limits import RecordLimits
from shared.messages.codec import encode
from shared.messages.schemas import AlertOutcome, Notification
from tests.delivery_tools import dispatch
from tests.hostile_work import act

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LIMITS = RecordLimits(cpu_s=0.3, memory_mb=40)


@dataclass
class HeadlineChannel:
    """Does, while rendering, what the headline says."""

    @property
    def pace(self) -> PostingPace:
        return PostingPace()

    def rate_limit_key(self, _name: str) -> str | None:
        return "lane"

    def render(self, post: Post) -> bytes:
        act(post.notification.alerts[0].headline.encode())
        return b""

    async def send(self, _name: str, _body: bytes, _notification_id: str) -> Answer:
        return Answer(verdict=Verdict.ACCEPTED, detail="")


async def test_who_ends_a_process_is_condemned_and_nobody_else() -> None:
    """Records that cannot be decoded or rendered are not among them.

    The delivery itself makes those dead letters, with its own message.
    """
    values = [
        encode(replace(dispatch(1), alerts=(replace(dispatch(1).alerts[0], headline=headline),)))
        for headline in ("good", "die", "good", "eat", "recurse", "good", "spin in C", "good")
    ]
    records = [
        SimpleNamespace(offset=number, value=value, headers=[], timestamp=0)
        for number, value in enumerate([*values, b"nonsense"])
    ]
    context = DeliveryContext(
        channels={"slack": HeadlineChannel()}, clock=SystemClock(), dice=lambda: 0.5, limits=LIMITS
    )
    found = await find_fatal_records(records, context, lambda _dispatch, _headers: False)
    assert {offset: dead.message for offset, dead in found.items()} == {
        1: "ended its process (SIGKILL)",
        3: "needed more than 40 MB and was stopped",
        6: "took more than 0.3 s of CPU time and was stopped",
    }


async def test_what_is_stored_is_tried_as_well() -> None:
    """Notifications that were decided, in both forms, and dispatches that waited in the state."""
    context = DeliveryContext(
        channels={"slack": HeadlineChannel()}, clock=SystemClock(), dice=lambda: 0.5, limits=LIMITS
    )
    headlines = ("good", "die", "good")
    items = [
        QueuedNotification(
            notification=Notification(
                notification_id=f"n{number}",
                destination="slack:newsroom",
                outcome=AlertOutcome.NOTIFIED,
                reason="",
                alerts=(replace(dispatch(1).alerts[0], headline=headline),),
            ),
            headers={},
            written_at=NOW,
        )
        for number, headline in enumerate(headlines)
    ]
    waiting = []
    for number, headline in enumerate(("good", "spin in C", "good", "eat")):
        each = replace(
            dispatch(number),
            dispatch_id=f"d{number}",
            alerts=(replace(dispatch(number).alerts[0], headline=headline),),
        )
        stored = StoredRecord(b"", encode(each))
        waiting.append(
            WaitingDispatch(
                dispatch=each, record=stored, headers={}, written_at=NOW, due=NOW, offset=None
            )
        )
    fatal = await find_fatal_stored(items, waiting, context)
    assert {key: reason.message for key, reason in fatal.items()} == {
        "n1": "ended its process (SIGKILL)",
        "d1": "took more than 0.3 s of CPU time and was stopped",
        "d3": "needed more than 40 MB and was stopped",
    }


async def test_of_too_many_some_are_tried() -> None:
    """A start does not take minutes; which ones are tried is left to chance."""
    context = DeliveryContext(
        channels={"slack": HeadlineChannel()}, clock=SystemClock(), dice=lambda: 0.5, limits=LIMITS
    )
    notification = Notification(
        notification_id="n",
        destination="slack:newsroom",
        outcome=AlertOutcome.NOTIFIED,
        reason="",
        alerts=(replace(dispatch(1).alerts[0], headline="good"),),
    )
    item = QueuedNotification(notification=notification, headers={}, written_at=NOW)
    assert await find_fatal_stored([item] * (MAX_TRIED * 4), [], context) == {}


async def test_what_was_decided_is_not_tried_again() -> None:
    """What became a dead letter before the process ended would become another one."""
    hostile = replace(dispatch(1), alerts=(replace(dispatch(1).alerts[0], headline="eat"),))
    records = [SimpleNamespace(offset=0, value=encode(hostile), headers=[], timestamp=0)]
    context = DeliveryContext(
        channels={"slack": HeadlineChannel()}, clock=SystemClock(), dice=lambda: 0.5, limits=LIMITS
    )
    assert not await find_fatal_records(records, context, lambda _dispatch, _headers: True)
