"""Alerts and their outcomes on a real Kafka: those that wait and those that are lost differ."""

import aiohttp

from services.board.live import now_ms
from services.board.state.deliveries.reconciliation import GRACE_MS
from services.console.fake_slack.server import FakeSlack
from shared.kafka import topic_admin
from shared.kafka.cluster import Cluster
from tests.board_tools import board, tell, until
from tests.delivery_tools import delivering, dispatch, publish


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
            shown = (await answer.json())["reconciliation"]
    assert (shown["alerts"], shown["waiting"], shown["difference"]) == (4, 1, 0)
