"""Alerts = the sum of their outcomes + those that wait, for each rule and destination."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.board.state.board_state import BoardRecord, BoardState
from services.board.state.deliveries.reconciliation import (
    GRACE_MS,
    CommittedOffsets,
    Reconciliation,
    RecordPlace,
    RuleBalance,
)
from shared.kafka.topics import ALERTS, DELIVERIES, DISPATCHES, NOTIFICATIONS
from shared.messages import codec
from shared.messages.schemas import (
    Alert,
    AlertOutcome,
    Delivery,
    Dispatch,
    Notification,
    Severity,
    Threshold,
)
from tests.unit.board.board_samples import (
    SLACK,
    START_MS,
    a_delivery,
    a_notification,
    an_alert,
)

DESK = "webhook:desk"
NOW_MS = START_MS + GRACE_MS
FINISHED = CommittedOffsets(alerts={0: 1_000}, dispatches={0: 1_000})
THRESHOLD = Threshold(count=3, within_s=3_600)


def a_dispatch(*alerts: Alert, destination: str = SLACK, **changes: Any) -> Dispatch:
    sample = {
        "dispatch_id": f"dispatch-{destination}-{'-'.join(alert.alert_id for alert in alerts)}",
        "destination": destination,
        "kind": "burst",
        "severity": Severity.HIGH,
        "alerts": alerts,
    }
    return Dispatch(**(sample | changes))


def a_record(
    message: Alert | Dispatch | Notification | Delivery,
    *,
    offset: int = 0,
    recorded_ms: int = START_MS,
    headers: dict[str, str] | None = None,
    stored: bool = False,
) -> BoardRecord:
    """``stored``: it is what deliver keeps in its state."""
    topics = {Alert: ALERTS, Dispatch: DISPATCHES, Notification: NOTIFICATIONS}
    topic = DELIVERIES if stored else topics.get(type(message), DELIVERIES)
    key = b""
    if stored and isinstance(message, Dispatch):
        key = f"waiting/{message.destination}/{message.dispatch_id}".encode()
    return BoardRecord(
        topic=topic.name,
        value=codec.encode(message),
        headers={"ce_type": f"{type(message).__name__}.v1"} | (headers or {}),
        recorded_ms=recorded_ms,
        offset=offset,
        key=key,
    )


def balances(
    *records: BoardRecord, committed: CommittedOffsets = FINISHED, now_ms: int = NOW_MS
) -> tuple[RuleBalance, ...]:
    board = BoardState(limit=50)
    for record in records:
        board.take(record)
    return board.reconciliation.balances(now_ms, committed, board.undelivered.is_waiting)


def the_balance(*records: BoardRecord, **options: Any) -> RuleBalance:
    (row,) = balances(*records, **options)
    assert row.alerts == sum(row.outcomes.values()) + row.waiting + row.difference
    return row


def test_every_outcome_is_counted() -> None:
    """Notified, folded and withdrawn: the sum is the number of alerts."""
    outcomes = (AlertOutcome.NOTIFIED, AlertOutcome.FOLDED, AlertOutcome.WITHDRAWN)
    alerts = [an_alert(number) for number in range(3)]
    row = the_balance(
        *(a_record(alert) for alert in alerts),
        *(
            a_record(a_notification(alert, outcome=outcome))
            for alert, outcome in zip(alerts, outcomes, strict=True)
        ),
    )
    assert (row.alerts, row.difference, row.waiting) == (3, 0, 0)
    assert row.outcomes == {"folded": 1, "notified": 1, "withdrawn": 1}


def test_an_alert_without_an_outcome_is_a_difference() -> None:
    """Deliver has finished its dispatch and written nothing: it is named."""
    alert = an_alert()
    row = the_balance(a_record(alert), a_record(a_dispatch(alert), offset=7))
    assert (row.alerts, row.difference, row.lost) == (1, 1, (alert.alert_id,))


def test_an_alert_that_was_never_dispatched_is_a_difference() -> None:
    """Match writes both in one transaction, so the dispatch was lost."""
    assert the_balance(a_record(an_alert())).difference == 1


def test_what_deliver_has_not_finished_waits_however_long() -> None:
    """It may hold a story for half an hour, or for days while its address takes nothing."""
    alert = an_alert()
    row = the_balance(
        a_record(alert),
        a_record(a_dispatch(alert), offset=7),
        committed=CommittedOffsets(dispatches={0: 7}),
        now_ms=NOW_MS + 86_400_000,
    )
    assert (row.waiting, row.difference) == (1, 0)


def test_what_is_kept_in_the_state_waits() -> None:
    """Its source record is finished; once it is decided the state forgets it."""
    alert, dispatch = an_alert(), a_dispatch(an_alert())
    records = [a_record(alert), a_record(dispatch), a_record(dispatch, stored=True)]
    assert the_balance(*records).waiting == 1
    gone = BoardRecord(
        topic=DELIVERIES.name, value=None, headers={}, recorded_ms=START_MS, key=records[-1].key
    )
    assert the_balance(*records, gone).difference == 1
    assert the_balance(*records, gone, a_record(a_notification(alert))).outcomes == {"notified": 1}


@pytest.mark.parametrize("age_ms", [0, GRACE_MS - 1])
def test_what_is_under_way_is_no_difference(age_ms: int) -> None:
    """Transactions of several stages lie between an alert and its outcome."""
    assert the_balance(a_record(an_alert()), now_ms=START_MS + age_ms).waiting == 1


def test_a_counted_alert_waits_for_count() -> None:
    """A rule with a threshold has no dispatch before it is met; count decides about each alert."""
    alert = an_alert(threshold=THRESHOLD)
    waiting = the_balance(a_record(alert, offset=9), committed=CommittedOffsets(alerts={0: 9}))
    assert waiting.waiting == 1
    assert the_balance(a_record(alert, offset=9)).difference == 1
    counted = a_notification(alert, outcome=AlertOutcome.COUNTED)
    assert the_balance(a_record(alert, offset=9), a_record(counted)).outcomes == {"counted": 1}


def test_the_last_outcome_counts() -> None:
    """Counted first, then told with its burst: one alert, one outcome."""
    alert = an_alert(threshold=THRESHOLD)
    row = the_balance(
        a_record(alert),
        a_record(a_notification(alert, outcome=AlertOutcome.COUNTED)),
        a_record(a_notification(alert)),
    )
    assert row.outcomes == {"notified": 1}


def test_each_destination_has_its_own_balance() -> None:
    """What one was told says nothing about another."""
    alert = an_alert(destinations=(SLACK, DESK))
    rows = balances(a_record(alert), a_record(a_notification(alert)))
    assert [(row.destination, row.difference, row.outcomes) for row in rows] == [
        (DESK, 1, {}),
        (SLACK, 0, {"notified": 1}),
    ]


def test_alerts_that_did_not_fit_into_their_dispatch_are_decided_with_it() -> None:
    """A dispatch says how many it leaves out, not which; its article tells."""
    shown, left_out = an_alert(1), an_alert(1, alert_id="left-out", rule_id="other")
    article = {
        "article_id": shown.article_id,
        "revision": shown.article_revision,
        "headline": "Leaders meet",
    }
    dispatch = codec.parse(codec.encode(a_dispatch(shown, omitted=1)))
    dispatch["article"] = {"article": article}
    record = BoardRecord(
        topic=DISPATCHES.name, value=codec.encode(dispatch), headers={}, recorded_ms=START_MS
    )
    told = a_notification(shown)
    entry = a_delivery(told, dispatch_ids=(a_dispatch(shown).dispatch_id,))
    rows = balances(a_record(shown), a_record(left_out), record, a_record(told), a_record(entry))
    assert [(row.rule, row.difference, row.outcomes) for row in rows] == [
        ("other", 0, {"decided": 1}),
        ("summit", 0, {"notified": 1}),
    ]


def test_a_replayed_alert_that_was_decided_long_ago_is_no_difference() -> None:
    """Its dispatch is known to the ledger, which writes nothing anew."""
    alert = an_alert()
    records = [a_record(alert, headers={"replay-id": "r"}), a_record(a_dispatch(alert))]
    assert the_balance(*records).outcomes == {"replayed": 1}


def test_a_repeated_alert_counts_once() -> None:
    """A replay of what is on the board adds nothing."""
    alert = an_alert()
    row = the_balance(
        a_record(alert),
        a_record(a_notification(alert)),
        a_record(alert, headers={"replay-id": "r"}),
    )
    assert (row.alerts, row.outcomes) == (1, {"notified": 1})


def test_alerts_from_before_the_start_are_left_out() -> None:
    """Their outcomes may lie before the first record that is read."""
    board = BoardState(limit=5, since_ms=START_MS)
    board.take(a_record(an_alert(1), recorded_ms=START_MS - 1))
    board.take(a_record(an_alert(2)))
    rows = board.reconciliation.balances(NOW_MS, FINISHED, board.undelivered.is_waiting)
    assert [row.alerts for row in rows] == [1]


def _some_records() -> list[BoardRecord]:
    alerts = [an_alert(number, destinations=(SLACK, DESK)) for number in range(4)]
    told = a_notification(alerts[0], alerts[1])
    waits = a_dispatch(alerts[2], destination=DESK)
    return [
        *(a_record(alert, offset=number) for number, alert in enumerate(alerts)),
        *(a_record(a_dispatch(alert), offset=n) for n, alert in enumerate(alerts)),
        a_record(waits, offset=9),
        a_record(waits, stored=True),
        a_record(told),
        a_record(a_delivery(told, dispatch_ids=(a_dispatch(alerts[1]).dispatch_id,))),
        a_record(a_notification(alerts[3], destination=DESK, outcome=AlertOutcome.FOLDED)),
    ]


@settings(max_examples=60)
@given(order=st.permutations(range(len(_some_records()))))
def test_every_order_of_arrival_gives_the_same_balances(order: list[int]) -> None:
    """Four topics are read independently of one another."""
    records = _some_records()
    shuffled = balances(*(records[number] for number in order))
    assert [(row.destination, row.difference, row.waiting, row.outcomes) for row in shuffled] == [
        (row.destination, row.difference, row.waiting, row.outcomes) for row in balances(*records)
    ]


@settings(max_examples=40)
@given(
    outcomes=st.lists(st.sampled_from([*AlertOutcome, "waits", "lost"]), min_size=1, max_size=40)
)
def test_the_balance_is_that_of_a_plain_count(outcomes: list[str]) -> None:
    """Against the slow obvious way."""
    records: list[BoardRecord] = []
    for number, outcome in enumerate(outcomes):
        alert = an_alert(number)
        offset = 2_000 if outcome == "waits" else number
        records += [a_record(alert), a_record(a_dispatch(alert), offset=offset)]
        if isinstance(outcome, AlertOutcome):
            records.append(a_record(a_notification(alert, outcome=outcome)))
    row = the_balance(*records)
    plain = {str(each): outcomes.count(each) for each in AlertOutcome if each in outcomes}
    assert dict(row.outcomes) == plain
    assert (row.waiting, row.difference) == (outcomes.count("waits"), outcomes.count("lost"))


def test_what_is_remembered_is_bounded() -> None:
    """The oldest are forgotten, and the figure says how many had no outcome."""
    fold = Reconciliation(max_pairs=10, max_dispatches=10)
    for number in range(100):
        alert = an_alert(number)
        fold.take_alert(alert, {}, RecordPlace(0, number, START_MS))
        if number % 2:
            fold.take_notification(a_notification(alert))
        fold.take_entry(a_delivery(a_notification(alert), dispatch_ids=(f"d{number}",)))
    (row,) = fold.balances(NOW_MS, FINISHED, lambda _id: False)
    assert (row.alerts, fold.forgotten, len(fold._decided)) == (10, 45, 10)


def test_a_redrive_request_is_no_dispatch() -> None:
    """It stands in the same topic."""
    request = BoardRecord(
        topic=DISPATCHES.name,
        value=b'{"destination":"slack:newsroom","asked_at":"2018-06-12T00:00:00Z"}',
        headers={"ce_type": "RedriveRequest.v1"},
        recorded_ms=START_MS,
    )
    assert BoardState(limit=5).take(request) == ()
