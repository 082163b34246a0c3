"""A key's partition is that of every other Kafka client, one by one and in batches."""

from aiokafka.partitioner import DefaultPartitioner
from hypothesis import given
from hypothesis import strategies as st

from shared.kafka.partitioner import MIN_VECTORISED, partition_of, partitions_of


@given(st.binary(min_size=1, max_size=40), st.integers(1, 64))
def test_a_key_goes_where_the_default_partitioner_sends_it(key: bytes, partitions: int) -> None:
    """Records of our batches and of plain producers meet on one partition."""
    every = list(range(partitions))
    assert partition_of(key, partitions) == DefaultPartitioner()(key, every, every)


def test_known_partitions() -> None:
    """Values of Kafka's Utils.murmur2: a change would separate keys from their state."""
    assert [
        partition_of(key, 2**31) for key in (b"21", b"foobar", b"a-little-bit-long-string")
    ] == [
        -973932308 & 0x7FFFFFFF,
        -790332482 & 0x7FFFFFFF,
        -985981536 & 0x7FFFFFFF,
    ]


@given(
    st.lists(st.binary(max_size=9), max_size=60),
    st.binary(min_size=32, max_size=35),
    st.integers(1, 64),
)
def test_a_batch_of_keys_goes_where_each_goes_alone(
    keys: list[bytes], stem: bytes, partitions: int
) -> None:
    """For any lengths, few or many of one length, and the empty key."""
    many = keys + [stem[:-1] + bytes([number]) for number in range(MIN_VECTORISED)]
    assert partitions_of(many, partitions) == [partition_of(key, partitions) for key in many]
