"""Assign keys to partitions as Java's default partitioner does.

MurmurHash2 with Kafka's seed, modulo the partition count.
"""

import struct
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final

_M: Final = 0x5BD1E995
_SEED: Final = 0x9747B28C
_32_BITS: Final = 0xFFFFFFFF
_31_BITS: Final = 0x7FFFFFFF
MIN_VECTORISED: Final = 32
"""For this many keys of one length, hashing them together is faster than one by one."""


def partition_of(key: bytes, partitions: int) -> int:
    """Return the partition of one key."""
    return (_murmur2(key) & _31_BITS) % partitions


def partitions_of(keys: Sequence[bytes], partitions: int) -> list[int]:
    """Return the partition of each key.

    Faster for a batch than one call for each key, because most keys are ids of the same length.
    """
    results = [0] * len(keys)
    by_length: defaultdict[int, list[int]] = defaultdict(list)
    for index, key in enumerate(keys):
        by_length[len(key)].append(index)
    for length, indices in by_length.items():
        group = [keys[index] for index in indices]
        is_vectorised = length > 0 and len(group) >= MIN_VECTORISED
        hash_group = _partitions_of_equal_length if is_vectorised else _partitions_one_by_one
        for index, partition in zip(indices, hash_group(group, partitions), strict=True):
            results[index] = partition
    return results


def _partitions_one_by_one(keys: Sequence[bytes], partitions: int) -> list[int]:
    return [partition_of(key, partitions) for key in keys]


def _murmur2(key: bytes) -> int:
    """Return the MurmurHash2 of a key.

    As org.apache.kafka.common.utils.Utils computes it; aiokafka's takes twice as long.
    """
    words, state = len(key) // 4, _SEED ^ len(key)
    for word in struct.unpack_from(f"<{words}I", key):
        mixed = word * _M & _32_BITS
        state = (state * _M ^ (mixed ^ mixed >> 24) * _M) & _32_BITS
    if tail := key[words * 4 :]:
        state = (state ^ int.from_bytes(tail, "little")) * _M & _32_BITS
    state = (state ^ state >> 13) * _M & _32_BITS
    return state ^ state >> 15


def _partitions_of_equal_length(keys: Sequence[bytes], partitions: int) -> list[int]:
    """Do the steps of _murmur2 on columns of 32-bit words; products wrap as 32-bit integers do."""
    import numpy as np  # noqa: PLC0415 - 0.15 s, which a service pays with its first large batch

    length = len(keys[0])
    padded = np.zeros((len(keys), -(-length // 4) * 4), np.uint8)
    padded[:, :length] = np.frombuffer(b"".join(keys), np.uint8).reshape(len(keys), length)
    words, m = padded.view("<u4"), np.uint32(_M)
    state: Any = np.full(len(keys), _SEED ^ length, np.uint32)
    for column in range(length // 4):
        mixed = words[:, column] * m
        state = state * m ^ (mixed ^ mixed >> np.uint32(24)) * m
    if length % 4:
        state = (state ^ words[:, -1]) * m
    state = (state ^ state >> np.uint32(13)) * m
    state ^= state >> np.uint32(15)
    results: list[int] = ((state & np.uint32(_31_BITS)) % np.uint32(partitions)).tolist()
    return results
