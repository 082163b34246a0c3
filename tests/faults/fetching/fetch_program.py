"""A fetcher for the fault tests that kills itself at named points. Usage: fetch_program.py FILE.

Each line of the file is a point (``POINTS``) and how often this process passes it before it ends
there. A line is removed when the process kills itself; without lines it works on. FEEDS_FILE names
the feeds, as for the fetcher.
"""

import asyncio
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from aiokafka import AIOKafkaProducer

from services.fetcher.app import NAME, build_downloader
from services.fetcher.parsing import feed_parser
from services.fetcher.parsing.feed_entry import ParsedFeed
from services.fetcher.polling.poll_loop import PollLoop, PollTools
from services.fetcher.polling.web import FeedResponse, NoPage, Page, Web
from services.fetcher.settings import FetcherSettings
from services.fetcher.sources import feeds_file
from shared.base import log, settings
from shared.kafka.cluster import Cluster
from shared.kafka.topics import ARTICLES_RAW, FEEDS
from shared.service import worker
from shared.stream.watchdog import Progress
from tests.faults.delivery.kill_program import Kills
from tests.unit.fetcher.news_site import read_robots

POINTS: Final = (
    "before feed",
    "after feed",
    "after pages",
    "before articles",
    "after articles",
    "before state",
    "after state",
    "before commit",
    "after commit",
)
"""From the request of a feed to the commit; those of Kafka where there are articles to write."""


class WatchedProducer(AIOKafkaProducer):  # type: ignore[misc]  # it is untyped
    """A transactional producer that passes the points of a transaction with articles."""

    def __init__(self, cluster: Cluster, kills: Kills, **options: Any) -> None:
        super().__init__(**options)
        self._kills, self._has_articles = kills, False
        self._points = {
            cluster.name(ARTICLES_RAW.name): "articles",
            cluster.name(FEEDS.name): "state",
        }

    async def send_batch(self, batch: Any, topic: str, *, partition: int) -> Any:
        point = self._points[topic]
        self._has_articles |= point == "articles"
        self._reach(f"before {point}")
        sent = await super().send_batch(batch, topic, partition=partition)
        await asyncio.wait([sent])
        self._reach(f"after {point}")
        return sent

    async def commit_transaction(self) -> None:
        self._reach("before commit")
        await super().commit_transaction()
        self._reach("after commit")
        self._has_articles = False

    def _reach(self, point: str) -> None:
        if self._has_articles:
            self._kills.reach(point)


@dataclass(frozen=True, slots=True)
class WatchedCluster(Cluster):
    """A cluster whose transactions pass points."""

    kills: Kills

    def transactional_producer(self, transactional_id: str) -> AIOKafkaProducer:
        return WatchedProducer(
            self, self.kills, **self._common(), transactional_id=self.name(transactional_id)
        )


@dataclass(frozen=True, slots=True)
class WatchedWeb:
    """Downloads that pass points."""

    web: Web
    kills: Kills

    async def fetch_feed(
        self, url: str, headers: Mapping[str, str], *, ignore_robots: bool
    ) -> FeedResponse:
        self.kills.reach("before feed")
        response = await self.web.fetch_feed(url, headers, ignore_robots=ignore_robots)
        self.kills.reach("after feed")
        return response

    async def fetch_pages(
        self, urls: Sequence[str], headers: Mapping[str, str], *, ignore_robots: bool
    ) -> Sequence[Page | NoPage]:
        pages = await self.web.fetch_pages(urls, headers, ignore_robots=ignore_robots)
        self.kills.reach("after pages")
        return pages


async def parse(body: bytes, content_type: str | None, url: str) -> ParsedFeed:
    """Parse a feed in this process, which starts faster than with children."""
    return feed_parser.parse(body, content_type, url)


def main() -> None:
    """Poll the feeds until SIGTERM, or a point of the file."""
    kills = Kills(Path(sys.argv[1]))
    chosen = settings.load(FetcherSettings)
    log.configure("faults", level=chosen.log_level)
    progress = Progress(chosen.watchdog_s, time.monotonic())
    web = WatchedWeb(build_downloader(chosen, read_robots), kills)
    poll_loop = PollLoop(
        NAME,
        WatchedCluster(chosen, kills),
        feeds_file.load(Path(chosen.feeds_file)),
        PollTools(web=web, parse=parse),
        progress,
    )
    worker.run(
        worker.Service(
            name="faults",
            components=[poll_loop],
            progress=progress,
            checks={NAME: poll_loop.assignment.obstacle},
        ),
        chosen,
    )


if __name__ == "__main__":
    main()
