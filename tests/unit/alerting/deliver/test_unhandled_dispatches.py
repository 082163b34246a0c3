"""A dispatch that cannot be handled ends in one outcome that everyone reads."""

from datetime import UTC, datetime, timedelta

import pytest

from services.alerting.deliver.context import DeliveryContext
from services.alerting.deliver.grouping.destination_stories import DestinationStories, StoryPlace
from services.alerting.deliver.resume import resume_waiting
from services.alerting.deliver.unhandled import end_unhandled, read_name
from services.board.state.deliveries.dispatch_head import DispatchHead
from services.board.state.deliveries.reconciliation import (
    CommittedOffsets,
    Reconciliation,
    RecordPlace,
)
from shared.base.outcomes import InvalidMessage
from shared.messages import codec
from shared.messages.delivery_keys import waiting_key
from shared.messages.ids import notification_id
from shared.messages.schemas import AlertOutcome, DeliveryState, Dispatch, TaggedArticle
from tests.delivery_tools import dispatch
from tests.unit.alerting.deliver.test_destination_worker import FakeClock, Scene

NOW = datetime(2018, 9, 10, 12, tzinfo=UTC)
SLACK = "slack:newsroom"


class StoriesWithABadOne(DestinationStories):
    """Stories that fail on one article."""

    def place(
        self, dispatch: Dispatch, article: TaggedArticle, *, is_provisional: bool = False
    ) -> StoryPlace:
        if article.article.headline.startswith("Headline 2 "):
            raise InvalidMessage("too many sentences")
        return super().place(dispatch, article, is_provisional=is_provisional)


async def test_one_that_has_no_place_ends_with_an_entry_and_a_fact() -> None:
    """Its neighbours are posted; its alerts are parked, with why; its record is finished once."""
    scene = Scene()
    scene.stories = StoriesWithABadOne()
    sent = [dispatch(number) for number in (1, 2, 3)]
    await scene.deliver(*sent)
    bad = sent[1]
    entry = scene.ledger.entries[notification_id(SLACK, bad.dispatch_id)]
    assert (entry.state, entry.dispatch_ids) == (DeliveryState.DEAD, (bad.dispatch_id,))
    assert entry.answer == "too many sentences"
    facts = [fact for fact in scene.facts() if bad.alerts[0].alert_id in ids(fact.alerts)]
    assert [(fact.outcome, fact.reason) for fact in facts] == [
        (AlertOutcome.PARKED, "too many sentences")
    ]
    assert [write.topic for write in scene.ledger.also] == ["dead"]
    assert sorted(scene.ledger.finished) == [0, 1, 2]
    assert sorted(scene.channel.headlines()) == ["Headline 1", "Headline 3"]


def ids(alerts: tuple[object, ...]) -> list[str]:
    return [getattr(alert, "alert_id", "") for alert in alerts]


def test_the_reconciliation_has_no_difference() -> None:
    """Neither with the fact's alerts nor, where it can name none, with the entry's dispatch."""
    for known in (dispatch(1), None):
        fold, whole = Reconciliation(), dispatch(1)
        ended = end_unhandled(SLACK, whole.dispatch_id, known, "broken", NOW)
        head = codec.decode(codec.encode(whole), DispatchHead)
        fold.take_alert(whole.alerts[0], {}, RecordPlace(0, 0, 0))
        fold.take_dispatch(head, RecordPlace(0, 0, 0))
        fold.take_notification(ended.fact)
        fold.take_entry(ended.entry)
        far = CommittedOffsets(alerts={0: 9}, dispatches={0: 9})
        (balance,) = fold.balances(10**9, far, lambda _dispatch: False)
        assert (balance.difference, balance.waiting) == (0, 0)
        assert balance.outcomes == ({"parked": 1} if known else {"decided": 1})


def test_what_may_have_been_posted_stays_in_doubt() -> None:
    """A person who asks for it again gets a post that says so."""
    marked = dispatch(1, possible_repeat=True)
    assert end_unhandled(SLACK, "d", marked, "broken", NOW).entry.in_doubt == 1
    assert end_unhandled(SLACK, "d", dispatch(1), "broken", NOW).entry.in_doubt == 0
    assert end_unhandled(SLACK, "d", None, "broken", NOW).entry.in_doubt == 0
    first = end_unhandled(SLACK, "d", marked, "broken", NOW).entry
    later = NOW + timedelta(hours=1)
    again = end_unhandled(SLACK, "d", dispatch(1), "broken", later, first).entry
    assert (again.in_doubt, again.first_attempt_at, again.last_attempt_at) == (1, NOW, later)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b'{"dispatch_id": "d", "destination": "slack:x", "alerts": 7}', ("d", "slack:x")),
        (b'{"dispatch_id": 1, "destination": "slack:x"}', None),
        (b'{"destination": "slack:x", "notification_ids": []}', None),
        (b"no json", None),
        (b"[" * 100_000, None),
        (b"\xff", None),
        (None, None),
    ],
)
def test_a_dispatch_that_cannot_be_read_is_named_if_it_names_itself(
    value: bytes | None, expected: tuple[str, str] | None
) -> None:
    """Only then can an entry say that it has ended."""
    name = read_name(value)
    assert (name and (name.dispatch_id, name.destination)) == expected


class StateWithTwo:
    """A ledger whose state has one dispatch that can be read, and one that cannot."""

    def __init__(self, good: Dispatch) -> None:
        self._values = {
            waiting_key(SLACK, "id"): b'{"dispatch_id": 1}',
            waiting_key(SLACK, good.dispatch_id): codec.encode(good),
        }

    def destinations(self, _kind: bytes) -> set[str]:
        return {SLACK}

    def stored(self, _group: bytes) -> list[tuple[bytes, bytes]]:
        return list(self._values.items())

    def has_dispatch(self, _dispatch_id: str) -> bool:
        return False


def test_a_stored_dispatch_that_cannot_be_decoded_is_named_by_its_key() -> None:
    """So it can end; the others wait on."""
    good = dispatch(1)
    context = DeliveryContext(channels={}, clock=FakeClock(), dice=lambda: 0.5)
    (waiting,), (bad,) = resume_waiting(StateWithTwo(good), context)  # type: ignore[arg-type]  # a fake
    assert (bad.destination, bad.dispatch_id, bad.record.key) == (SLACK, "id", SLACK.encode())
    assert waiting.dispatch == good
