"""Delivery with a real broker and the stand-in for Slack."""

import time
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from services.alerting.deliver.ledger.ledger import GROUP
from services.console.fake_slack.faults import Fault
from services.console.fake_slack.server import FakeSlack
from shared.kafka.cluster import Cluster
from shared.kafka.topics import DELIVERIES, DISPATCHES, NOTIFICATIONS
from shared.messages.codec import decode, encode
from shared.messages.delivery_keys import waiting_key
from shared.messages.schemas import AlertOutcome, DeliveryState, Notification, RedriveRequest
from tests.delivery_tools import (
    LateClock,
    create_topics,
    delivering,
    dispatch,
    ledger,
    notification_id_of,
    posts_about,
    publish,
    publish_many,
    rewind,
    states,
    until,
)
from tests.kafka_tools import consume, produce

FACTS = NOTIFICATIONS.name


async def test_delivered_once(cluster: Cluster) -> None:
    """Each notification is posted once, unmarked, and ledger and offsets say so."""
    await create_topics(cluster)
    notifications = [dispatch(number) for number in range(3)]
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
    notifications = [dispatch(number) for number in range(2)]
    async with FakeSlack() as sink:
        async with delivering(cluster, {"newsroom": sink.url("newsroom")}):
            await publish(cluster, *notifications)
            await until(lambda: len(sink.posts) == 2, "two posts")
        await rewind(cluster)
        async with delivering(cluster, {"newsroom": sink.url("newsroom")}):
            await publish(cluster, *notifications, dispatch(9))
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
            await publish(cluster, dispatch(1, "slack:hanging"), dispatch(2, "slack:failing"))
            await until(
                lambda: sink.requests["hanging"] > 0 and sink.requests["failing"] > 1,
                "the bad ones were tried",
            )
            began = time.monotonic()
            await publish(cluster, dispatch(3, "slack:good"), dispatch(4, "slack:good"))
            await until(lambda: len(sink.posts) == 2, "the good ones")
            took = time.monotonic() - began
    assert took < 5
    assert await committed_offset(cluster) == await end_offset(cluster)
    assert (await states(cluster))["delivered"] == 2


async def test_unheard_answer_is_marked(cluster: Cluster) -> None:
    """If the connection breaks after Slack accepted a post, the next one is marked."""
    await create_topics(cluster)
    async with (
        FakeSlack(faults=[Fault(do="reset", at=1, accept=True)]) as sink,
        delivering(cluster, {"newsroom": sink.url("newsroom")}),
    ):
        await publish(cluster, dispatch(1))
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
        await publish(cluster, dispatch(1))
        await until(lambda: sink.requests["newsroom"] == 1, "the first try")
        refused = time.monotonic()
        await until(lambda: len(sink.posts) == 1, "the second try")
        waited = time.monotonic() - refused
    assert waited > 1.8
    assert "possible repeat" not in sink.posts[0].text


async def test_what_waits_for_a_gone_webhook_goes_out_by_itself(cluster: Cluster) -> None:
    """404 opens the circuit: one request, an alert to another destination, and nothing parked.

    Once the address is repaired, all that waited is delivered, and nothing twice.
    """
    await create_topics(cluster)
    async with FakeSlack(gone={"old"}) as sink:
        names = {"old": sink.url("old"), "ops": sink.url("ops")}
        async with delivering(cluster, names, fallback="slack:ops"):
            await publish(cluster, *(dispatch(number, "slack:old") for number in range(3)))
            await until(lambda: len(sink.posts) == 1, "the notice")
        assert "slack:old takes no messages (404" in sink.posts[0].text
        assert sink.requests["old"] == 1
        assert (await states(cluster))["parked"] == 0
        async with delivering(cluster, {"old": sink.url("new")}):
            await until(lambda: len(sink.posts) == 4, "all that waited")
    assert [len(posts_about(sink, number)) for number in range(3)] == [1, 1, 1]
    assert not [post for post in sink.posts if "possible repeat" in post.text]


async def test_a_parked_notification_is_sent_when_an_operator_asks(cluster: Cluster) -> None:
    """A request redrives what is parked, once."""
    await create_topics(cluster)
    clock = LateClock(timedelta(hours=73))
    async with FakeSlack() as sink:
        async with delivering(cluster, {}, clock=clock):
            await publish(cluster, dispatch(1), dispatch(2))
            await until(lambda: are_parked(cluster, 2), "both parked")
        async with delivering(cluster, {"newsroom": sink.url("newsroom")}):
            await publish_redrive(cluster, "slack:newsroom", notification_id_of(1))
            await until(lambda: len(posts_about(sink, 1)) == 1, "the first one")
            await publish_redrive(cluster, "slack:newsroom")
            await until(lambda: len(posts_about(sink, 2)) == 1, "the second one")
    assert len(sink.posts) == 2


async def test_many_that_wait_keep_no_other_destination_waiting(cluster: Cluster) -> None:
    """With 2 400 dispatches for a webhook that hangs, another one gets its message at once."""
    await create_topics(cluster)
    faults = [Fault(do="hang", path="/hanging", seconds=60)]
    async with FakeSlack(faults=faults) as sink:
        names = {name: sink.url(name) for name in ("good", "hanging")}
        async with delivering(cluster, names, drain_s=0.5):
            await publish_many(cluster, [dispatch(n, "slack:hanging") for n in range(2_400)])
            await until(lambda: sink.requests["hanging"] > 0, "the first try")
            began = time.monotonic()
            await publish(cluster, dispatch(9_999, "slack:good"))
            await until(lambda: len(sink.posts) == 1, "the good one")
            took = time.monotonic() - began
    assert took < 5


async def test_unreadable_record_is_a_dead_letter(cluster: Cluster) -> None:
    """A record that is not a notification becomes a dead letter with a reason.

    The next one is delivered.
    """
    await create_topics(cluster)
    await produce(
        cluster,
        DISPATCHES.name,
        [(b"slack:newsroom", b"{}"), (b"x", b"no json"), (b"x", None)],
        partition=0,
    )
    async with FakeSlack() as sink, delivering(cluster, {"newsroom": sink.url("newsroom")}):
        await publish(cluster, dispatch(1))
        await until(lambda: len(sink.posts) == 1, "the good one")
    letters = await consume(cluster, DISPATCHES.dead_letters)
    assert [dict(letter.headers)["err.class"] for letter in letters] == [b"InvalidMessage"] * 3
    assert await committed_offset(cluster) == await end_offset(cluster)


async def test_a_dispatch_that_cannot_be_read_ends_with_an_entry(cluster: Cluster) -> None:
    """One of the state and one of the topic: a dead letter, an entry and a fact each, once."""
    await create_topics(cluster)
    broken = b'{"dispatch_id": "broken", "destination": "slack:newsroom", "alerts": 7}'
    stored = [(waiting_key("slack:newsroom", "stored"), b'{"dispatch_id": 1}')]
    await produce(cluster, DELIVERIES.name, stored, partition=0)
    await produce(cluster, DISPATCHES.name, [(b"slack:newsroom", broken)] * 2, partition=0)
    for number in (1, 2):  # the second run finds nothing left to end
        async with FakeSlack() as sink, delivering(cluster, {"newsroom": sink.url("newsroom")}):
            await publish(cluster, dispatch(number))
            await until(lambda at=sink: len(at.posts) == 1, "the good one")  # type: ignore[misc]
    entries = {
        id_: entry for entry in (await ledger(cluster)).values() for id_ in entry.dispatch_ids
    }
    assert {id_: entries[id_].state for id_ in ("stored", "broken")} == {
        "stored": DeliveryState.DEAD,
        "broken": DeliveryState.DEAD,
    }
    facts = [decode(each.value, Notification) for each in await consume(cluster, FACTS)]
    parked = Counter(fact.story_id for fact in facts if fact.outcome is AlertOutcome.PARKED)
    assert parked == {"stored": 1, "broken": 1}
    assert len(await consume(cluster, DISPATCHES.dead_letters)) == 3
    last = {each.key: each.value for each in await consume(cluster, DELIVERIES.name)}
    assert last[stored[0][0]] is None


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
        await publish(cluster, dispatch(1))
        await until(lambda: has(cluster, "dead"), "the end")
    (letter,) = await consume(cluster, DISPATCHES.dead_letters)
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
                *(dispatch(number, f"slack:{name}") for number, name in enumerate("abcd")),
                partitions=2,
            )
            async with delivering(cluster, names):
                await publish(
                    cluster,
                    *(dispatch(number + 4, f"slack:{name}") for number, name in enumerate("abcd")),
                    partitions=2,
                )
                await until(lambda: len(sink.posts) == 8, "all posts")
            await publish(cluster, dispatch(9, "slack:a"), partitions=2)
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
    return 1 + max(int(record.offset) for record in await consume(cluster, DISPATCHES.name))


async def test_what_says_nothing_new_is_folded_and_finished(cluster: Cluster) -> None:
    """The same article again is no message; the ledger and the facts say what became of it."""
    await create_topics(cluster)
    again = replace(dispatch(1), dispatch_id="again")
    async with FakeSlack() as sink, delivering(cluster, {"newsroom": sink.url("newsroom")}):
        await publish(cluster, dispatch(1))
        await until(lambda: len(sink.posts) == 1, "the first one")
        await publish(cluster, again, dispatch(100))
        await until(lambda: len(sink.posts) == 2, "the one that is news")
        await until(lambda: at_end(cluster), "the end")
    facts = [decode(record.value, Notification) for record in await consume(cluster, FACTS)]
    assert Counter(str(fact.outcome) for fact in facts) == {"notified": 2, "folded": 1}
    assert Counter(await states(cluster)) == {"delivered": 2, "closed": 1}


async def at_end(cluster: Cluster) -> bool:
    return await committed_offset(cluster) == await end_offset(cluster)


async def publish_redrive(cluster: Cluster, destination: str, *ids: str) -> None:
    request = RedriveRequest(
        destination=destination, asked_at=datetime.now(UTC), notification_ids=ids
    )
    await produce(
        cluster,
        DISPATCHES.name,
        [(destination.encode(), encode(request))],
        partition=0,
        headers=[("ce_type", b"RedriveRequest.v1")],
    )
