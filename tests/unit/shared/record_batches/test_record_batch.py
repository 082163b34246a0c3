"""The lenient reader beside aiokafka's own: the same records from what is healthy, and as much as can be had from what is not."""

import gzip
import struct
from typing import Any

import pytest
from aiokafka.record.default_records import DefaultRecordBatchBuilder
from aiokafka.record.memory_records import MemoryRecords
from aiokafka.record.util import calc_crc32c
from hypothesis import given
from hypothesis import strategies as some

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

BYTES = some.none() | some.binary(max_size=300)
NAMES = some.text(some.characters(exclude_categories=["Cs"]), max_size=20)
RECORDS = some.lists(
    some.tuples(
        BYTES, BYTES, some.lists(some.tuples(NAMES, BYTES), max_size=4), some.integers(0, 2**41)
    ),
    min_size=1,
    max_size=20,
)
END = 10**6


def entries(data: bytes, *, position: int = 0, aborted: Any = (), end: int = END) -> list[Entry]:
    return list(FetchedBatches(data, aborted, position, end, calc_crc32c))


def flaws(found: list[Entry]) -> list[tuple[int, int, Flaw]]:
    return [
        (each.first_offset, each.offset, each.flaw)
        for each in found
        if isinstance(each, BrokenRecord)
    ]


def keys(found: list[Entry]) -> list[bytes | None]:
    return [each.key for each in found if isinstance(each, ParsedRecord)]


def built(records: list[Any], codec: int, base: int) -> bytes:
    """A batch by aiokafka's builder, as a broker keeps it."""
    builder = DefaultRecordBatchBuilder(2, codec, 0, -1, -1, -1, 2**24)
    for number, (key, value, headers, time) in enumerate(records):
        assert builder.append(number, time, key, value, headers) is not None
    return struct.pack(">q", base) + bytes(builder.build())[8:]


@given(RECORDS, some.sampled_from([0, 1]), some.integers(0, 10**5))
def test_healthy_batches_are_read_as_aiokafka_reads_them(
    records: list[Any], codec: int, base: int
) -> None:
    """Every field of every record, compressed or not."""
    data = built(records, codec, base)
    theirs = MemoryRecords(data).next_batch()
    assert theirs is not None
    wanted = [
        (r.offset, r.timestamp, r.timestamp_type, r.key, r.value, tuple(r.headers)) for r in theirs
    ]
    found = [
        (r.offset, r.timestamp, r.timestamp_type, r.key, r.value, r.headers)
        for r in entries(data)
        if isinstance(r, ParsedRecord)
    ]
    assert found == wanted


@given(some.lists(some.binary(max_size=20), min_size=1, max_size=5), some.data())
def test_whatever_the_bytes_are_reading_ends_and_offsets_only_grow(
    payloads: list[bytes], data: some.DataObject
) -> None:
    """Garbage with a true checksum between two good batches: those come out whole, and every offset is passed once at most."""
    count, last = data.draw(some.integers(-3, 9)), data.draw(some.integers(0, 9))
    middle = batch([], payload=b"".join(payloads), count=count, last=last, base=1)
    whole = (
        batch([record(0, b"before", None)]) + middle + batch([record(0, b"after", None)], base=20)
    )
    found = entries(whole)
    offsets = [each.offset for each in found]
    assert offsets == sorted(set(offsets))
    assert (found[0].key, found[-1].key, found[-1].offset) == (b"before", b"after", 20)
    assert all(1 <= each.offset <= 1 + last for each in found[1:-1])


@given(some.binary(max_size=400))
def test_bytes_that_are_no_batch_do_no_harm(data: bytes) -> None:
    """Whatever a broker might send: it ends, and never beyond the partition's end."""
    assert all(each.offset < 50 for each in entries(data, end=50))


@given(RECORDS, some.data())
def test_a_flipped_bit_harms_its_own_batch_only(records: list[Any], data: some.DataObject) -> None:
    """Anywhere in what the checksum covers: the batch is one entry with all of its bytes, and its neighbours are whole."""
    middle = bytearray(built(records, 0, 1))
    place = data.draw(some.integers(21, len(middle) - 1))
    middle[place] ^= 1 << data.draw(some.integers(0, 7))
    found = entries(
        batch([record(0, b"before", b"")])
        + bytes(middle)
        + batch([record(0, b"after", b"")], base=1 + len(records))
    )
    assert keys(found) == [b"before", b"after"]
    if not parse_header(bytes(middle)).is_control:
        (broken,) = found[1:-1]
        assert isinstance(broken, BrokenRecord)
        assert (broken.flaw, broken.value, broken.key) == (Flaw.CHECKSUM, bytes(middle), None)
        assert 1 <= broken.first_offset <= broken.offset <= len(records)


@pytest.mark.parametrize("codec", [0, 1])
def test_a_header_name_that_is_not_utf8_breaks_its_record_alone(codec: int) -> None:
    """Key, value and the headers' values are the record's own, the name is escaped, and its bytes stand beside."""
    bad = record(1, b"k", b"v", [(b"ok", b"1"), (b"\xffn", None)])
    found = entries(batch([record(0, b"a", b""), bad, record(2, b"c", b"")], codec=codec, base=5))
    assert keys(found) == [b"a", b"c"]
    broken = found[1]
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
    """A record's bytes after its length, for the second offset of a batch."""
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
    """Its neighbours in the batch are told by the length in front of it."""
    found = entries(batch([record(0, b"a", b""), frame(hostile), record(2, b"c", b"")]))
    assert keys(found) == [b"a", b"c"]
    assert flaws(found) == [(1, 1, Flaw.FRAMING)]


def test_what_was_read_of_a_broken_record_is_kept() -> None:
    """Key and value where the headers are broken; else all of its bytes."""
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
    """Nothing behind it can be told apart: one entry for all of its offsets."""
    rest = varint(10_000) + b"and the rest"
    found = entries(
        batch([record(0, b"a", b""), rest], count=4, last=3) + batch([record(0, b"z", b"")], base=4)
    )
    assert keys(found) == [b"a", b"z"]
    assert flaws(found) == [(1, 3, Flaw.FRAMING)]
    assert found[1].value == rest


@pytest.mark.parametrize("codec", [2, 3, 4, 7])
def test_a_batch_of_another_compression_is_one_entry(codec: int) -> None:
    """With its bytes, and the codec by its name."""
    data = batch([record(0, b"a", b""), record(1, b"b", b"")], codec=codec, base=3)
    (found,) = entries(data)
    assert flaws([found]) == [(3, 4, Flaw.CODEC)]
    assert found.value == data
    assert isinstance(found, BrokenRecord)
    assert (
        next((name for name, number in CODECS.items() if number == codec), "codec 7")
        in found.detail
    )


def test_gzip_that_is_broken_is_one_entry() -> None:
    """The checksum may be right all the same: the sender packed rubbish."""
    payload = gzip.compress(record(0, b"a", b"x" * 1000))[:-20]
    assert flaws(entries(batch([b""], codec=1, payload=payload))) == [(0, 0, Flaw.COMPRESSION)]


def test_a_bomb_is_never_inflated_beyond_the_limit() -> None:
    """A batch as large as the limit is read, one that is larger is one entry."""
    room = MAX_INFLATED_BYTES - 20
    assert keys(entries(batch([record(0, b"a", b"\0" * room)], codec=1))) == [b"a"]
    assert flaws(entries(batch([record(0, b"a", b"\0" * (room + 20))], codec=1))) == [
        (0, 0, Flaw.TOO_LARGE)
    ]


def test_aborted_transactions_are_passed_over_broken_or_not() -> None:
    """And a producer's next transaction counts again, because its marker ended the aborted one."""
    bad = record(0, b"bad", b"", [(b"\xff", b"")])
    data = [
        batch([bad], attributes=TRANSACTIONAL, producer=(9, 0, 0), base=0),
        batch([record(0, b"other", b"")], base=1),
        batch([b""], attributes=TRANSACTIONAL | CONTROL, producer=(9, 0, -1), base=2),
        batch([bad], attributes=TRANSACTIONAL, producer=(9, 0, 1), base=3),
        batch([b""], attributes=TRANSACTIONAL | CONTROL, producer=(9, 0, -1), base=4),
    ]
    fetched = FetchedBatches(b"".join(data), [(9, 0)], 0, END, calc_crc32c)
    found = list(fetched)
    assert keys(found) == [b"other"]
    assert flaws(found) == [(3, 3, Flaw.HEADER_NAME)]
    assert fetched.next_offset == 5, "behind the last marker"


def test_reading_begins_at_the_position_and_tells_where_to_go_on() -> None:
    """A broker answers with the whole batch that holds the offset; ``next_offset`` follows what was taken."""
    data = batch([record(n, b"%d" % n, b"") for n in range(5)], base=10)
    fetched = FetchedBatches(data, (), 12, END, calc_crc32c)
    taken = [next(iter(fetched)) for _ in range(2)]
    assert ([each.key for each in taken], fetched.next_offset) == ([b"2", b"3"], 14)
    assert flaws(entries(with_true_crc(data)[:-1] + b"!", position=12)) == [
        (10, 14, Flaw.CHECKSUM)
    ], "whole, and for all of its offsets"


def test_the_batch_that_the_broker_cut_off_is_left_for_the_next_fetch() -> None:
    """As every client does."""
    data = batch([record(0, b"a", b"")])
    assert [len(split(data * 2 + data[:cut])) for cut in (0, 5, 61, len(data))] == [2, 2, 2, 3]


@pytest.mark.parametrize(
    ("delta", "following", "last"),
    [(3, None, 8), (3, 9, 8), (2**31 - 1, 9, 8), (2**31 - 1, None, 99), (-5, None, 5)],
)
def test_a_damaged_header_never_leads_beyond_what_there_is(
    delta: int, following: int | None, last: int
) -> None:
    """An offset that is too high would be committed, and the records before it lost."""
    header = parse_header(batch([b""], last=delta, base=5))
    assert last_offset(header, following, 100) == last


def test_the_brokers_clock_counts_where_it_stamped_the_batch() -> None:
    """As in every client."""
    (found,) = entries(batch([record(0, b"a", b"", time_delta=700)], attributes=LOG_APPEND_TIME))
    assert isinstance(found, ParsedRecord)
    assert (found.timestamp_type, found.timestamp) == (1, 1_551_225_600_000)
