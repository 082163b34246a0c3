"""Bad records become dead letters that say what failed and where; every good neighbour arrives."""

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from shared.kafka.cluster import Cluster
from shared.kafka.transaction import Write, send_all
from shared.messages import codec
from shared.messages.codec import decode, encode
from shared.messages.schemas import RawArticle
from shared.stream.output import Output
from shared.stream.work import HandlerResult
from tests.builders import build_raw_article
from tests.kafka_tools import consume, produce
from tests.stage_tools import (
    ARTICLES_RAW,
    SOURCE,
    build_stage,
    create_stage_topics,
    run_stage,
    wait_for_values,
)

DLQ = ARTICLES_RAW.dead_letters


def article(number: int) -> RawArticle:
    moment = datetime(2019, 2, 27, tzinfo=UTC)
    uri = f"https://wire.example/{number}"
    return build_raw_article(b"text", uri=uri, url=uri, fetched_at=moment, origin="push")


def without(field: str) -> bytes:
    message = orjson.loads(encode(article(0)))
    del message[field]
    return orjson.dumps(message)


GOOD = [encode(article(number)) for number in range(20)]
POISON: list[tuple[str, bytes | None, str, str]] = [
    ("bad JSON", b'{"uri": "x",}', "InvalidMessage", "not JSON: trailing comma"),
    ("cut JSON", GOOD[0][:40], "InvalidMessage", "not JSON: unexpected end of data: line 1 column"),
    (
        "bad UTF-8",
        GOOD[0].replace(b"wire.example", b"wire\xff.example"),
        "InvalidMessage",
        "not JSON: str is not valid UTF-8",
    ),
    ("tombstone", None, "InvalidMessage", "tombstone: the record has no value"),
    ("empty", b"", "InvalidMessage", "not JSON"),
    ("2 MB of nothing", b"x" * 2 * 1024 * 1024, "InvalidMessage", "(2097152 bytes)"),
    ("no uri", without("uri"), "InvalidMessage", "Object missing required field `uri`"),
    (
        "a wrong type",
        GOOD[0].replace(b'"source":"wire"', b'"source":7'),
        "InvalidMessage",
        "`$.source`",
    ),
    (
        "deep nesting",
        b"[" * 100_000 + b"]" * 100_000,
        "InvalidMessage",
        "not JSON: depth limit exceeded",
    ),
    ("an array", b"[]", "InvalidMessage", "not a RawArticle: Expected `object`, got `array`"),
]


def handle(value: bytes | None) -> HandlerResult:
    """Do what the handler of every service does first."""
    raw = decode(value, RawArticle)
    return [Output(SOURCE.name, raw.uri.encode(), codec.encode(raw))]


def told(letter: Any, name: str) -> str:
    return str(dict(letter.headers)[f"err.{name}"].decode())


async def test_every_poison_is_a_dead_letter_and_every_neighbour_arrives(cluster: Cluster) -> None:
    """Poison between good records of one partition: cause, position and original bytes are kept."""
    await create_stage_topics(cluster)
    mixed: list[bytes | None] = [
        value
        for pair in zip(GOOD, [poison[1] for poison in POISON], strict=False)
        for value in pair
    ]
    mixed += GOOD[len(POISON) :]
    await produce(cluster, ARTICLES_RAW.name, [(b"wire", value) for value in mixed])
    async with run_stage(build_stage(cluster, handle, source=ARTICLES_RAW, name="cleaner")):
        await wait_for_values(cluster, len(GOOD), SOURCE.name)
        letters = await consume(cluster, DLQ)
    assert sorted(record.value for record in await consume(cluster, SOURCE.name)) == sorted(GOOD)
    assert len(letters) == len(POISON)
    for letter, (name, value, error, message) in zip(letters, POISON, strict=True):
        assert letter.value == value, name
        assert told(letter, "class") == error, name
        assert message in told(letter, "message"), name
        assert mixed[int(told(letter, "offset"))] == value, name


async def test_an_unknown_major_version_is_a_dead_letter_before_anybody_reads_it(
    cluster: Cluster,
) -> None:
    """An unknown minor version is read."""
    await create_stage_topics(cluster)
    for number, version in enumerate([b"1.0", b"2.0", b"1.9", b"", b"\xff", b"1"]):
        await produce(
            cluster,
            ARTICLES_RAW.name,
            [(b"wire", GOOD[number])],
            headers=[("schema-version", version)],
        )
    async with run_stage(build_stage(cluster, handle, source=ARTICLES_RAW, name="cleaner")):
        assert await wait_for_values(cluster, 3, SOURCE.name) == sorted([GOOD[0], GOOD[2], GOOD[5]])
        letters = await consume(cluster, DLQ)
    assert [letter.value for letter in letters] == [GOOD[1], GOOD[3], GOOD[4]]
    assert "schema-version '2.0' is unknown here, which reads 1.0" in told(letters[0], "message")


HOSTILE_HEADERS = [
    [("err.attempts", b"many")],
    [("t-fetched", "²".encode()), ("t-published", b"9" * 5_000)],
    [("traceparent", b"x" * 500_000), ("replay-id", b"y" * 500_000)],
    [("x", b"\xff\xfe"), ("x", b""), ("", b"no name")],
    [("a null", None)],
]


@pytest.mark.parametrize(
    "hostile", HOSTILE_HEADERS, ids=["attempts", "times", "huge", "bytes", "null"]
)
async def test_no_header_can_stop_a_stage(cluster: Cluster, hostile: Any) -> None:
    """On a good record and on a bad one: anybody may write headers."""
    await create_stage_topics(cluster)
    producer = cluster.producer()
    await producer.start()
    await send_all(
        producer,
        [
            Write(cluster.name(ARTICLES_RAW.name), b"wire", value, hostile)
            for value in (GOOD[0], b"bad", GOOD[1])
        ],
    )
    await producer.stop()
    async with run_stage(
        build_stage(cluster, handle, source=ARTICLES_RAW, name="cleaner", checkpoint="t-cleaned")
    ):
        assert await wait_for_values(cluster, 2, SOURCE.name) == sorted(GOOD[:2])
    (letter,) = await consume(cluster, DLQ)
    assert letter.value == b"bad"
    assert set(hostile) - {("err.attempts", b"many")} <= set(letter.headers)


async def test_a_record_with_neither_key_nor_value_is_a_dead_letter(cluster: Cluster) -> None:
    """Java clients can write one."""
    await create_stage_topics(cluster)
    producer = cluster.producer()
    await producer.start()
    await send_all(
        producer,
        [
            Write(cluster.name(ARTICLES_RAW.name), None, None),
            Write(cluster.name(ARTICLES_RAW.name), None, GOOD[0]),
        ],
    )
    await producer.stop()
    async with run_stage(build_stage(cluster, handle, source=ARTICLES_RAW, name="cleaner")):
        assert await wait_for_values(cluster, 1, SOURCE.name) == [GOOD[0]]
    (letter,) = await consume(cluster, DLQ)
    assert (letter.key, letter.value) == (None, None)


async def test_the_largest_record_a_topic_takes_can_die(cluster: Cluster) -> None:
    """With all its headers, its dead letter still fits."""
    await create_stage_topics(cluster)
    largest = b"x" * (ARTICLES_RAW.max_message_bytes - 200)
    await produce(cluster, ARTICLES_RAW.name, [(b"wire", largest), (b"wire", GOOD[0])])
    async with run_stage(build_stage(cluster, handle, source=ARTICLES_RAW, name="cleaner")):
        await wait_for_values(cluster, 1, SOURCE.name)
    (letter,) = await consume(cluster, DLQ)
    assert letter.value == largest
