"""Send articles to articles.raw in order and at a pace; an interrupted replay can continue."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import msgspec
from aiokafka import AIOKafkaProducer

from services.console.errors import say
from services.console.progress import progress_bar
from services.console.topics.pace import Pace
from services.console.topics.topic_reader import iter_retained
from services.fetcher.record import raw_record
from services.fetcher.seeds.seed_articles import iter_articles
from shared.base.outcomes import InvalidMessage
from shared.base.project import project_root
from shared.files.writable_folder import is_writable
from shared.files.yaml_document import Problem
from shared.kafka.cluster import Cluster
from shared.kafka.preflight import check
from shared.kafka.topics import ARTICLES_RAW
from shared.kafka.transaction import Write, send_all
from shared.messages import codec
from shared.messages.ids import content_id
from shared.messages.schemas import RawArticle

BATCH: Final = 100
"""Articles that are sent, and then recorded as sent, at once."""
Articles = AsyncIterator[RawArticle | Problem]


@dataclass(frozen=True, slots=True)
class ReplaySource:
    """Where a replay's articles come from; the same command always gives the same ``name``."""

    name: str
    articles: Articles


def from_files(paths: Sequence[Path]) -> ReplaySource:
    """Return the articles of files and folders, in the order given."""

    async def articles() -> Articles:
        for article in iter_articles(paths):
            yield article

    return ReplaySource("\n".join(str(path.resolve()) for path in paths), articles())


def from_topic(cluster: Cluster, topic: str, since_s: float) -> ReplaySource:
    """Return the raw articles of the last ``since_s`` seconds that a topic holds now."""

    async def articles() -> Articles:
        since_ms = int((time.time() - since_s) * 1000)
        async for record in iter_retained(cluster, topic, since_ms=since_ms):
            try:
                yield codec.decode(record.value, RawArticle)
            except InvalidMessage as error:
                yield Problem(f"{topic}[{record.partition}]", record.offset, 1, str(error))

    return ReplaySource(f"{topic} {since_s}", articles())


class _Position(msgspec.Struct):
    """What is stored of an unfinished replay: how many articles were sent."""

    articles: int


def notes_folder(folders: Iterable[Path] | None = None) -> Path | None:
    """Return the first writable folder for the positions of unfinished replays, or None.

    Without one an interrupted replay starts over. The defaults are beside the project's other data
    and, because an image is read-only, in the user's cache.
    """
    own = (project_root() / "var" / "replays", Path("~/.cache/summitwire/replays").expanduser())
    return next(filter(is_writable, own if folders is None else folders), None)


@dataclass(slots=True)
class Replay:
    """One replay.

    ``problems`` are articles that could not be read or sent; the others are sent all the same.
    ``notes``: see notes_folder.
    """

    cluster: Cluster
    source: ReplaySource
    pace: Pace
    notes: Path | None = field(default_factory=notes_folder)
    problems: list[Problem] = field(default_factory=list)

    @property
    def replay_id(self) -> str:
        """The mark that every record of this replay carries."""
        return content_id("replay", self.source.name)[:12]

    async def run(self) -> int:
        """Send what has not been sent yet, and return how many articles that were.

        Raises ConfigurationError if no broker answers or the topic is missing.
        """
        position = self._load_position()
        await check(self.cluster, [ARTICLES_RAW])
        producer = self.cluster.producer()
        await producer.start()
        try:
            with progress_bar(None, "replaying") as advance:
                sent = await self._send_from(producer, position, advance)
        finally:
            await producer.stop()
        if file := self._file():
            file.unlink(missing_ok=True)
        return sent

    async def _send_from(
        self, producer: AIOKafkaProducer, position: int, advance: Callable[[int], None]
    ) -> int:
        number, batch = 0, list[Write]()
        async for article in self.source.articles:
            if isinstance(article, Problem):
                self.problems.append(article)
                continue
            number += 1
            if number <= position:
                continue
            if gap_s := self.pace.gap_s(article):
                await self._send(producer, batch, number - 1)
                await asyncio.sleep(gap_s)
            batch += self._record(article)
            if len(batch) >= BATCH:
                await self._send(producer, batch, number)
            advance(1)
        await self._send(producer, batch, number)
        return number - position

    def _record(self, article: RawArticle) -> list[Write]:
        now_ms = time.time_ns() // 1_000_000
        try:
            return [raw_record(self.cluster, article, now_ms=now_ms, replay_id=self.replay_id)]
        except InvalidMessage as error:
            self.problems.append(Problem(article.uri, 1, 1, str(error)))
            return []

    async def _send(self, producer: AIOKafkaProducer, batch: list[Write], position: int) -> None:
        await send_all(producer, batch)
        batch.clear()
        await asyncio.to_thread(self._save_position, position)

    def _save_position(self, position: int) -> None:
        try:
            if file := self._file():
                file.write_bytes(msgspec.json.encode(_Position(position)))
        except OSError as error:  # a full disk: what was sent stays sent
            say(f"{self.notes}: {error.strerror}; if this replay is interrupted, it starts over")
            self.notes = None

    def _load_position(self) -> int:
        file = self._file()
        try:
            return msgspec.json.decode(file.read_bytes(), type=_Position).articles if file else 0
        except (OSError, msgspec.DecodeError):
            # There is none, or a crash cut it short. Starting over raises nothing twice.
            return 0

    def _file(self) -> Path | None:
        prefix = self.cluster.settings.kafka_topic_prefix
        return self.notes and self.notes / f"{prefix}{self.replay_id}.json"
