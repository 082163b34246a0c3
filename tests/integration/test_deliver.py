"""Delivery with a real broker and the stand-in for Slack."""

import asyncio
import time
from dataclasses import replace

from services.alerting.deliver.destination_worker import REDRIVE_HEADER
from services.alerting.deliver.ledger.ledger import GROUP
from services.console.fake_slack.faults import Fault
from services.console.fake_slack.server import FakeSlack
from shared.kafka.cluster import Cluster
from shared.kafka.topics import NOTIFICATIONS
from shared.messages.schemas import AlertOutcome, DeliveryState
from tests.delivery_tools import (
    create_topics,
    delivering,
    ledger,
    notification,
    posts_about,
    publish,
    states,
    until,
)
from tests.kafka_tools import consume, produce


async def test_delivered_once(cluster: Cluster) -> None:
    """Each notification is posted once, unmarked, and ledger and offsets say so."""
    await create_topics(cluster)
    notifications = [notification(number) for number in range(3)]
    async with FakeSlack() as sink, delivering(cluster, {"newsroom": sink.url("newsroom")}):
        await publish(cluster, *notifications)
        await until(lambda: len(sink.posts) == 3, "three posts")
    assert [len(posts_about(sink, number)) for number in range(3)] == [1, 1, 1]
    assert not [post for post in sink.posts if "possible repeat" in post.text]
    assert {each.state for each in (await ledger(cluster)).values()} == {DeliveryState.DELIVERED}
    assert await committed_offset(cluster) == await end_offset(cluster)


async def test_full_replay_posts_nothing(cluster: Cluster) -> None:
    """After a stop, a start and a replay of the whole topic nothing is posted again."""
    await create_topics(cluster)
    notifications = [notification(number) for number in range(2)]
    async with FakeSlack() as sink:
        async with delivering(cluster, {"newsroom": sink.url("newsroom")}):
            await publish(cluster, *notifications)
            await until(lambda: len(sink.posts) == 2, "two posts")
        await rewind(cluster)
        async with delivering(cluster, {"newsroom": sink.url("newsroom")}):
            await publish(cluster, *notifications, notification(9))
            await until(lambda: len(posts_about(sink, 9)) == 1, "the new one")
    assert sink.requests["newsroom"] == 3
    assert await committed_offset(cluster) == await end_offset(cluster)


async def test_one_destination_never_delays_another(cluster: Cluster) -> None:
    """Destinations that hang or answer 503 do not slow down a good one in the same partition."""
    await create_topics(cluster)
    faults = [
        Fault(do="hang", path="/hanging", seconds=30),
        Fault(do="status", path="/failing", status=503),
    ]
    async with FakeSlack(faults=faults) as sink:
        names = {name: sink.url(name) for name in ("good", "hanging", "failing")}
        async with delivering(cluster, names, drain_s=0.5):
            await publish(
                cluster, notification(1, "slack:hanging"), notification(2, "slack:failing")
            )
            await until(
                lambda: sink.requests["hanging"] > 0 and sink.requests["failing"] > 1,
                "the bad ones were tried",
            )
            began = time.monotonic()
            await publish(cluster, notification(3, "slack:good"), notification(4, "slack:good"))
            await until(lambda: len(sink.posts) == 2, "the good ones")
            took = time.monotonic() - began
    assert took < 5
    assert (
        await committed_offset(cluster) == 0
    )  # the low-water mark: the first record is not finished


async def test_unheard_answer_is_marked(cluster: Cluster) -> None:
    """If the connection breaks after Slack accepted a post, the next one is marked."""
    await create_topics(cluster)
    async with (
        FakeSlack(faults=[Fault(do="reset", at=1, accept=True)]) as sink,
        delivering(cluster, {"newsroom": sink.url("newsroom")}),
    ):
        await publish(cluster, notification(1))
        await until(lambda: len(sink.posts) == 2, "the repeat")
    assert ["possible repeat · id " in post.text for post in sink.posts] == [False, True]


async def test_retry_after_is_honoured(cluster: Cluster) -> None:
    """After 429 with Retry-After 2 nothing is sent for two seconds; then the post has no mark."""
    await create_topics(cluster)
    faults = [Fault(do="status", at=1, status=429, retry_after=2)]
    async with (
        FakeSlack(faults=faults) as sink,
        delivering(cluster, {"newsroom": sink.url("newsroom")}),
    ):
        await publish(cluster, notification(1))
        await until(lambda: sink.requests["newsroom"] == 1, "the first try")
        refused = time.monotonic()
        await until(lambda: len(sink.posts) == 1, "the second try")
        waited = time.monotonic() - refused
    assert waited > 1.8
    assert "possible repeat" not in sink.posts[0].text


async def test_gone_webhook_parks_and_tells_another(cluster: Cluster) -> None:
    """404 opens the circuit: one request, everything parked, and an alert to another destination.

    A redriven notification is sent once the address is repaired.
    """
    await create_topics(cluster)
    async with FakeSlack(gone={"old"}) as sink:
        names = {"old": sink.url("old"), "ops": sink.url("ops")}
        async with delivering(cluster, names, fallback="slack:ops"):
            await publish(cluster, *(notification(number, "slack:old") for number in range(3)))
            await until(lambda: len(sink.posts) == 1, "the notice")
            await until(lambda: are_parked(cluster, 3), "all parked")
        assert "slack:old takes no messages any more (404" in sink.posts[0].text
        assert sink.requests["old"] == 1
        async with delivering(cluster, {"old": sink.url("new")}):
            await publish(cluster, notification(2, "slack:old"), headers={REDRIVE_HEADER: "2"})
            await until(lambda: len(posts_about(sink, 2)) == 1, "the redriven one")
    assert "possible repeat" not in posts_about(sink, 2)[0].text


async def test_unreadable_record_is_a_dead_letter(cluster: Cluster) -> None:
    """A record that is not a notification becomes a dead letter with a reason.

    The next one is delivered.
    """
    await create_topics(cluster)
    await produce(
        cluster,
        NOTIFICATIONS.name,
        [(b"slack:newsroom", b"{}"), (b"x", b"no json"), (b"x", None)],
        partition=0,
    )
    async with FakeSlack() as sink, delivering(cluster, {"newsroom": sink.url("newsroom")}):
        await publish(cluster, notification(1))
        await until(lambda: len(sink.posts) == 1, "the good one")
    letters = await consume(cluster, NOTIFICATIONS.dead_letters)
    assert [dict(letter.headers)["err.class"] for letter in letters] == [b"InvalidMessage"] * 3
    assert await committed_offset(cluster) == await end_offset(cluster)


async def test_refused_forms_end_as_dead_letter(cluster: Cluster) -> None:
    """After 400 the plain form is posted; after another 400 the notification is a dead letter.

    The ledger says so.
    """
    await create_topics(cluster)
    faults = [Fault(do="status", times=2, status=400, body="invalid_blocks")]
    async with (
        FakeSlack(faults=faults) as sink,
        delivering(cluster, {"newsroom": sink.url("newsroom")}),
    ):
        await publish(cluster, notification(1))
        await until(lambda: has(cluster, "dead"), "the end")
    (letter,) = await consume(cluster, NOTIFICATIONS.dead_letters)
    assert b"400 invalid_blocks" in dict(letter.headers)["err.message"]
    assert sink.requests["newsroom"] == 2


async def test_second_worker_takes_over(cluster: Cluster) -> None:
    """Two processes share the partitions; when one leaves, the other continues.

    Nothing is posted twice.
    """
    await create_topics(cluster, partitions=2)
    async with FakeSlack() as sink:
        names = {name: sink.url(name) for name in "abcd"}
        async with delivering(cluster, names):
            await publish(
                cluster,
                *(notification(number, f"slack:{name}") for number, name in enumerate("abcd")),
                partitions=2,
            )
            async with delivering(cluster, names):
                await publish(
                    cluster,
                    *(
                        notification(number + 4, f"slack:{name}")
                        for number, name in enumerate("abcd")
                    ),
                    partitions=2,
                )
                await until(lambda: len(sink.posts) == 8, "all posts")
            await publish(cluster, notification(9, "slack:a"), partitions=2)
            await until(lambda: len(posts_about(sink, 9)) == 1, "the last one")
    assert [len(posts_about(sink, number)) for number in range(8)] == [1] * 8
    assert not [post for post in sink.posts if "possible repeat" in post.text]


async def has(cluster: Cluster, state: str) -> bool:
    return (await states(cluster))[state] > 0


async def are_parked(cluster: Cluster, count: int) -> bool:
    return (await states(cluster))["parked"] == count


async def committed_offset(cluster: Cluster) -> int:
    """Return the group's offset in partition 0, or 0."""
    admin = cluster.admin()
    await admin.start()
    try:
        offsets = await admin.list_consumer_group_offsets(cluster.name(GROUP))
    finally:
        await admin.close()
    return sum(int(found.offset) for tp, found in offsets.items() if tp.partition == 0)


async def end_offset(cluster: Cluster) -> int:
    """Return the offset after the last notification of partition 0."""
    return 1 + max(int(record.offset) for record in await consume(cluster, NOTIFICATIONS.name))


async def rewind(cluster: Cluster) -> None:
    """Set the group back to the beginning, as an operator would for a full replay."""
    reader = cluster.group_consumer(GROUP)
    reader.subscribe([cluster.name(NOTIFICATIONS.name)])
    await reader.start()
    try:
        while not reader.assignment():
            await asyncio.sleep(0.05)
        await reader.commit(dict.fromkeys(reader.assignment(), 0))
    finally:
        await reader.stop()


async def test_what_is_only_said_for_the_record_is_not_posted(cluster: Cluster) -> None:
    """Notifications with an outcome other than notified are for the board, and finished at once."""
    await create_topics(cluster)
    silent = [
        replace(notification(number), outcome=outcome)
        for number, outcome in enumerate(AlertOutcome)
        if outcome is not AlertOutcome.NOTIFIED
    ]
    async with FakeSlack() as sink, delivering(cluster, {"newsroom": sink.url("newsroom")}):
        await publish(cluster, *silent, notification(100))
        await until(lambda: len(sink.posts) == 1, "the one that is news")
    assert len(posts_about(sink, 100)) == 1
    assert set(await ledger(cluster)) == {notification(100).notification_id}
    assert await committed_offset(cluster) == await end_offset(cluster)
