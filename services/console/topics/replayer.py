"""Putting articles onto articles.raw in order, at a pace, so that an interrupted replay goes on where it stopped."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import msgspec
from aiokafka import AIOKafkaProducer
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from services.console.errors import say
from services.console.topics.pace import Pace
from services.console.topics.topic_reader import iter_retained
from services.fetcher.record import raw_record
from services.fetcher.seeds import iter_articles
from shared.base.outcomes import InvalidMessage
from shared.base.settings import project_root
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
"""Articles that are sent, and then noted as done, at once."""

Articles = AsyncIterator[RawArticle | Problem]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a replay's articles come from; ``name`` says it in a way that is the same when the command is given again."""

    name: str
    articles: Articles


def from_files(paths: Sequence[Path]) -> Source:
    """Articles of files and folders, in the order given."""

    async def articles() -> Articles:
        for article in iter_articles(paths):
            yield article

    return Source("\n".join(str(path.resolve()) for path in paths), articles())


def from_topic(cluster: Cluster, topic: str, since_s: float) -> Source:
    """Raw articles that a topic still holds from the last ``since_s`` seconds, as it holds them now."""

    async def articles() -> Articles:
        async for record in iter_retained(
            cluster, topic, since_ms=int((time.time() - since_s) * 1000)
        ):
            try:
                yield codec.decode(record.value, RawArticle)
            except InvalidMessage as error:
                yield Problem(f"{topic}[{record.partition}]", record.offset, 1, str(error))

    return Source(f"{topic} {since_s}", articles())


class _Done(msgspec.Struct):
    """What is kept of an unfinished replay."""

    articles: int


def notes_folder(folders: Iterable[Path] | None = None) -> Path | None:
    """Where an unfinished replay is noted: the first folder that can be written, None where none can, and an interrupted one begins anew.

    By default beside the project's other data, else (an image is read-only) in the user's cache.
    """
    own = (project_root() / "var" / "replays", Path("~/.cache/summitwire/replays").expanduser())
    return next(filter(is_writable, own if folders is None else folders), None)


@dataclass(slots=True)
class Replay:
    """One replay. ``problems`` are articles that could not be read or sent; the others are sent all the same. ``notes``: see notes_folder."""

    cluster: Cluster
    source: Source
    pace: Pace
    notes: Path | None = field(default_factory=notes_folder)
    problems: list[Problem] = field(default_factory=list)

    @property
    def replay_id(self) -> str:
        """The mark that every record of this replay carries."""
        return content_id("replay", self.source.name)[:12]

    async def run(self) -> int:
        """Send what was not sent yet; how many articles were. ConfigurationError where no broker answers or the topic is missing."""
        begin = self._done()
        await check(self.cluster, [ARTICLES_RAW])
        producer = self.cluster.producer()
        await producer.start()
        try:
            with _bar() as bar:
                sent = await self._send_from(producer, begin, bar)
        finally:
            await producer.stop()
        if file := self._file():
            file.unlink(missing_ok=True)
        return sent

    async def _send_from(self, producer: AIOKafkaProducer, begin: int, bar: Progress) -> int:
        task, seen, batch = bar.add_task("replaying", total=None), 0, list[Write]()
        async for article in self.source.articles:
            if isinstance(article, Problem):
                self.problems.append(article)
                continue
            seen += 1
            if seen <= begin:
                continue
            if gap_s := self.pace.gap_s(article):
                await self._send(producer, batch, seen - 1)
                await asyncio.sleep(gap_s)
            batch += self._record(article)
            if len(batch) >= BATCH:
                await self._send(producer, batch, seen)
            bar.update(task, advance=1)
        await self._send(producer, batch, seen)
        return seen - begin

    def _record(self, article: RawArticle) -> list[Write]:
        try:
            return [
                raw_record(
                    self.cluster,
                    article,
                    now_ms=time.time_ns() // 1_000_000,
                    replay_id=self.replay_id,
                )
            ]
        except InvalidMessage as error:
            self.problems.append(Problem(article.uri, 1, 1, str(error)))
            return []

    async def _send(self, producer: AIOKafkaProducer, batch: list[Write], seen: int) -> None:
        await send_all(producer, batch)
        batch.clear()
        await asyncio.to_thread(self._note, seen)

    def _note(self, seen: int) -> None:
        try:
            if file := self._file():
                file.write_bytes(msgspec.json.encode(_Done(seen)))
        except OSError as error:  # a full disk: what was sent stays sent
            say(f"{self.notes}: {error.strerror}; if this replay is interrupted, it begins anew")
            self.notes = None

    def _done(self) -> int:
        file = self._file()
        try:
            return msgspec.json.decode(file.read_bytes(), type=_Done).articles if file else 0
        except (
            OSError,
            msgspec.DecodeError,
        ):  # none, or cut off while it was written: begin anew, which raises nothing twice
            return 0

    def _file(self) -> Path | None:
        return (
            self.notes
            and self.notes / f"{self.cluster.settings.kafka_topic_prefix}{self.replay_id}.json"
        )


def _bar() -> Progress:
    """A progress bar on standard error, shown on a terminal only."""
    console = Console(stderr=True)
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    return Progress(*columns, console=console, disable=not console.is_terminal)
