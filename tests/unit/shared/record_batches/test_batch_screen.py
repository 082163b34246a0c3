"""What a consumer fetches is looked over before it is opened: bombs and compressions that nobody here reads are never opened."""

import os

import pytest
from aiokafka.record.memory_records import MemoryRecords
from hypothesis import given
from hypothesis import strategies as some

from shared.record_batches.batch_screen import screen_batches
from shared.record_batches.record_batch import MAX_INFLATED_BYTES
from tests.hypothesis_profiles import examples
from tests.raw_batches import CODECS, batch, record

GOOD = batch([record(0, b"a", b"value")])
BOMB = batch([record(0, b"bomb", b"\0" * MAX_INFLATED_BYTES)], codec=1)
LARGE = batch([record(0, b"large", os.urandom(200_000))], codec=1)


def checksums(data: bytes) -> list[bool]:
    """Whether each batch's checksum holds, by aiokafka's own reader."""
    batches, found = MemoryRecords(data), list[bool]()
    while (each := batches.next_batch()) is not None:
        found.append(each.validate_crc())
    return found


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"x" * 30,
        GOOD,
        GOOD * 3,
        GOOD[:-1],
        LARGE + GOOD,
        batch([record(0, b"a", b"")], codec=1),
    ],
)
def test_what_is_healthy_is_not_even_copied(data: bytes) -> None:
    """The very same bytes come back, also where the last batch was cut off."""
    assert screen_batches(data) is data


@pytest.mark.parametrize(
    "bad", [BOMB, *(batch([record(0, b"a", b"")], codec=codec) for codec in (2, 3, 4, 7))]
)
def test_what_must_not_be_opened_gets_a_wrong_checksum(bad: bytes) -> None:
    """aiokafka looks at the checksum before it opens anything; the neighbours are untouched."""
    assert checksums(screen_batches(GOOD + bad + GOOD)) == [True, False, True]
    assert screen_batches(GOOD + bad + GOOD)[: len(GOOD)] == GOOD


@pytest.mark.parametrize("length", [-1, 0, 12, 48, 2**31 - 1])
def test_a_hostile_length_ends_the_look(length: int) -> None:
    """Neither for ever nor beyond the bytes."""
    data = GOOD[:8] + length.to_bytes(4, signed=True) + GOOD[12:] + BOMB
    assert screen_batches(data) is data


@examples(50)
@given(some.lists(some.binary(max_size=90) | some.just(GOOD) | some.just(BOMB), max_size=4))
def test_whatever_comes_nothing_is_raised(parts: list[bytes]) -> None:
    """It runs inside the client's fetching, which an error would end for good."""
    data = b"".join(parts)
    assert len(screen_batches(data)) == len(data)


def test_broken_gzip_is_not_opened() -> None:
    """Where it is long enough to be looked at."""
    broken = batch([b""], codec=CODECS["gzip"], payload=os.urandom(100_000))
    assert checksums(screen_batches(broken)) == [False]
