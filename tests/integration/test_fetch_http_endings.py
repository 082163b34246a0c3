"""What could stop or flood a feed, on a real Kafka and server: clocks, 410, validators, dates."""

import asyncio
import os
import sys
import time
from asyncio.subprocess import PIPE
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from aiohttp import web

from services.fetcher.polling.poll_loop import PollLoop
from shared.kafka import topic_admin
from shared.kafka.cluster import Cluster
from shared.kafka.partitioner import partition_of
from shared.kafka.topics import FEEDS
from shared.messages import codec
from shared.messages.feed_revival import request_key
from shared.messages.schemas import FeedState
from tests.integration.test_fetch_http_poller import articles, fetcher, states, until
from tests.kafka_tools import consume, produce
from tests.unit.fetcher.news_site import news_site

PARTITIONS = 3


async def remembered(cluster: Cluster, state: FeedState) -> None:
    """Write a state as an earlier fetcher left it."""
    partition = partition_of(state.url.encode(), PARTITIONS)
    await produce(
        cluster, FEEDS.name, [(state.url.encode(), codec.encode(state))], partition=partition
    )


@dataclass(frozen=True, slots=True)
class Answered:
    """How the command ended, and what it said."""

    code: int
    output: str
    complained: str


async def console(cluster: Cluster, *command: str) -> Answered:
    """Run the command as an operator does, beside what runs here."""
    settings = cluster.settings
    environment = os.environ | {
        "KAFKA_BOOTSTRAP": settings.kafka_bootstrap,
        "KAFKA_TOPIC_PREFIX": settings.kafka_topic_prefix,
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "services.console", "feeds", *command),
        env=environment,
        stdout=PIPE,
        stderr=PIPE,
    )
    output, complained = await process.communicate()
    return Answered(process.returncode or 0, output.decode(), complained.decode())


def entries_seen(poller: PollLoop) -> int:
    """Count the entries of the committed states; what was only requested may still be abandoned."""
    return sum(len(state.seen) for state in poller._states.values())


async def requests_left(cluster: Cluster, url: str) -> list[bytes | None]:
    return [
        record.value
        for record in await consume(cluster, FEEDS.name)
        if record.key == request_key(url)
    ]


async def test_states_that_a_wrong_clock_wrote_silence_no_feed(cluster: Cluster) -> None:
    """Last polled in 2031, and not before 2031: both are asked at once."""
    await topic_admin.create(cluster, partitions=PARTITIONS)
    later = datetime(2031, 5, 1, tzinfo=UTC)
    async with news_site() as site:
        urls = [f"{site.base}/feed?{name}" for name in "ab"]
        await remembered(cluster, FeedState(url=urls[0], polled_at=later))
        await remembered(
            cluster,
            FeedState(
                url=urls[1],
                polled_at=datetime.now(UTC) - timedelta(days=2),
                not_before=later,
                failures=9,
            ),
        )
        async with fetcher(
            cluster, *(replace(site.spec, url=url, source=url[-1]) for url in urls)
        ) as poller:
            await until("both feeds are read", lambda: entries_seen(poller) == 4)
        loaded = await states(cluster)
    assert all(loaded[url].polled_at < datetime.now(UTC) and loaded[url].seen for url in urls)  # type: ignore[operator]


async def test_a_gone_feed_is_asked_again_after_a_day_and_comes_back(cluster: Cluster) -> None:
    """Even one that an earlier version had abandoned for ever; articles from meanwhile arrive."""
    await topic_admin.create(cluster, partitions=PARTITIONS)
    async with news_site() as site:
        await remembered(
            cluster,
            FeedState(
                url=site.spec.url, gone=True, polled_at=datetime.now(UTC) - timedelta(hours=25)
            ),
        )
        async with fetcher(cluster, site.spec) as poller:
            await until("its pages are read", lambda: entries_seen(poller) == 2)
        state = (await states(cluster))[site.spec.url]
        assert (state.gone, state.gone_since, len(await articles(cluster))) == (False, None, 2)


async def test_validators_that_lie_are_found_out(cluster: Cluster) -> None:
    """A server that always answers 304 is polled without conditions once a day."""
    await topic_admin.create(cluster, partitions=PARTITIONS)
    async with news_site() as site:
        async with fetcher(cluster, site.spec) as poller:
            await until("read", lambda: entries_seen(poller) == 2)
        site.stuck = True
        site.names.insert(0, "c")
        state = (await states(cluster))[site.spec.url]
        a_day_ago = datetime.now(UTC) - timedelta(days=1)
        async with fetcher(cluster, replace(site.spec, interval_s=0.2)):
            await until("polled in vain", lambda: site.requested.count("/feed") > 3)
        assert "/c" not in site.requested, "the scenario: its validators lie"
        await remembered(cluster, replace(state, read_at=a_day_ago))
        async with fetcher(cluster, replace(site.spec, interval_s=0.2)):
            await until("the new page is read", lambda: "/c" in site.requested)


async def test_dates_that_move_at_every_poll_are_no_news(cluster: Cluster) -> None:
    """Two pages and twenty polls with new dates give two records; a changed page is the third."""
    await topic_admin.create(cluster, partitions=PARTITIONS)
    async with news_site() as site:
        site.moving = True
        quick = replace(site.spec, interval_s=0.05)
        async with fetcher(cluster, quick):
            await until("twenty polls", lambda: site.requested.count("/feed") > 20)
            site.names.append("c")
            await until("the new page", lambda: "/c" in site.requested)
            polls = site.requested.count("/feed")
            await until("more polls", lambda: site.requested.count("/feed") > polls + 3)
        loaded = sorted(article.uri for article in await articles(cluster))
    assert loaded == [f"{site.base}/{name}" for name in "abc"]
    assert site.requested.count("/a") == 2, "asked once more, and then left alone for minutes"


async def test_a_gone_feed_is_revived_in_a_running_system_within_seconds(cluster: Cluster) -> None:
    """The fetcher polls at once and deletes the request, so a restart does not poll again."""
    await topic_admin.create(cluster, partitions=PARTITIONS)
    async with news_site() as site:
        site.answers["/feed"] = web.Response(status=410)
        async with fetcher(cluster, site.spec) as poller:
            await until("it is gone", lambda: any(state.gone for state in poller._states.values()))
            listed = await console(cluster, "list")
            assert listed.output.startswith("gone ")
            assert "gone since" in listed.output
            began = time.monotonic()
            answered = await console(cluster, "revive", site.spec.url)
            assert time.monotonic() - began < 10
        assert answered.code == 0, answered.complained
        assert answered.output.startswith("ok ")
        assert sorted(article.uri for article in await articles(cluster)) == [
            f"{site.base}/{name}" for name in "ab"
        ]
        assert (await requests_left(cluster, site.spec.url))[-1] is None
        async with fetcher(cluster, site.spec) as poller:
            await until("the state is read", lambda: bool(poller._states))
        assert site.requested.count("/feed") == 2


async def test_a_feed_that_is_still_gone_is_said_to_be(cluster: Cluster) -> None:
    """Exit 1: the thing asked about is bad."""
    await topic_admin.create(cluster, partitions=PARTITIONS)
    async with news_site() as site:
        site.answers["/feed"] = web.Response(status=410)
        async with fetcher(cluster, site.spec) as poller:
            await until("it is gone", lambda: any(state.gone for state in poller._states.values()))
            site.answers["/feed"] = web.Response(status=410)
            answered = await console(cluster, "revive", site.spec.url)
    assert (answered.code, answered.output[:4]) == (1, "gone")


async def test_a_request_waits_for_a_fetcher(cluster: Cluster) -> None:
    """Written while none runs, it is answered by the next one, once."""
    await topic_admin.create(cluster, partitions=PARTITIONS)
    async with news_site() as site:
        await remembered(
            cluster,
            FeedState(
                url=site.spec.url,
                gone=True,
                gone_since=datetime.now(UTC),
                polled_at=datetime.now(UTC),
            ),
        )
        answered = await console(cluster, "revive", site.spec.url, "--wait", "0")
        assert (answered.code, "no fetcher has polled it yet" in answered.complained) == (0, True)
        async with fetcher(cluster, site.spec) as poller:
            await until("asked", lambda: entries_seen(poller) == 2)
        assert (await requests_left(cluster, site.spec.url))[-1] is None
        assert not (await states(cluster))[site.spec.url].gone


async def test_a_revival_in_the_middle_of_a_poll_doubles_nothing(cluster: Cluster) -> None:
    """The poll under way is discarded whole, and the feed read afresh: each page is one record."""
    await topic_admin.create(cluster, partitions=PARTITIONS)
    async with news_site() as site:
        await remembered(
            cluster,
            FeedState(
                url=site.spec.url, failures=3, polled_at=datetime.now(UTC) - timedelta(days=2)
            ),
        )
        site.hang = asyncio.Event()
        async with fetcher(cluster, site.spec) as poller:
            await until("a page is asked for", lambda: "/a" in site.requested)
            await console(cluster, "revive", site.spec.url, "--wait", "0")
            await until(
                "the request is read",
                lambda: any(not state.failures for state in poller._states.values()),
            )
            site.hang.set()
            await until(
                "asked afresh",
                lambda: (
                    site.requested.count("/feed") == 2
                    and any(state.seen for state in poller._states.values())
                ),
            )
        assert sorted(article.uri for article in await articles(cluster)) == [
            f"{site.base}/{name}" for name in "ab"
        ]


async def test_an_unknown_feed_is_wrong_use_and_writes_nothing(cluster: Cluster) -> None:
    """With a suggestion; none of the feeds that are named beside it is asked."""
    await topic_admin.create(cluster, partitions=PARTITIONS)
    await remembered(cluster, FeedState(url="https://a.example/rss?key=1"))
    answered = await console(cluster, "revive", "https://a.example/rss", "https://a.example/rs")
    assert (
        answered.code,
        "did you mean https://a.example/rss?" in answered.complained,
        "key" in answered.complained,
    ) == (2, True, False)
    assert len(await consume(cluster, FEEDS.name)) == 1
