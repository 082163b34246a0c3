"""Poll the hostile servers' feeds with the fetcher's own parts: client, downloader, child processes."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from services.fetcher.download import Downloader
from services.fetcher.parsing import feed_parser
from services.fetcher.parsing.feed_entry import ParsedFeed
from services.fetcher.polling.poll_feed import PollResult, poll_feed
from services.fetcher.robots.rules import RobotsRules, apply_rules
from services.fetcher.sources.feeds_file import FeedSpec
from shared.http.clients import Limits, fetch_client
from shared.http.metered_stream import ResponsePace
from shared.limits.process_pool import ProcessPool
from shared.messages.schemas import FeedState
from tests.hostile_server.running_web import ALLOWED, RunningWeb
from tests.hostile_server.table import Behaviour

GENEROUS = Limits()
SHORT = Limits(
    connect_s=2.5,
    read_s=2.5,
    total_s=5.0,
    pace=ResponsePace(head_s=0.8, bytes_per_s=512, window_s=0.8),
)
"""For servers that would need longer than any limit. A busy machine may stall for two seconds."""
AT_ONCE = 24
SECRET = "s3cr3t"
"""The value of each feed's header."""


@dataclass(frozen=True, slots=True)
class Poller:
    """Polls feeds of the hostile web."""

    web: RunningWeb
    quick: Downloader
    patient: Downloader
    pool: ProcessPool
    short_pool: ProcessPool

    async def poll(self, behaviour: Behaviour) -> PollResult:
        """Poll a behaviour's feed for the first time."""
        url = self.web.urls[behaviour.name]
        spec = FeedSpec(url=url, source="news", interval_s=300, headers={"x-secret": SECRET})
        downloader = self.quick if behaviour.is_slow else self.patient
        pool = self.short_pool if behaviour.is_slow else self.pool

        async def parse(body: bytes, content_type: str | None, url: str) -> ParsedFeed:
            return await pool.call(feed_parser.parse, body, content_type, url)

        return await poll_feed(
            spec, FeedState(url=url), web=downloader, parse=parse, now=lambda: datetime.now(UTC)
        )

    async def poll_all(self, behaviours: Iterable[Behaviour]) -> Mapping[str, PollResult]:
        """Poll many feeds at once; the results by name."""
        slots = asyncio.Semaphore(AT_ONCE)

        async def poll(behaviour: Behaviour) -> tuple[str, PollResult]:
            async with slots:
                return behaviour.name, await self.poll(behaviour)

        slow_first = sorted(behaviours, key=lambda behaviour: not behaviour.is_slow)
        return dict(await asyncio.gather(*map(poll, slow_first)))


@asynccontextmanager
async def poller(web: RunningWeb) -> AsyncIterator[Poller]:
    """The fetcher's parts, with child processes."""
    pool, short_pool = _pool(5.0), _pool(0.5)

    def downloader(limits: Limits, children: ProcessPool) -> Downloader:
        async def apply(body: bytes, urls: Sequence[str], user_agent: str) -> RobotsRules:
            return await children.call(apply_rules, body, urls, user_agent)

        client = fetch_client(
            allowed=ALLOWED, limits=limits, resolve=web.resolve, trust=web.trust()
        )
        return Downloader(
            client, now=lambda: datetime.now(UTC), apply=apply, per_host=4, per_host_per_s=1_000
        )

    await asyncio.gather(pool.start(), short_pool.start())
    try:
        yield Poller(
            web, downloader(SHORT, short_pool), downloader(GENEROUS, pool), pool, short_pool
        )
    finally:
        await asyncio.gather(pool.stop(), short_pool.stop())


def _pool(cpu_s: float) -> ProcessPool:
    return ProcessPool(
        workers=1,
        time_limit_s=cpu_s,
        memory_limit_mb=512,
        preload="services.fetcher.parsing.warmup",
    )
