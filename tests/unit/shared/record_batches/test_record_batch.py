"""The lenient reader compared with aiokafka's own.

It reads the same records from healthy batches, and as much as possible from broken ones.
"""

import gzip
import struct
from typing import Any

import pytest
from aiokafka.record.default_records import DefaultRecordBatchBuilder
from aiokafka.record.memory_records import MemoryRecords
from aiokafka.record.util import calc_crc32c
from hypothesis import given
from hypothesis import strategies as st

from shared.record_batches.batch_header import last_offset, parse_header, split
from shared.record_batches.broken_record import BrokenRecord, Entry, Flaw, ParsedRecord
from shared.record_batches.fetched_batches import FetchedBatches
from shared.record_batches.record_batch import MAX_INFLATED_BYTES
from tests.raw_batches import (
    CODECS,
    CONTROL,
    LOG_APPEND_TIME,
    TRANSACTIONAL,
    batch,
    frame,
    record,
    sized,
    varint,
    with_true_crc,
)

BYTES = st.none() | st.binary(max_size=300)
NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
RECORDS = st.lists(
    st.tuples(BYTES, BYTES, st.lists(st.tuples(NAMES, BYTES), max_size=4), st.integers(0, 2**41)),
    min_size=1,
    max_size=20,
)
END = 10**6


def entries(data: bytes, *, position: int = 0, aborted: Any = (), end: int = END) -> list[Entry]:
    return list(FetchedBatches(data, aborted, position, end, calc_crc32c))


def flaws(parsed: list[Entry]) -> list[tuple[int, int, Flaw]]:
    return [
        (entry.first_offset, entry.offset, entry.flaw)
        for entry in parsed
        if isinstance(entry, BrokenRecord)
    ]


def keys(parsed: list[Entry]) -> list[bytes | None]:
    return [entry.key for entry in parsed if isinstance(entry, ParsedRecord)]


def build_batch(records: list[Any], codec: int, base: int) -> bytes:
    """Return a batch made by aiokafka's builder, as a broker stores it."""
    builder = DefaultRecordBatchBuilder(2, codec, 0, -1, -1, -1, 2**24)
    for number, (key, value, headers, time) in enumerate(records):
        assert builder.append(number, time, key, value, headers) is not None
    return struct.pack(">q", base) + bytes(builder.build())[8:]


@given(RECORDS, st.sampled_from([0, 1]), st.integers(0, 10**5))
def test_healthy_batches_are_read_as_aiokafka_reads_them(
    records: list[Any], codec: int, base: int
) -> None:
    """Every field of every record, compressed or not."""
    data = build_batch(records, codec, base)
    reference = MemoryRecords(data).next_batch()
    assert reference is not None
    expected = [
        (r.offset, r.timestamp, r.timestamp_type, r.key, r.value, tuple(r.headers))
        for r in reference
    ]
    parsed = [
        (r.offset, r.timestamp, r.timestamp_type, r.key, r.value, r.headers)
        for r in entries(data)
        if isinstance(r, ParsedRecord)
    ]
    assert parsed == expected


@given(st.lists(st.binary(max_size=20), min_size=1, max_size=5), st.data())
def test_whatever_the_bytes_are_reading_ends_and_offsets_only_grow(
    payloads: list[bytes], data: st.DataObject
) -> None:
    """Garbage with a true checksum between two good batches.

    The good ones are read completely, and every offset is passed at most once.
    """
    count, last = data.draw(st.integers(-3, 9)), data.draw(st.integers(0, 9))
    middle = batch([], payload=b"".join(payloads), count=count, last=last, base=1)
    batches = (
        batch([record(0, b"before", None)]) + middle + batch([record(0, b"after", None)], base=20)
    )
    parsed = entries(batches)
    offsets = [entry.offset for entry in parsed]
    assert offsets == sorted(set(offsets))
    assert (parsed[0].key, parsed[-1].key, parsed[-1].offset) == (b"before", b"after", 20)
    assert all(1 <= entry.offset <= 1 + last for entry in parsed[1:-1])


@given(st.binary(max_size=400))
def test_bytes_that_are_no_batch_do_no_harm(data: bytes) -> None:
    """Whatever a broker might send: reading ends, and never beyond the partition's end."""
    assert all(entry.offset < 50 for entry in entries(data, end=50))


@given(RECORDS, st.data())
def test_a_flipped_bit_harms_its_own_batch_only(records: list[Any], data: st.DataObject) -> None:
    """Anywhere under the checksum: the batch is one entry with all of its bytes.

    Its neighbours are complete.
    """
    middle = bytearray(build_batch(records, 0, 1))
    place = data.draw(st.integers(21, len(middle) - 1))
    middle[place] ^= 1 << data.draw(st.integers(0, 7))
    parsed = entries(
        batch([record(0, b"before", b"")])
        + bytes(middle)
        + batch([record(0, b"after", b"")], base=1 + len(records))
    )
    assert keys(parsed) == [b"before", b"after"]
    if not parse_header(bytes(middle)).is_control:
        (broken,) = parsed[1:-1]
        assert isinstance(broken, BrokenRecord)
        assert (broken.flaw, broken.value, broken.key) == (Flaw.CHECKSUM, bytes(middle), None)
        assert 1 <= broken.first_offset <= broken.offset <= len(records)


@pytest.mark.parametrize("codec", [0, 1])
def test_a_header_name_that_is_not_utf8_breaks_its_record_alone(codec: int) -> None:
    """Key, value and header values are intact, the name is escaped, and its bytes are there too."""
    bad = record(1, b"k", b"v", [(b"ok", b"1"), (b"\xffn", None)])
    parsed = entries(batch([record(0, b"a", b""), bad, record(2, b"c", b"")], codec=codec, base=5))
    assert keys(parsed) == [b"a", b"c"]
    broken = parsed[1]
    assert isinstance(broken, BrokenRecord)
    assert (broken.offset, broken.key, broken.value, broken.headers) == (
        6,
        b"k",
        b"v",
        (("ok", b"1"), (r"\xffn", None)),
    )
    assert (broken.flaw, broken.is_complete, broken.holds, broken.raw_headers) == (
        Flaw.HEADER_NAME,
        True,
        "value",
        bad[-10:],
    )
    assert r"\xffn" in broken.detail


def body(*parts: bytes) -> bytes:
    """Return a record's bytes after its length, for the second offset of a batch."""
    return b"\0" + varint(0) + varint(1) + b"".join(parts)


HOSTILE = {
    "key longer than the record": body(varint(2**31), b"x"),
    "value longer than the record": body(sized(b"k"), varint(99), b"x"),
    "header name longer than the record": body(
        sized(b"k"), sized(b"v"), varint(1), varint(60), b"name"
    ),
    "header name without a length": body(sized(b"k"), sized(b"v"), varint(1), varint(-1)),
    "header value longer than the record": body(
        sized(b"k"), sized(b"v"), varint(1), sized(b"n"), varint(2**62), b"x"
    ),
    "a billion headers": body(sized(b"k"), sized(b"v"), varint(10**9), b"xxxx"),
    "fewer headers than none": body(sized(b"k"), sized(b"v"), varint(-2)),
    "bytes behind the headers": body(sized(b"k"), sized(b"v"), varint(0), b"rest"),
    "a number that never ends": body(b"\xff" * 12),
    "an offset that was there": b"\0"
    + varint(0)
    + varint(0)
    + sized(b"k")
    + sized(b"v")
    + varint(0),
    "an offset beyond the batch": b"\0"
    + varint(0)
    + varint(900)
    + sized(b"k")
    + sized(b"v")
    + varint(0),
    "nothing": b"",
}


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_record_of_hostile_lengths_breaks_alone(hostile: bytes) -> None:
    """Its neighbours in the batch are found by the length that precedes it."""
    parsed = entries(batch([record(0, b"a", b""), frame(hostile), record(2, b"c", b"")]))
    assert keys(parsed) == [b"a", b"c"]
    assert flaws(parsed) == [(1, 1, Flaw.FRAMING)]


def test_the_readable_part_of_a_broken_record_is_kept() -> None:
    """Key and value if the headers are broken; otherwise all of its bytes."""
    headers, value = (
        entries(batch([record(0, None, None), frame(HOSTILE[name])]))[1]
        for name in list(HOSTILE)[2:0:-1]
    )
    assert isinstance(headers, BrokenRecord)
    assert isinstance(value, BrokenRecord)
    assert (headers.key, headers.value, headers.holds, headers.is_complete) == (
        b"k",
        b"v",
        "value",
        False,
    )
    assert (value.key, value.value, value.holds) == (None, list(HOSTILE.values())[1], "record")


def test_a_length_that_makes_no_sense_breaks_the_rest_of_its_batch() -> None:
    """Nothing after it can be separated: one entry for all of its offsets."""
    remainder = varint(10_000) + b"and the rest"
    parsed = entries(
        batch([record(0, b"a", b""), remainder], count=4, last=3)
        + batch([record(0, b"z", b"")], base=4)
    )
    assert keys(parsed) == [b"a", b"z"]
    assert flaws(parsed) == [(1, 3, Flaw.FRAMING)]
    assert parsed[1].value == remainder


@pytest.mark.parametrize("codec", [2, 3, 4, 7])
def test_a_batch_of_another_compression_is_one_entry(codec: int) -> None:
    """With its bytes and the name of the codec."""
    data = batch([record(0, b"a", b""), record(1, b"b", b"")], codec=codec, base=3)
    (parsed,) = entries(data)
    assert flaws([parsed]) == [(3, 4, Flaw.CODEC)]
    assert parsed.value == data
    assert isinstance(parsed, BrokenRecord)
    assert (
        next((name for name, number in CODECS.items() if number == codec), "codec 7")
        in parsed.detail
    )


def test_gzip_that_is_broken_is_one_entry() -> None:
    """The checksum may be right all the same: the sender packed garbage."""
    payload = gzip.compress(record(0, b"a", b"x" * 1000), mtime=0)[:-20]
    assert flaws(entries(batch([b""], codec=1, payload=payload))) == [(0, 0, Flaw.COMPRESSION)]


def test_a_bomb_is_never_inflated_beyond_the_limit() -> None:
    """A batch as large as the limit is read; a larger one is one entry."""
    room = MAX_INFLATED_BYTES - 20
    assert keys(entries(batch([record(0, b"a", b"\0" * room)], codec=1))) == [b"a"]
    assert flaws(entries(batch([record(0, b"a", b"\0" * (room + 20))], codec=1))) == [
        (0, 0, Flaw.TOO_LARGE)
    ]


def test_aborted_transactions_are_skipped_broken_or_not() -> None:
    """A producer's next transaction counts again, because a marker ended the aborted one."""
    bad = record(0, b"bad", b"", [(b"\xff", b"")])
    data = [
        batch([bad], attributes=TRANSACTIONAL, producer=(9, 0, 0), base=0),
        batch([record(0, b"other", b"")], base=1),
        batch([b""], attributes=TRANSACTIONAL | CONTROL, producer=(9, 0, -1), base=2),
        batch([bad], attributes=TRANSACTIONAL, producer=(9, 0, 1), base=3),
        batch([b""], attributes=TRANSACTIONAL | CONTROL, producer=(9, 0, -1), base=4),
    ]
    fetched = FetchedBatches(b"".join(data), [(9, 0)], 0, END, calc_crc32c)
    parsed = list(fetched)
    assert keys(parsed) == [b"other"]
    assert flaws(parsed) == [(3, 3, Flaw.HEADER_NAME)]
    assert fetched.next_offset == 5, "behind the last marker"


def test_reading_begins_at_the_position_and_says_where_to_continue() -> None:
    """A broker sends the whole batch of an offset; ``next_offset`` follows what was taken."""
    data = batch([record(n, b"%d" % n, b"") for n in range(5)], base=10)
    fetched = FetchedBatches(data, (), 12, END, calc_crc32c)
    first_two = [next(iter(fetched)) for _ in range(2)]
    assert ([entry.key for entry in first_two], fetched.next_offset) == ([b"2", b"3"], 14)
    assert flaws(entries(with_true_crc(data)[:-1] + b"!", position=12)) == [
        (10, 14, Flaw.CHECKSUM)
    ], "whole, and for all of its offsets"


def test_a_truncated_batch_is_left_for_the_next_fetch() -> None:
    """As every client does."""
    data = batch([record(0, b"a", b"")])
    assert [len(split(data * 2 + data[:size])) for size in (0, 5, 61, len(data))] == [2, 2, 2, 3]


@pytest.mark.parametrize(
    ("delta", "following", "last"),
    [(3, None, 8), (3, 9, 8), (2**31 - 1, 9, 8), (2**31 - 1, None, 99), (-5, None, 5)],
)
def test_a_damaged_header_never_leads_beyond_the_end(
    delta: int, following: int | None, last: int
) -> None:
    """An offset that is too high would be committed, and the records before it lost."""
    header = parse_header(batch([b""], last=delta, base=5))
    assert last_offset(header, following, 100) == last


def test_the_brokers_timestamp_counts_if_it_set_one() -> None:
    """As in every client."""
    (parsed,) = entries(batch([record(0, b"a", b"", time_delta=700)], attributes=LOG_APPEND_TIME))
    assert isinstance(parsed, ParsedRecord)
    assert (parsed.timestamp_type, parsed.timestamp) == (1, 1_551_225_600_000)
