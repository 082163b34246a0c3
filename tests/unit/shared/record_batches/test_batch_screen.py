"""Fetched bytes are screened: bombs and unsupported codecs never reach the client's decoder."""

import os

import pytest
from aiokafka.record.memory_records import MemoryRecords
from hypothesis import given
from hypothesis import strategies as st

from shared.record_batches.batch_screen import screen_batches
from shared.record_batches.record_batch import MAX_INFLATED_BYTES
from tests.hypothesis_profiles import examples
from tests.raw_batches import CODECS, batch, record

GOOD = batch([record(0, b"a", b"value")])
BOMB = batch([record(0, b"bomb", b"\0" * MAX_INFLATED_BYTES)], codec=1)
LARGE = batch([record(0, b"large", os.urandom(200_000))], codec=1)


def checksums(data: bytes) -> list[bool]:
    """Return whether each batch's checksum is right, by aiokafka's own reader."""
    batches, results = MemoryRecords(data), list[bool]()
    while (current := batches.next_batch()) is not None:
        results.append(current.validate_crc())
    return results


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
    ids=["empty", "too short", "one batch", "three", "truncated", "large", "compressed"],
)
def test_healthy_bytes_are_not_even_copied(data: bytes) -> None:
    """The same object is returned, even if the last batch is truncated."""
    assert screen_batches(data) is data


@pytest.mark.parametrize(
    "bad",
    [BOMB, *(batch([record(0, b"a", b"")], codec=codec) for codec in (2, 3, 4, 7))],
    ids=["bomb", "snappy", "lz4", "zstd", "unknown"],
)
def test_a_batch_that_must_not_be_inflated_gets_a_wrong_checksum(bad: bytes) -> None:
    """aiokafka checks the checksum before it decompresses; other batches are unchanged."""
    assert checksums(screen_batches(GOOD + bad + GOOD)) == [True, False, True]
    assert screen_batches(GOOD + bad + GOOD)[: len(GOOD)] == GOOD


@pytest.mark.parametrize("length", [-1, 0, 12, 48, 2**31 - 1])
def test_a_hostile_length_ends_the_screening(length: int) -> None:
    """It neither loops for ever nor reads beyond the bytes."""
    data = GOOD[:8] + length.to_bytes(4, signed=True) + GOOD[12:] + BOMB
    assert screen_batches(data) is data


@examples(50)
@given(st.lists(st.binary(max_size=90) | st.just(GOOD) | st.just(BOMB), max_size=4))
def test_no_bytes_make_it_raise(parts: list[bytes]) -> None:
    """It runs inside the client's fetch task, which an error would end for good."""
    data = b"".join(parts)
    assert len(screen_batches(data)) == len(data)


def test_broken_gzip_is_not_passed_on() -> None:
    """If it is large enough to be checked."""
    broken = batch([b""], codec=CODECS["gzip"], payload=os.urandom(100_000))
    assert checksums(screen_batches(broken)) == [False]
