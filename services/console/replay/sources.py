"""Where a replay's articles come from: files, or a topic that retains them."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from services.console.replay.inputs import iter_inputs
from services.console.topics.topic_reader import iter_retained
from services.fetcher.seeds.seed_articles import Item
from shared.base.outcomes import InvalidMessage
from shared.files.yaml_document import Problem
from shared.kafka.cluster import Cluster
from shared.messages import codec
from shared.messages.headers import REPLAY_ID, decode_headers
from shared.messages.ids import content_id
from shared.messages.schemas import RawArticle

Items = AsyncIterator[Item]
_YIELD_EVERY: Final = 50
"""Items between two looks at the event loop, so that Ctrl-C is heard."""


@dataclass(frozen=True, slots=True)
class ReplaySource:
    """Where a replay's articles come from; the same command always gives the same ``name``.

    ``items`` takes the time when the replay began first, in Unix milliseconds.
    """

    name: str
    items: Callable[[int], Items]

    @property
    def replay_id(self) -> str:
        """The mark that every record of this replay carries."""
        return content_id("replay", self.name)[:12]


def from_files(paths: Sequence[Path], name: str | None = None) -> ReplaySource:
    """Return the articles of files, folders and archives, in the order given."""
    own_name = "\n".join(str(path.resolve()) for path in paths)
    return ReplaySource(name or own_name, lambda _started_ms: _cooperative(iter_inputs(paths)))


def from_topic(
    cluster: Cluster, topic: str, since_s: float, name: str | None = None
) -> ReplaySource:
    """Return the raw articles of the last ``since_s`` seconds before the replay began.

    Those that this very replay has written are left out.
    """

    def items(started_ms: int) -> Items:
        return _retained(cluster, topic, started_ms - int(since_s * 1000), started_ms, source)

    source = ReplaySource(name or f"{topic} {since_s}", items)
    return source


async def _retained(
    cluster: Cluster, topic: str, since_ms: int, until_ms: int, source: ReplaySource
) -> Items:
    async for record in iter_retained(cluster, topic, since_ms=since_ms):
        is_own = decode_headers(record.headers).get(REPLAY_ID) == source.replay_id
        if is_own or record.timestamp > until_ms:
            continue
        try:
            yield codec.decode(record.value, RawArticle)
        except InvalidMessage as error:
            yield Problem(f"{topic}[{record.partition}]", record.offset, 1, str(error))


async def _cooperative(items: Iterator[Item]) -> Items:
    for number, item in enumerate(items):
        if number % _YIELD_EVERY == 0:
            await asyncio.sleep(0)
        yield item
