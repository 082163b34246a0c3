"""Which partition a key belongs to, as Java's default partitioner chooses it: MurmurHash2 with Kafka's seed, modulo the partitions."""

import struct
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final

import numpy as np

_M: Final = 0x5BD1E995
_SEED: Final = 0x9747B28C
_32_BITS: Final = 0xFFFFFFFF
_31_BITS: Final = 0x7FFFFFFF
WORTH_IT: Final = 32
"""From so many keys of one length on, hashing them side by side is quicker."""


def partition_of(key: bytes, partitions: int) -> int:
    """The partition of one key."""
    return (_murmur2(key) & _31_BITS) % partitions


def partitions_of(keys: Sequence[bytes], partitions: int) -> list[int]:
    """The partition of each key: the same as one by one, and quicker for a batch, whose keys mostly are equally long ids."""
    found = [0] * len(keys)
    by_length: defaultdict[int, list[int]] = defaultdict(list)
    for index, key in enumerate(keys):
        by_length[len(key)].append(index)
    for indices in by_length.values():
        alike = [keys[index] for index in indices]
        some = (
            _side_by_side(alike, partitions)
            if len(alike) >= WORTH_IT and alike[0]
            else [partition_of(key, partitions) for key in alike]
        )
        for index, partition in zip(indices, some, strict=True):
            found[index] = partition
    return found


def _murmur2(key: bytes) -> int:
    """MurmurHash2 (org.apache.kafka.common.utils.Utils); aiokafka's gives the same in twice the time."""
    whole, state = len(key) // 4, _SEED ^ len(key)
    for word in struct.unpack_from(f"<{whole}I", key):
        mixed = word * _M & _32_BITS
        state = (state * _M ^ (mixed ^ mixed >> 24) * _M) & _32_BITS
    if rest := key[whole * 4 :]:
        state = (state ^ int.from_bytes(rest, "little")) * _M & _32_BITS
    state = (state ^ state >> 13) * _M & _32_BITS
    return state ^ state >> 15


def _side_by_side(keys: Sequence[bytes], partitions: int) -> list[int]:
    """The same steps on a column of 32-bit words for each four bytes of keys that are equally long; products wrap as in 32 bits."""
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
    placed: list[int] = ((state & np.uint32(_31_BITS)) % np.uint32(partitions)).tolist()
    return placed
