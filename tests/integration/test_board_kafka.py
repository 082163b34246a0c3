"""The board on a real Kafka: what is committed appears, once, also across a broker that dies."""

import asyncio
import os
import signal
import sys
import time

import aiohttp
import orjson

from shared.base.settings import KafkaSettings
from shared.kafka import topic_admin
from shared.kafka.cluster import Cluster
from shared.kafka.topics import ALERTS, ARTICLES_TAGGED
from shared.messages import codec, headers
from shared.messages.schemas import DeliveryState
from tests.board_tools import alert_ids, board, stream, tell, until
from tests.kafka_tools import FaultyBroker, produce
from tests.ports import free_port
from tests.unit.board.board_samples import a_delivery, a_notification, an_alert


async def get(url: str) -> object:
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        assert answer.status == 200
        return orjson.loads(await answer.read())


async def test_alerts_that_were_there_and_alerts_that_come_are_shown(cluster: Cluster) -> None:
    """The first in the snapshot, the others as events; only of the others is it known when they
    came here.
    """
    await topic_admin.create(cluster, partitions=2)
    before, after = an_alert(1), an_alert(2, rule_id="other")
    await tell(cluster, before)
    async with board(cluster) as at, stream(at.url) as watched:
        snapshot = await watched.next("snapshot")
        assert alert_ids(snapshot.data) == [before.alert_id]
        assert snapshot.data[0]["alerts"][0]["card"]["hops"] == []
        now_ms = time.time_ns() // 1_000_000
        await tell(cluster, after, said={"t-tagged": str(now_ms - 20), "t-matched": str(now_ms)})
        event = await watched.next("stories")
        assert alert_ids(event.data) == [after.alert_id]
        assert [hop["end"] for hop in event.data[0]["alerts"][0]["card"]["hops"]] == [
            "matched",
            "here",
        ]
        listed = await get(f"{at.url}/api/alerts?limit=1")
        assert isinstance(listed, list)
        assert alert_ids(listed) == [after.alert_id]


async def test_what_became_of_an_alert_follows_it(cluster: Cluster) -> None:
    """Notification, then the ledger's entries: each a new state of the same card."""
    await topic_admin.create(cluster, partitions=2)
    alert = an_alert()
    told = a_notification(alert)
    async with board(cluster) as at, stream(at.url) as watched:
        for message, state in (
            (alert, "undecided"),
            (told, "waiting"),
            (a_delivery(told, DeliveryState.INTENT), "intent"),
            (a_delivery(told), "delivered"),
        ):
            await tell(cluster, message)
            event = await watched.next("stories")
            assert [
                (line["destination"], line["state"]) for line in event.data[0]["alerts"][0]["lines"]
            ] == [("slack:newsroom", state)]


async def test_an_alert_of_an_aborted_transaction_is_never_shown(cluster: Cluster) -> None:
    """It did not happen; the next, committed one did."""
    await topic_admin.create(cluster, partitions=1)
    producer = cluster.transactional_producer("board-test")
    await producer.start()
    try:
        async with board(cluster) as at, stream(at.url) as watched:
            for number, commit in ((1, False), (2, True)):
                alert = an_alert(number)
                await producer.begin_transaction()
                await producer.send_and_wait(
                    cluster.name(ALERTS.name), key=alert.rule_id.encode(), value=codec.encode(alert)
                )
                await (producer.commit_transaction() if commit else producer.abort_transaction())
            event = await watched.next("stories")
            assert alert_ids(event.data) == [an_alert(2).alert_id]
            assert alert_ids(orjson.loads(at.live.alerts(10))) == [an_alert(2).alert_id]
    finally:
        await producer.stop()


async def test_bad_records_and_counts_are_told(cluster: Cluster) -> None:
    """A record that is no alert is counted and takes no neighbour with it; articles and dead
    letters are counted.
    """
    await topic_admin.create(cluster, partitions=1)
    await produce(cluster, ALERTS.name, [(b"r", b"\xff\x00 nonsense")])
    await tell(cluster, an_alert())
    await produce(cluster, ARTICLES_TAGGED.name, [(b"a", b"x"), (b"b", b"y")])
    await produce(
        cluster,
        ALERTS.dead_letters,
        [(b"r", None)],
        headers=headers.encode_headers({"err.class": "InvalidMessage"}),
    )
    async with board(cluster) as at:
        status = await get(f"{at.url}/api/status")
        assert isinstance(status, dict)
        assert {name: sum(counts) for name, counts in status["counts"].items()} == {
            "articles": 2,
            "alerts": 1,
            "dead_letters": 1,
        }
        assert (status["unreadable"], status["cluster"]["state"]) == (1, "connected")


async def test_the_service_starts_as_people_start_it_and_ends_on_sigterm(cluster: Cluster) -> None:
    """Settings from the environment, ready once it has read what was there; an open page does not
    keep it from ending with 0.
    """
    await topic_admin.create(cluster, partitions=1)
    await tell(cluster, an_alert())
    told = {
        "KAFKA_BOOTSTRAP": cluster.settings.kafka_bootstrap,
        "KAFKA_TOPIC_PREFIX": cluster.settings.kafka_topic_prefix,
    }
    environment = (
        os.environ
        | told
        | {"HTTP_PORT": str(port := free_port()), "BOARD_SERVICES": "", "LOG_LEVEL": "warning"}
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "services.board", env=environment
    )
    try:
        await is_ready(f"http://127.0.0.1:{port}")
        async with stream(f"http://127.0.0.1:{port}") as watched:
            assert alert_ids((await watched.next("snapshot")).data) == [an_alert().alert_id]
            process.send_signal(signal.SIGTERM)
            assert await asyncio.wait_for(process.wait(), 20) == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def is_ready(url: str) -> None:
    async with asyncio.timeout(60), aiohttp.ClientSession() as session:
        while True:
            try:
                async with session.get(f"{url}/readyz") as answer:
                    if answer.status == 200:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.05)


async def test_the_board_outlives_a_broker_and_says_so(faulty_broker: FaultyBroker) -> None:
    """Killed: the page says lost. Started again: connected, and what came afterwards is shown,
    nothing counted twice.
    """
    cluster = Cluster(
        KafkaSettings(
            kafka_bootstrap=faulty_broker.bootstrap,
            kafka_topic_prefix="lost.",
            kafka_connect_timeout_s=2,
        )
    )
    await topic_admin.create(cluster, partitions=1)
    await tell(cluster, an_alert(1))
    async with board(cluster) as at, stream(at.url) as watched:
        await watched.next("status", where=lambda data: data["cluster"]["state"] == "connected")
        faulty_broker.kill()
        lost = await watched.next("status", where=lambda data: data["cluster"]["state"] == "lost")
        assert lost.data["cluster"]["detail"]
        faulty_broker.start()
        await watched.next("status", where=lambda data: data["cluster"]["state"] == "connected")
        await tell(cluster, an_alert(2))
        event = await watched.next("stories")
        assert alert_ids(event.data) == [an_alert(2).alert_id]
        await until(
            lambda: sum(orjson.loads(at.live.status())["counts"]["alerts"]) == 2,
            "both alerts are counted, once",
        )
        assert alert_ids(orjson.loads(at.live.alerts(10))) == [
            an_alert(2).alert_id,
            an_alert(1).alert_id,
        ]
