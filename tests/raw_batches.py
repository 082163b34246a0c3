"""Record batches (format v2) byte by byte, straight to a broker or onto its disk.

They can be what no honest client writes.
"""

import asyncio
import gzip
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.client import AIOKafkaClient
from aiokafka.protocol.produce import ProduceRequest
from aiokafka.record.util import calc_crc32c

from shared.kafka.cluster import Cluster

RawHeaders = Sequence[tuple[bytes, bytes | None]]

HEADER: Final = struct.Struct(">qiibIhiqqqhii")
BEFORE_CRC: Final = struct.Struct(">qiib")
CODECS: Final = {"none": 0, "gzip": 1, "snappy": 2, "lz4": 3, "zstd": 4}
TRANSACTIONAL, CONTROL, LOG_APPEND_TIME = 0x10, 0x20, 0x08
NO_LEADER_YET: Final = (3, 5, 6)
LEADER_WITHIN_S: Final = 15.0
FIRST_MS: Final = 1_551_225_600_000


def varint(number: int) -> bytes:
    """Return a zigzag varint, the format's encoding of every number in a record."""
    remaining, out = (number << 1) ^ (number >> 63), bytearray()
    while remaining > 0x7F:
        out.append(remaining & 0x7F | 0x80)
        remaining >>= 7
    return bytes([*out, remaining])


def sized(data: bytes | None) -> bytes:
    """Return bytes after their length; None is -1."""
    return varint(-1) if data is None else varint(len(data)) + data


def record(
    delta: int,
    key: bytes | None,
    value: bytes | None,
    headers: RawHeaders = (),
    *,
    time_delta: int = 0,
) -> bytes:
    """Return one record; header names are bytes, so they need not be UTF-8."""
    body = (
        b"\0"
        + varint(time_delta)
        + varint(delta)
        + sized(key)
        + sized(value)
        + varint(len(headers))
    )
    return frame(body + b"".join(sized(name) + sized(content) for name, content in headers))


def frame(body: bytes) -> bytes:
    """Return a record's body after its length."""
    return varint(len(body)) + body


def batch(
    records: Sequence[bytes],
    *,
    codec: int = 0,
    attributes: int = 0,
    producer: tuple[int, int, int] = (-1, -1, -1),
    base: int = 0,
    **wrong: Any,
) -> bytes:
    """Return a batch with a true CRC.

    ``producer`` is id, epoch and first sequence. ``wrong`` replaces values of the header: count,
    last, payload.
    """
    payload = wrong.get("payload", b"".join(records))
    payload = (
        gzip.compress(payload, mtime=0)
        if codec == CODECS["gzip"] and "payload" not in wrong
        else payload
    )
    count, last = wrong.get("count", len(records)), wrong.get("last", len(records) - 1)
    after_crc = (
        struct.pack(">hiqqqhii", attributes | codec, last, FIRST_MS, FIRST_MS, *producer, count)
        + payload
    )
    return (
        BEFORE_CRC.pack(base, len(after_crc) + 9, -1, 2)
        + struct.pack(">I", calc_crc32c(after_crc))
        + after_crc
    )


def with_true_crc(data: bytes) -> bytes:
    """Return the batch with the CRC that matches its bytes."""
    return data[:17] + struct.pack(">I", calc_crc32c(data[21:])) + data[21:]


async def produce_raw(
    cluster: Cluster,
    topic: str,
    partition: int,
    data: bytes,
    *,
    transactional_id: str | None = None,
) -> int:
    """Write a batch unchanged and return its base offset; fail if the broker refuses it."""
    client = AIOKafkaClient(bootstrap_servers=cluster.settings.kafka_bootstrap)
    await client.bootstrap()
    try:
        tp = TopicPartition(cluster.name(topic), partition)
        await client.set_topics([tp.topic])
        async with asyncio.timeout(LEADER_WITHIN_S):
            while (written := await _produce(client, tp, data, transactional_id)) is None:
                await asyncio.sleep(0.05)
        return written
    finally:
        await client.close()


async def _produce(
    client: AIOKafkaClient, tp: TopicPartition, data: bytes, transactional_id: str | None
) -> int | None:
    """Return the base offset; None if the topic is so new that its partition has no leader yet."""
    leader = client.cluster.leader_for_partition(tp)
    if leader is None or leader < 0:
        await client.force_metadata_update()
        return None
    response = await client.send(
        leader, ProduceRequest(transactional_id, -1, 10_000, [(tp.topic, [(tp.partition, data)])])
    )
    (_, code, offset, *_rest) = response.topics[0][1][0]
    if code in NO_LEADER_YET:
        return None
    assert code == 0, f"the broker refused the batch with error {code}"
    return int(offset)


async def produce_in_transaction(
    cluster: Cluster, producer: AIOKafkaProducer, tp: TopicPartition, records: Sequence[bytes]
) -> None:
    """Write a raw batch into the producer's open transaction.

    A first record of the producer must have added the partition to the transaction.
    """
    manager = producer._txn_manager
    state = (manager.producer_id, manager.producer_epoch, manager.sequence_number(tp))
    data = batch(records, attributes=TRANSACTIONAL, producer=state)
    await produce_raw(
        cluster,
        cluster.table_name(tp.topic),
        tp.partition,
        data,
        transactional_id=manager.transactional_id,
    )
    manager.increment_sequence_number(tp, len(records))


def rewrite_on_disk(
    folder: Path, tp: TopicPartition, before: bytes, after: bytes, *, mend: bool = True
) -> None:
    """Change the one batch that holds ``before`` in the broker's log, in place.

    ``mend`` corrects its CRC.
    """
    assert len(before) == len(after)
    (path,) = folder.rglob(f"{tp.topic}-{tp.partition}/*.log")
    data, start = path.read_bytes(), 0
    while (
        before
        not in data[start : (end := start + 12 + struct.unpack_from(">i", data, start + 8)[0])]
    ):
        start = end
    changed = data[start:end].replace(before, after, 1)
    with path.open("r+b") as log:
        log.seek(start)
        log.write(with_true_crc(changed) if mend else changed)


def with_codec(data: bytes, codec: int) -> bytes:
    """Return the same batch with another codec in its header."""
    return with_true_crc(data[:22] + bytes([data[22] & ~7 | codec]) + data[23:])
