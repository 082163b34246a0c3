"""Alerts and their outcomes on a real Kafka: those that wait and those that are lost differ."""

from collections import Counter
from functools import partial

import aiohttp
import orjson

from services.board.live import now_ms
from services.board.state.deliveries.reconciliation import GRACE_MS
from services.console.deliveries.undelivered import load_deliveries, summarise
from services.console.fake_slack.faults import Fault
from services.console.fake_slack.server import FakeSlack
from shared.kafka import topic_admin
from shared.kafka.cluster import Cluster
from shared.kafka.partitioner import partition_of
from shared.kafka.topics import DELIVERIES, DISPATCHES
from shared.messages import codec, headers
from shared.messages.delivery_keys import content_key
from shared.messages.schemas import DeliveryState, Dispatch, RedriveRequest
from tests.board_tools import board, tell, until
from tests.delivery_tools import delivering, dispatch, publish
from tests.kafka_tools import consume, produce
from tests.unit.board.board_samples import a_delivery, a_notification, an_alert


async def test_every_alert_is_delivered_or_waits_or_is_missed(cluster: Cluster) -> None:
    """Two are delivered, one waits for a destination without an address, one was never dispatched.

    The clock is two minutes ahead, so that nothing counts as under way.
    """
    await topic_admin.create(cluster, partitions=2)
    delivered = [dispatch(number) for number in (1, 2)]
    waiting, lost = dispatch(3, "slack:closed"), dispatch(4)
    for each in (*delivered, waiting, lost):
        await tell(cluster, *each.alerts)
    async with (
        FakeSlack() as sink,
        delivering(cluster, {"newsroom": sink.url("newsroom")}),
        board(cluster, clock_ms=lambda: now_ms() + GRACE_MS) as at,
    ):
        await publish(cluster, *delivered, waiting, partitions=2)

        def by_destination() -> dict[str, tuple[int, int, int]]:
            return {
                row.destination: (row.outcomes.get("notified", 0), row.waiting, row.difference)
                for row in at.live.reconciled.balances
            }

        expected = {"slack:newsroom": (2, 0, 1), "slack:closed": (0, 1, 0)}
        await until(lambda: by_destination() == expected, "the balances")
        await publish(cluster, lost, partitions=2)
        await until(lambda: at.live.reconciled.difference == 0, "the lost one is dispatched")
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"{at.url}/api/deliveries") as answer,
        ):
            answered = await answer.json()
        view = await load_deliveries(cluster)
    shown = answered["reconciliation"]
    assert (shown["alerts"], shown["waiting"], shown["difference"]) == (4, 1, 0)
    because = "no address is configured (SLACK_WEBHOOKS or SLACK_CHANNELS)"
    (closed,) = answered["destinations"]
    assert (closed["destination"], closed["waits_because"]) == ("slack:closed", because)
    assert closed["counts"] == {"parked": 0, "retrying": 0, "waiting": 1}
    assert [*summarise(view.rows())] == [f"slack:closed: 1 waiting · {because}"]
    assert view.destinations == {"slack:closed", "slack:newsroom"}


async def test_what_deliver_has_not_decided_is_listed_in_terminal_and_board(
    cluster: Cluster,
) -> None:
    """Before it runs, while an address is busy, and not after."""
    await topic_admin.create(cluster, partitions=2)
    sent = [dispatch(number, "slack:ops") for number in range(3)]
    await publish(cluster, *sent, partitions=2)
    assert [*summarise((await load_deliveries(cluster)).rows())] == ["slack:ops: 3 waiting"]
    async with (
        FakeSlack(faults=[Fault(do="status", at=1, status=429, retry_after=4)]) as sink,
        delivering(cluster, {"ops": sink.url("ops")}),
        board(cluster) as at,
    ):
        await until(lambda: bool(sink.requests["ops"]), "the address is busy")
        rows = (await load_deliveries(cluster)).rows()
        assert Counter(row.condition for row in rows) == {"retrying": 1, "waiting": 2}
        totals = at.live.board.undelivered.totals
        await until(lambda: sum(totals().values()) == 3, "the board counts them")
        await until(lambda: sum(totals().values()) == 0, "all are delivered")
    assert (await load_deliveries(cluster)).rows() == []


async def test_operators_hear_of_a_difference_once(cluster: Cluster) -> None:
    """Two boards say it, in several comparisons, with one id: deliver sends it once."""
    await topic_admin.create(cluster, partitions=2)
    await tell(cluster, *dispatch(1).alerts)
    open_board = partial(
        board, cluster, clock_ms=lambda: now_ms() + GRACE_MS, operators="slack:ops"
    )
    async with open_board() as first, open_board() as second:
        lives = (first.live, second.live)
        await until(lambda: all(live.reconciled.logged for live in lives), "it lasts")
        compared = first.live.reconciled.at_ms
        await until(lambda: first.live.reconciled.at_ms > compared + 1_000, "more comparisons")
    notices = [
        codec.decode(record.value, Dispatch) for record in await consume(cluster, DISPATCHES.name)
    ]
    assert len(notices) == 2
    assert len({each.dispatch_id for each in notices}) == 1
    assert notices[0].destination == "slack:ops"
    assert "1 of second-summit for slack:newsroom" in notices[0].reason


async def test_a_redrive_on_the_board_is_a_request_to_deliver(cluster: Cluster) -> None:
    """Parked messages come from the whole topic; the request goes to the destination's partition."""
    await topic_admin.create(cluster, partitions=2)
    told = a_notification(an_alert())
    content = [(content_key(told.notification_id), codec.encode(told))]
    said = headers.encode_headers({"ce_type": "Notification.v1"})
    await produce(cluster, DELIVERIES.name, content, partition=1, headers=said)
    entry = a_delivery(told, DeliveryState.PARKED, answer="404 no_team")
    entries = [(told.notification_id.encode(), codec.encode(entry))]
    await produce(cluster, DELIVERIES.name, entries, partition=1)
    async with board(cluster) as at, aiohttp.ClientSession() as session:
        async with session.post(
            f"{at.url}/api/redrive",
            data=orjson.dumps({"destination": told.destination}),
            headers={"Content-Type": "application/json"},
        ) as answer:
            assert (answer.status, await answer.json()) == (200, {"parked": 1})
        (record,) = await consume(cluster, DISPATCHES.name)
    request = codec.decode(record.value, RedriveRequest)
    assert request.destination == told.destination
    assert record.partition == partition_of(told.destination.encode(), 2)
