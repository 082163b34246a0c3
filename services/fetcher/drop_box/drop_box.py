"""Watch a folder with a folder for each source, and write what is dropped there to articles.raw.

The sources are distributed like feeds: the process that is assigned the partition of a source's
state reads its folder. The articles of files and the marks that say so (marks.py) are one
transaction; only then are the files moved. So a crash at any point loses no file and writes none
twice, and a process that lost the partition cannot write.
"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from services.fetcher.drop_box.intake import STABLE_S, UnchangedSince, choose_files
from services.fetcher.drop_box.marks import add_marks, drop_marks, is_written
from services.fetcher.drop_box.reading import GRACE_S, FileReading, ReadingTools, read_file
from services.fetcher.drop_box.root_names import sort_names
from services.fetcher.drop_box.source_folder import (
    DONE,
    FAILED,
    ClaimedFile,
    SourceFolder,
    list_names,
    show_name,
)
from services.fetcher.seeds.seed_articles import MAX_BYTES
from services.fetcher.source_writer import SourceWriter
from services.fetcher.sources.feeds_file import FeedSpec
from shared.base import metrics
from shared.base.log import get
from shared.kafka.transaction import Unwritable
from shared.limits.process_pool import PoolBroken
from shared.messages.schemas import FeedState
from shared.stream.assignment import AssignedPartition

log = get(__name__)

TICK_S: Final = 0.1
FILES_AT_ONCE: Final = 50
MAX_BATCH_BYTES: Final = 16 * 1024 * 1024
"""Articles of one transaction, as in a poll."""
FAILED_FOLDER_WAIT_S: Final = 5.0


def source_key(source: str) -> str:
    """Return the key of a source's state in feeds.v1; no feed has an address like it."""
    return f"drop:{source}"


@dataclass(slots=True)
class _Watch:
    """What this process knows of a source's folder; all of it can be found out again."""

    folder: SourceFolder
    spec: FeedSpec
    sightings: dict[str, UnchangedSince] = field(default_factory=dict)
    claimed: dict[str, UnchangedSince] = field(default_factory=dict)
    retry_at: dict[str, datetime] = field(default_factory=dict)
    tries: dict[str, int] = field(default_factory=dict)
    ignored: set[str] = field(default_factory=set)
    rest_until_s: float = 0.0

    def sight_claimed(self, files: Sequence[ClaimedFile], now_s: float) -> None:
        """Remember since when claimed files have not changed, and forget all others.

        A file may have been replaced between the last look at it and its claim.
        """
        tokens = {file.token for file in files}
        for table in (self.claimed, self.retry_at, self.tries):
            for token in table.keys() - tokens:
                del table[token]
        for file in files:
            before = self.claimed.get(file.token) or self.sightings.get(file.name)
            is_same = before is not None and before.version == file.version
            self.claimed[file.token] = (
                before if before and is_same else UnchangedSince(file.version, now_s)
            )


class DropBox:
    """Watches ``root``. ``trigger``: the suffix of trigger files, if there are any."""

    def __init__(
        self,
        root: Path,
        writer: SourceWriter,
        tools: ReadingTools,
        *,
        trigger: str = "",
    ) -> None:
        self._root, self._writer = root, writer
        self._tools, self._trigger = tools, trigger
        self._watches = dict[str, _Watch]()
        self._misplaced = set[str]()
        self._work = dict[str, asyncio.Task[None]]()
        self._readings = set[asyncio.Task[list[FileReading]]]()
        self._stopping = asyncio.Event()

    async def start(self) -> None:
        """Do nothing: the poll loop joins the group."""

    async def run(self) -> None:
        """Watch until stopped; raises what makes it impossible to continue."""
        while not self._stopping.is_set():
            started_s = time.monotonic()
            for source in [source for source, task in self._work.items() if task.done()]:
                self._work.pop(source).result()
            await self._start_work()
            wait_s = max(TICK_S, 2 * (time.monotonic() - started_s))
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), wait_s)
        await asyncio.gather(*self._work.values())

    async def stop(self) -> None:
        """Let files that have been read be written, and leave the others for the next start."""
        self._stopping.set()
        for reading in self._readings:
            reading.cancel()
        # run() raises the errors.
        await asyncio.gather(*self._work.values(), return_exceptions=True)

    async def _start_work(self) -> None:
        try:
            names = sort_names(await asyncio.to_thread(list_names, self._root))
        except OSError as error:
            log.warning("drop folder cannot be read", folder=str(self._root), because=str(error))
            await asyncio.sleep(FAILED_FOLDER_WAIT_S)
            return
        self._report_misplaced(names.misplaced)
        if self._writer.is_rebalancing:
            return
        for source in names.sources:
            partition = self._writer.find_partition(source_key(source))
            if partition is not None and source not in self._work:
                self._work[source] = asyncio.create_task(self._look(source, partition))

    def _report_misplaced(self, misplaced: Mapping[str, str]) -> None:
        """Log what will never be read where it is, each name once while it is there."""
        metrics.DROP_BOX_MISPLACED.set(len(misplaced))
        for name in sorted(misplaced.keys() - self._misplaced):
            because = misplaced[name]
            log.warning("not read", folder=str(self._root), name=show_name(name), because=because)
        self._misplaced = set(misplaced)

    async def _look(self, source: str, partition: AssignedPartition) -> None:
        """Look once into a source's folder; what its file system refuses is tried again."""
        spec = FeedSpec(url=source_key(source), source=source, interval_s=TICK_S)
        folder = SourceFolder(self._root / source)
        watch = self._watches.setdefault(source, _Watch(folder, spec))
        if time.monotonic() < watch.rest_until_s:
            return
        try:
            claimed = await asyncio.to_thread(self._take_in, watch)
            if claimed:
                await self._handle(watch, partition, claimed)
        except OSError as error:
            watch.rest_until_s = time.monotonic() + FAILED_FOLDER_WAIT_S
            log.warning("drop folder fails: tried again", source=source, because=str(error))

    def _take_in(self, watch: _Watch) -> list[ClaimedFile]:
        """Claim what is complete, and return all claimed files."""
        intake = choose_files(
            watch.folder.list_files(), watch.sightings, time.monotonic(), self._trigger
        )
        watch.sightings = dict(intake.sightings)
        for name in intake.ignored.keys() - watch.ignored:
            because = intake.ignored[name]
            log.warning("not read", source=watch.spec.source, file=show_name(name), because=because)
        watch.ignored = set(intake.ignored)
        for name in intake.complete[:FILES_AT_ONCE]:
            watch.folder.claim(name, self._trigger)
        return watch.folder.list_claimed()

    async def _handle(
        self, watch: _Watch, partition: AssignedPartition, claimed: Sequence[ClaimedFile]
    ) -> None:
        marks = self._writer.load_state(partition, watch.spec.url).seen
        for file in claimed:
            if is_written(marks, file.token):
                await asyncio.to_thread(_finish, watch.folder, file, ())
        waiting = [file for file in claimed if not is_written(marks, file.token)]
        now_s, now = time.monotonic(), datetime.now(UTC)
        watch.sight_claimed(waiting, now_s)
        due = [
            file
            for file in waiting
            if watch.retry_at.get(file.token, now) <= now
            and now_s - watch.claimed[file.token].since_s >= STABLE_S
        ]
        reading = asyncio.create_task(self._read_files(watch, due[:FILES_AT_ONCE], marks))
        self._readings.add(reading)
        await asyncio.wait([reading])
        self._readings.discard(reading)
        if reading.cancelled():
            return
        await self._write(watch, partition, reading.result())

    async def _read_files(
        self, watch: _Watch, files: Sequence[ClaimedFile], marks: Sequence[str]
    ) -> list[FileReading]:
        readings, size = list[FileReading](), 0
        for file in files:
            if size > MAX_BATCH_BYTES:
                break
            reading = await self._read_one(watch, file, marks)
            size += sum(len(article.content) for article in reading.articles)
            readings.append(reading)
        return readings

    async def _read_one(
        self, watch: _Watch, file: ClaimedFile, marks: Sequence[str]
    ) -> FileReading:
        try:
            data = await asyncio.to_thread(watch.folder.read, file, MAX_BYTES)
        except FileNotFoundError:  # another process has moved it
            return FileReading(file=file, retry_at=datetime.now(UTC))
        except OSError as error:
            return FileReading(file=file, failure=f"it cannot be read: {error.strerror or error}")
        since_s = watch.claimed[file.token].since_s
        try:
            return await read_file(
                file,
                data,
                watch.spec,
                self._tools,
                marks=marks,
                is_settled=time.monotonic() - since_s >= GRACE_S,
                tries=watch.tries.get(file.token, 0),
                now=datetime.now(UTC),
            )
        except PoolBroken:
            raise
        except Exception as error:
            # A bug with one file must not stop the others.
            log.exception("dropped file failed by a bug", file=show_name(file.name))
            return FileReading(file=file, failure=f"a bug: {type(error).__name__}")

    async def _write(
        self, watch: _Watch, partition: AssignedPartition, readings: Sequence[FileReading]
    ) -> None:
        for reading in readings:
            if reading.retry_at and not reading.failure:
                token = reading.file.token
                watch.retry_at[token] = reading.retry_at
                watch.tries[token] = watch.tries.get(token, 0) + reading.is_try
        written = [reading for reading in readings if reading.written or reading.is_whole]
        if not written or await self._commit(watch, partition, written):
            for reading in readings:
                await self._put_away(watch, reading)

    async def _commit(
        self, watch: _Watch, partition: AssignedPartition, readings: Sequence[FileReading]
    ) -> bool:
        """Write the articles and the marks of their files; False if the partition was lost."""
        try:
            return await self._write_marked(watch, partition, readings)
        except Unwritable:
            alone = [await self._commit_alone(watch, partition, each) for each in readings]
            return all(alone)

    async def _write_marked(
        self, watch: _Watch, partition: AssignedPartition, readings: Sequence[FileReading]
    ) -> bool:
        def change(state: FeedState) -> FeedState:
            marks = drop_marks(state.seen, watch.claimed.keys())
            for reading in readings:
                token = reading.file.token
                marks = add_marks(marks, token, reading.written, is_whole=reading.is_whole)
            now = datetime.now(UTC)
            return replace(state, seen=marks, polled_at=now, read_at=now)

        articles = [article for reading in readings for article in reading.articles]
        return await self._writer.write(partition, watch.spec.url, articles, change)

    async def _commit_alone(
        self, watch: _Watch, partition: AssignedPartition, reading: FileReading
    ) -> bool:
        """Write one file; if the broker refuses its articles, only that it is done with."""
        try:
            return await self._write_marked(watch, partition, [reading])
        except Unwritable as error:
            because = str(error.__cause__ or error)
            metrics.FEED_ENTRIES.labels(watch.spec.source, "invalid").inc(len(reading.articles))
            log.warning("file skipped", file=show_name(reading.file.name), because=because)
            return await self._write_marked(watch, partition, [replace(reading, articles=())])

    async def _put_away(self, watch: _Watch, reading: FileReading) -> None:
        if reading.failure:
            because = reading.failure.partition("\n")[0]
            source, name = watch.spec.source, show_name(reading.file.name)
            log.warning("dropped file failed", source=source, file=name, because=because)
            await asyncio.to_thread(watch.folder.put_away, reading.file, FAILED, reading.failure)
        elif reading.is_whole:
            await asyncio.to_thread(_finish, watch.folder, reading.file, reading.problems)
            age = datetime.now(UTC) - _modified_at(reading.file)
            log.info(
                "dropped file published",
                source=watch.spec.source,
                file=show_name(reading.file.name),
                articles=len(reading.articles),
                seconds_after_it_was_written=round(age / timedelta(seconds=1), 1),
            )


def _finish(folder: SourceFolder, file: ClaimedFile, problems: Sequence[str]) -> None:
    """Move a file whose articles are written; what it has become since is another version."""
    if folder.has_changed(file):
        folder.claim_again(file)
    else:
        folder.put_away(file, DONE, "\n".join(problems))


def _modified_at(file: ClaimedFile) -> datetime:
    return datetime.fromtimestamp(file.version.modified_ns / 1e9, UTC)
