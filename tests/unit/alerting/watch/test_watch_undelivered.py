"""What waits and what is parked, counted from the records of deliveries.v1."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from services.alerting.watch.undelivered import UndeliveredCounts
from shared.messages.codec import encode
from shared.messages.delivery_keys import content_key, waiting_key
from shared.messages.schemas import AlertOutcome, Delivery, DeliveryState, Notification
from tests.delivery_tools import dispatch
from tests.hypothesis_profiles import examples

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)


def entry(number: int, state: DeliveryState) -> tuple[bytes, bytes]:
    value = Delivery(
        notification_id=f"n{number}",
        destination="slack:a",
        state=state,
        attempts=1,
        in_doubt=0,
        first_attempt_at=NOON,
        last_attempt_at=NOON,
    )
    return f"n{number}".encode(), encode(value)


def content(number: int, destination: str = "slack:a") -> tuple[bytes, bytes]:
    value = Notification(
        notification_id=f"n{number}",
        destination=destination,
        outcome=AlertOutcome.NOTIFIED,
        reason="",
        alerts=(),
    )
    return content_key(f"n{number}"), encode(value)


RECORDS: list[tuple[bytes, bytes | None]] = [
    content(1),
    entry(1, DeliveryState.RETRY),
    content(2),
    entry(2, DeliveryState.PARKED),
    content(3),
    entry(3, DeliveryState.DELIVERED),
    (content_key("n3"), None),
    content(4, "slack:b"),
    (waiting_key("slack:b", "d5"), encode(dispatch(5, "slack:b"))),
    (waiting_key("slack:b", "d6"), encode(dispatch(6, "slack:b"))),
    (waiting_key("slack:b", "d6"), None),
    (b"story/slack:a/s1", b"{}"),
    (waiting_key("slack:a", "d7"), b"not JSON"),
    (b"n8", b"\xff"),
]


def count(records: list[tuple[bytes, bytes | None]]) -> tuple[dict[str, int], dict[str, int]]:
    counts = UndeliveredCounts()
    for key, value in records:
        counts.apply(key, value)
    return dict(counts.waiting()), dict(counts.parked())


def test_what_is_open_and_what_is_parked() -> None:
    """By destination; what was delivered or cannot be read is not counted."""
    assert count(RECORDS) == ({"slack:a": 1, "slack:b": 2}, {"slack:a": 1})


@examples(50)
@given(order=st.permutations(sorted({key for key, _ in RECORDS})))
def test_only_the_last_record_of_each_key_counts(order: list[bytes]) -> None:
    """Whatever order the keys have: a compacted topic keeps just the last ones."""
    last = dict(RECORDS)
    assert count([(key, last[key]) for key in order]) == count(RECORDS)
