"""Many messages wait for an address that takes none: all arrive, and no other destination waits."""

import asyncio
import statistics
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

import pytest

from services.console.fake_slack.faults import Fault
from services.console.fake_slack.server import FakeSlack
from shared.kafka.cluster import Cluster
from shared.messages.schemas import Delivery, DeliveryState, Dispatch
from tests.delivery_tools import (
    FastClock,
    create_topics,
    delivering,
    dispatch,
    ledger,
    posts_about,
    publish,
    publish_many,
    rewind,
    until,
)
from tests.faults.harness import LONG_RUN

pytestmark = LONG_RUN
WAITING: Final = 1_200
FASTER: Final = 15.0
"""A pace of one message a second would take 20 minutes."""
ENDED: Final = (DeliveryState.DELIVERED, DeliveryState.CLOSED)
REFUSALS: Final = {
    "429": Fault(do="status", at=1, status=429, retry_after=30),
    "302": Fault(do="status", at=1, status=302, location="/elsewhere"),
    "500": Fault(do="status", at=1, status=500),
}
BAD: Final = {
    "failing": Fault(do="status", path="/failing", status=500, for_s=300.0),
    "limited": Fault(do="status", path="/limited", status=429, retry_after=1, share=0.3, seed=5),
    "hanging": Fault(do="hang", path="/hanging", seconds=30.0, for_s=300.0),
    "moved": Fault(do="status", path="/moved", status=302, location="/elsewhere", for_s=300.0),
    "gone": Fault(do="status", path="/gone", status=404, body="no_service", for_s=300.0),
}
WELL: Final = ("well", "fine")
EVERY_S: Final = 4.0
CONTROL_S: Final = 40.0
FAULTY_S: Final = 300.0
MOST_DELAY_S: Final = 1.0


@pytest.mark.parametrize("refusal", sorted(REFUSALS))
async def test_all_that_waits_is_delivered_after_one_refusal(
    cluster: Cluster, refusal: str
) -> None:
    """One 429, 302 or 500 while 1 200 stories wait parks nothing: everybody is told of each."""
    await create_topics(cluster)
    dispatches = [dispatch(number, "slack:newsroom") for number in range(WAITING)]
    async with FakeSlack(faults=[REFUSALS[refusal]], per_second=100) as sink:
        await publish_many(cluster, dispatches)
        began = time.monotonic()
        async with delivering(cluster, {"newsroom": sink.url("newsroom")}, clock=FastClock(FASTER)):
            await until(lambda: have_ended(cluster, dispatches), "all delivered", 300)
    took = (time.monotonic() - began) * FASTER
    print(f"{refusal} while {WAITING} wait: {len(sink.posts)} posts within {took:.0f} s")
    assert is_each_once(await ledger(cluster), dispatches)
    assert len(sink.posts) == sink.requests["newsroom"] - 1


async def test_many_that_wait_delay_no_other_destination(cluster: Cluster) -> None:
    """With 2 400 that wait for a webhook another one gets each of its messages within a second."""
    await create_topics(cluster)
    faults = [Fault(do="hang", path="/hanging", seconds=60)]
    async with FakeSlack(faults=faults) as sink:
        names = {name: sink.url(name) for name in ("good", "hanging")}
        async with delivering(cluster, names, drain_s=0.5):
            before = await measure_delays(cluster, sink, range(10_000, 10_015))
            await publish_many(cluster, [dispatch(n, "slack:hanging") for n in range(2_400)])
            after = await measure_delays(cluster, sink, range(20_000, 20_045))
    print(f"seconds to another address: {figures(before)}; while 2 400 wait: {figures(after)}")
    assert max(after) - statistics.median(before) < MOST_DELAY_S


async def test_bad_addresses_disturb_no_other(cluster: Cluster) -> None:
    """500 for 5 minutes, hanging, 302, 404 and 30 % of 429 beside two addresses that are well."""
    await create_topics(cluster)
    sent: dict[int, tuple[str, float]] = {}
    async with FakeSlack() as sink:
        names = {name: sink.url(name) for name in (*BAD, *WELL)}
        async with delivering(cluster, names, drain_s=0.5):
            await feed(cluster, sent, WELL, CONTROL_S)
            before = await delays(sink, sent)
            sink.faults.extend(BAD.values())
            sent_before = dict(sent)
            await feed(cluster, sent, (*BAD, *WELL), FAULTY_S)
            during = {n: at for n, at in sent.items() if n not in sent_before}
            after = await delays(sink, {n: at for n, at in during.items() if at[0] in WELL})
        dispatches = [dispatch(number, f"slack:{name}") for number, (name, _) in sent.items()]
        # What goes out by itself within five minutes goes out at once after a restart.
        async with delivering(cluster, names):
            await until(lambda: have_ended(cluster, dispatches), "all delivered", 200)
    print(f"seconds to the well: {figures(before)}; beside the bad: {figures(after)}")
    print(f"requests: {dict(sink.requests)}, posts: {dict(Counter(p.hook for p in sink.posts))}")
    assert is_each_once(await ledger(cluster), dispatches)
    for number in sent:
        unmarked = [p for p in posts_about(sink, number) if "possible repeat" not in p.text]
        assert len(unmarked) <= 1, f"{number} came twice without a mark"
    assert quantile(after) < quantile(before) + MOST_DELAY_S


async def test_three_full_replays_post_nothing(cluster: Cluster) -> None:
    """The whole topic is read again from its beginning, three times."""
    await create_topics(cluster)
    names = [f"n{number}" for number in range(6)]
    dispatches = [dispatch(n, f"slack:{names[n % len(names)]}") for n in range(300)]
    async with FakeSlack(per_second=100) as sink:
        addresses = {name: sink.url(name) for name in names}
        async with delivering(cluster, addresses, clock=FastClock(FASTER)):
            await publish_many(cluster, dispatches)
            await until(lambda: have_ended(cluster, dispatches), "all delivered", 120)
        posted = sum(sink.requests.values())
        for turn in range(3):
            await rewind(cluster)
            probe = dispatch(1_000 + turn, "slack:n0")
            async with delivering(cluster, addresses):
                await publish(cluster, probe)
                await until(lambda last=probe: have_ended(cluster, [last]), "the new one")  # type: ignore[misc]
    print(f"{len(dispatches)} dispatches, 3 replays: {sum(sink.requests.values()) - posted} posts")
    assert sum(sink.requests.values()) == posted + 3


async def have_ended(cluster: Cluster, dispatches: Iterable[Dispatch]) -> bool:
    entries = (await ledger(cluster)).values()
    ended = {each for entry in entries if entry.state in ENDED for each in entry.dispatch_ids}
    return ended >= {each.dispatch_id for each in dispatches}


def is_each_once(entries: dict[str, Delivery], dispatches: Sequence[Dispatch]) -> bool:
    """Return whether each dispatch is in one notification, which was delivered."""
    told = Counter(
        each
        for entry in entries.values()
        if entry.state is DeliveryState.DELIVERED
        for each in entry.dispatch_ids
    )
    return told == Counter(each.dispatch_id for each in dispatches)


async def measure_delays(cluster: Cluster, sink: FakeSlack, numbers: Iterable[int]) -> list[float]:
    """Return the seconds from dispatch to post, one message after another, for a good address."""
    sent: dict[int, tuple[str, float]] = {}
    for number in numbers:
        await asyncio.sleep(1.1)
        sent[number] = ("good", time.time())
        await publish(cluster, dispatch(number, "slack:good"))
    return await delays(sink, sent)


async def feed(
    cluster: Cluster, sent: dict[int, tuple[str, float]], names: Sequence[str], seconds: float
) -> None:
    """Publish a dispatch for each name every few seconds, evenly, and note when."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for name in names:
            number = len(sent)
            sent[number] = (name, time.time())
            await publish(cluster, dispatch(number, f"slack:{name}"))
            await asyncio.sleep(EVERY_S / len(names))


async def delays(sink: FakeSlack, sent: dict[int, tuple[str, float]]) -> list[float]:
    """Return the seconds from dispatch to post of each message."""
    await until(lambda: all(posts_about(sink, number) for number in sent), "their messages", 60)
    return [posts_about(sink, number)[0].at_s - at_s for number, (_, at_s) in sent.items()]


def figures(seconds: Sequence[float]) -> str:
    return f"p50 {statistics.median(seconds):.3f}, p99 {quantile(seconds):.3f} of {len(seconds)}"


def quantile(seconds: Sequence[float]) -> float:
    """Return the 99th percentile."""
    return statistics.quantiles(seconds, n=100, method="inclusive")[98]
