"""Records that no client can parse become dead letters, once, and nothing else is affected."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import orjson
import pytest
from aiokafka import TopicPartition

from shared.kafka import topic_admin
from shared.kafka.cluster import Cluster
from shared.kafka.topics import ARTICLES_CLEAN, ARTICLES_TAGGED
from tests import raw_batches
from tests.faults.harness import Worker, python, workers
from tests.kafka_tools import FaultyBroker, cluster_at, consume, produce
from tests.raw_batches import (
    batch,
    frame,
    produce_in_transaction,
    produce_raw,
    record,
    rewrite_on_disk,
    sized,
    varint,
)

SOURCE: Final = ARTICLES_CLEAN.name
DEADLINE_S: Final = 45.0
KILLS, BETWEEN_KILLS_S = 3, 1.5
BAD_NAME: Final = b"h\xff\xfe"
BOMB_BYTES: Final = 64 * 1024 * 1024
MARK: Final = b"@@@@"
"""What a batch that is changed on disk carries, to be told from its neighbours."""


def good(number: int, delta: int = 0) -> bytes:
    return record(delta, b"%d" % number, value(number), [(b"trace", b"x")])


def value(number: int, more: bytes = b"") -> bytes:
    return orjson.dumps({"id": number, "more": more.decode()})


def unnamed(number: int, delta: int = 0) -> bytes:
    """Return a record with a header key that is not valid UTF-8."""
    return record(delta, b"%d" % number, value(number), [(b"fine", b"1"), (BAD_NAME, b"\xff")])


def hostile(delta: int) -> bytes:
    """Return a record with a header key that claims 60 bytes but has 4.

    No broker accepts it: the length is changed on its disk.
    """
    return frame(
        b"\0"
        + varint(0)
        + varint(delta)
        + sized(b"hostile")
        + sized(b"value")
        + varint(1)
        + sized(MARK)
        + sized(b"v")
    )


class Scene:
    """A topic of three partitions with poison records among good ones.

    ``expected`` holds the ids that must come out, ``poison`` the offsets in partition 0 that
    must not.
    """

    def __init__(self, broker: FaultyBroker) -> None:
        self.broker, self.cluster = broker, cluster_at(broker.bootstrap, f"t{uuid4().hex[:8]}.")
        self.tp = TopicPartition(self.cluster.name(SOURCE), 0)
        self.expected: list[int] = []
        self.poison: dict[int, str] = {}

    async def prepare(self) -> None:
        await topic_admin.create(self.cluster, partitions=3)
        await self.neighbours(0)
        await self.named_badly()
        await self.bomb()
        await self.in_transactions()
        await self.changed_on_disk()
        await self.neighbours(900)

    async def neighbours(self, first: int) -> None:
        """Write good records to every partition."""
        for partition in range(3):
            numbers = range(first + partition * 10, first + partition * 10 + 10)
            await produce(
                self.cluster, SOURCE, [(b"%d" % n, value(n)) for n in numbers], partition=partition
            )
            self.expected += numbers

    async def raw(
        self, data: bytes, expected: Sequence[int] = (), poison: Sequence[tuple[int, str]] = ()
    ) -> int:
        base = await produce_raw(self.cluster, SOURCE, 0, data)
        self.expected += expected
        self.poison |= {base + delta: why for delta, why in poison}
        return base

    async def named_badly(self) -> None:
        await self.raw(
            batch([good(100), unnamed(101, 1), good(102, 2)]), [100, 102], [(1, "HeaderName")]
        )
        await self.raw(
            batch([good(110), unnamed(111, 1), good(112, 2)], codec=1),
            [110, 112],
            [(1, "HeaderName")],
        )

    async def bomb(self) -> None:
        await self.raw(
            batch([record(0, b"bomb", b"\0" * BOMB_BYTES)], codec=1), [], [(0, "TooLarge")]
        )

    async def in_transactions(self) -> None:
        """Write an aborted transaction, of which nothing may appear, and a committed one."""
        producer = self.cluster.transactional_producer("test-poison")
        await producer.start()
        for number, commits in ((200, False), (210, True)):
            await producer.begin_transaction()
            sent = await producer.send_and_wait(
                self.tp.topic, key=b"t", value=value(number), partition=0
            )
            await produce_in_transaction(
                self.cluster, producer, self.tp, [unnamed(number + 1), good(number + 2, 1)]
            )
            await (producer.commit_transaction() if commits else producer.abort_transaction())
            if commits:
                self.expected += [number, number + 2]
                self.poison[sent.offset + 1] = "HeaderName"
        await producer.stop()

    async def changed_on_disk(self) -> None:
        """Produce what a broker would reject from a client, but what a damaged disk may return."""
        await self.raw(
            batch([good(300), record(1, b"crc", value(301, b"crc" + MARK))]), [], [(0, "Checksum")]
        )
        await self.neighbours(400)
        await self.raw(
            batch([good(310), record(1, b"codec", value(311, b"codec" + MARK))]), [], [(0, "Codec")]
        )
        await self.raw(batch([good(320), hostile(1), good(322, 2)]), [320, 322], [(1, "Framing")])
        folder = self.broker.folder
        rewrite_on_disk(folder, self.tp, b"crc" + MARK, b"crc!!!!", mend=False)
        rewrite_on_disk(folder, self.tp, sized(MARK), varint(60) + MARK)
        change_codec_on_disk(folder, self.tp, b"codec" + MARK)

    async def outputs(self) -> list[int]:
        return [
            orjson.loads(each.value)["id"]
            for each in await consume(self.cluster, ARTICLES_TAGGED.name)
        ]

    async def letters(self) -> list[dict[str, str]]:
        return [
            {name: told.decode() for name, told in each.headers if name.startswith("err.")}
            for each in await self.dead_letters()
        ]

    async def dead_letters(self) -> list[Any]:
        return await consume(self.cluster, ARTICLES_CLEAN.dead_letters)


def change_codec_on_disk(folder: Path, tp: TopicPartition, marked: bytes) -> None:
    """Change the batch's codec to 7, which is unknown, and correct the CRC."""
    (path,) = folder.rglob(f"{tp.topic}-{tp.partition}/*.log")
    data, start = path.read_bytes(), 0
    while (
        marked
        not in data[start : (end := start + 12 + int.from_bytes(data[start + 8 : start + 12]))]
    ):
        start = end
    with path.open("r+b") as log:
        log.seek(start)
        log.write(raw_batches.with_codec(data[start:end], 7))


@pytest.fixture
async def scene(faulty_broker: FaultyBroker) -> Scene:
    scene = Scene(faulty_broker)
    await scene.prepare()
    return scene


@contextlib.contextmanager
def at_work(cluster: Cluster, folder: Path, number: int = 2) -> Iterator[list[Worker]]:
    """Run that many supervised workers, and kill them at the end."""
    them = workers(python("worker_program.py", "copy"), number, cluster, folder)
    try:
        yield them
    finally:
        for worker in them:
            worker.kill()


async def all_processed(scene: Scene, them: Sequence[Worker]) -> None:
    """Wait until every expected record and every dead letter is there."""
    clock = asyncio.get_running_loop().time
    deadline = clock() + DEADLINE_S
    while clock() < deadline:
        for worker in them:
            worker.keep_alive()
        if set(await scene.outputs()) >= set(scene.expected) and len(await scene.letters()) >= len(
            scene.poison
        ):
            return
        await asyncio.sleep(0.5)


async def test_each_poison_is_a_dead_letter_and_nothing_else_notices(
    scene: Scene, tmp_path: Path
) -> None:
    """All kinds of poison on one partition: good records come out once, and no process exits."""
    with at_work(scene.cluster, tmp_path) as them:
        await all_processed(scene, them)
        await scene.neighbours(950)  # it still goes on
        await all_processed(scene, them)
        ends = [code for worker in them for code in worker.left]
        codes = [worker.finish() for worker in them]
    assert ends == [], "no process ended"
    assert codes == [0, 0]
    assert Counter(await scene.outputs()) == Counter(scene.expected)
    letters = await scene.letters()
    assert sorted((int(each["err.offset"]), each["err.class"]) for each in letters) == sorted(
        scene.poison.items()
    )
    assert {each["err.partition"] for each in letters} == {"0"}


async def test_kills_in_between_double_nothing_and_letters_keep_what_can_be_had(
    scene: Scene, tmp_path: Path
) -> None:
    """Workers are killed while they process poison: each dead letter is written once all the same.

    It has the original key and value if they can be parsed, else the raw bytes of the batch.
    """
    with at_work(scene.cluster, tmp_path) as them:
        for number in range(KILLS):
            for worker in them:
                worker.keep_alive()
            await asyncio.sleep(BETWEEN_KILLS_S)
            them[number % 2].kill()
        await all_processed(scene, them)
    assert Counter(await scene.outputs()) == Counter(scene.expected)
    assert sorted(int(each["err.offset"]) for each in await scene.letters()) == sorted(scene.poison)
    letters = {dict(each.headers)["err.offset"]: each for each in await scene.dead_letters()}
    by_why = {why: letters[b"%d" % offset] for offset, why in scene.poison.items()}
    assert by_why["HeaderName"].key == b"211"
    assert orjson.loads(by_why["HeaderName"].value)["id"] == 211
    assert dict(by_why["HeaderName"].headers)[r"h\xff\xfe"] == b"\xff"
    assert (by_why["Framing"].key, by_why["Framing"].value) == (b"hostile", b"value")
    assert b"crc!!!!" in by_why["Checksum"].value
