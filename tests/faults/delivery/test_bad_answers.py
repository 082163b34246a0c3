"""Destinations that refuse, redirect or throttle: nothing is lost, nothing is sent twice."""

from collections import Counter
from itertools import pairwise
from typing import Final

from services.console.fake_slack.faults import Fault
from services.console.fake_slack.server import FakeSlack
from shared.kafka.cluster import Cluster
from tests.delivery_tools import create_topics, delivering, dispatch, posts_about, publish, until

EACH: Final = 8
MOST_S: Final = 3.0
"""Between two messages of a destination that is well: its pace is one a second."""


async def test_two_of_three_addresses_are_closed(cluster: Cluster) -> None:
    """The third one keeps its pace; the others get all of it once they take messages again."""
    await create_topics(cluster)
    faults = [
        Fault(do="status", path="/gone", status=404, body="no_service", for_s=5.0),
        Fault(do="status", path="/moved", status=302, location="/elsewhere", for_s=5.0),
    ]
    names = ("gone", "moved", "well")
    async with (
        FakeSlack(faults=faults) as sink,
        delivering(cluster, {name: sink.url(name) for name in names}),
    ):
        await publish(
            cluster,
            *(dispatch(n, f"slack:{names[n % 3]}") for n in range(EACH * len(names))),
        )
        await until(lambda: Counter(post.hook for post in sink.posts)["well"] == EACH, "well")
        assert {post.hook for post in sink.posts} == {"well"}
        await until(lambda: len(sink.posts) == EACH * len(names), "all of them", 60)
    times = [post.at_s for post in sink.posts if post.hook == "well"]
    assert max(after - before for before, after in pairwise(times)) < MOST_S
    assert_each_once(sink, EACH * len(names))
    assert sink.requests["gone"] == EACH + 1, "one request found it closed"


async def test_a_third_of_the_answers_is_429(cluster: Cluster) -> None:
    """Each message is posted again, without a mark, until it is taken."""
    await create_topics(cluster)
    faults = [Fault(do="status", share=0.3, seed=5, status=429, retry_after=1)]
    names = ("a", "b", "c", "d")
    count = EACH * len(names)
    async with (
        FakeSlack(faults=faults) as sink,
        delivering(cluster, {name: sink.url(name) for name in names}),
    ):
        await publish(
            cluster, *(dispatch(n, f"slack:{names[n % len(names)]}") for n in range(count))
        )
        await until(lambda: len(sink.posts) == count, "all of them", 90)
    assert sum(sink.requests.values()) > count, "some were refused"
    assert_each_once(sink, count)


def assert_each_once(sink: FakeSlack, count: int) -> None:
    assert [len(posts_about(sink, number)) for number in range(count)] == [1] * count
    assert not [post for post in sink.posts if "possible repeat" in post.text]
