"""Moving state after partitions were added: every key is once in its own partition."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from services.console.topics.repartition import (
    BATCH_RECORDS,
    _batches,
    partition_key,
    plan_moves,
)
from services.fetcher.push.receipts import answer_key
from services.fetcher.push.websub.pushed_record import push_key
from shared.kafka.partition_count import count_from_headers, mismatch_message
from shared.kafka.partitioner import partition_of
from shared.kafka.topics import FEEDS, RECEIPTS, SOURCES
from shared.messages.feed_revival import request_key


@dataclass(frozen=True)
class Record:
    """A record of a state topic."""

    partition: int
    offset: int
    key: bytes
    value: bytes | None
    timestamp: int
    headers: tuple[tuple[str, bytes], ...] = (("partitions", b"3"), ("ce_type", b"x"))


RECORDS = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.sampled_from([b"bbc", b"bbc/1", b"npr", b"ap/7"]),
        st.none() | st.binary(max_size=3),
    ),
    max_size=30,
)


@given(RECORDS, st.integers(3, 9))
def test_afterwards_each_key_lies_once_with_its_newest_value(
    message: list[tuple[int, bytes, bytes | None]], partitions: int
) -> None:
    """Compare with the definition: apply the writes to the records, and look up each key."""
    records = [
        Record(partition, number, key, value, number)
        for number, (partition, key, value) in enumerate(message)
    ]
    lies = {(record.partition, record.key): record for record in records}
    newest = {
        key: max(
            (r for (_, k), r in lies.items() if k == key and r.value is not None),
            key=lambda r: r.timestamp,
            default=None,
        )
        for _, key, _ in message
    }
    after = {where: record.value for where, record in lies.items() if record.value is not None}
    for write in (
        write for move in plan_moves(SOURCES, records, "sources", partitions) for write in move
    ):
        assert (count_from_headers(write.headers), write.topic) == (partitions, "sources")
        assert write.partition is not None
        after[write.partition, write.key or b""] = (
            write.value if write.value is not None else b"deleted"
        )
    left = {where: value for where, value in after.items() if value != b"deleted"}
    assert left == {
        (partition_of(key.split(b"/")[0], partitions), key): record.value
        for key, record in newest.items()
        if record
    }


def test_a_move_is_never_split_and_batches_are_bounded() -> None:
    """The write and its tombstone are one transaction."""
    assert list(_batches([])) == []
    records = [
        Record(0, number, b"k%d" % number, b"v", number) for number in range(BATCH_RECORDS * 2 + 1)
    ]
    sizes = [len(batch) for batch in _batches(plan_moves(SOURCES, records, "sources", 5))]
    assert sizes == [BATCH_RECORDS, BATCH_RECORDS, 1]


def test_the_refusal_names_topics_counts_and_steps() -> None:
    """For a state beside its source, and for feeds.v1, which is its own."""
    message = mismatch_message("hits.v1", "alerts.v1", [6], 12)
    assert (
        "topic hits.v1 was written with 6 partitions, and it and its source alerts.v1 now have 12"
        in message
    )
    assert "summitwire topics repartition hits.v1" in message
    assert (
        "feeds.v1 was written with 3 and 6 partitions, and feeds.v1 now has 9"
        in mismatch_message("feeds.v1", "feeds.v1", [6, 3], 9)
    )


def test_what_belongs_to_a_feed_or_source_moves_with_it() -> None:
    """Requests to revive a feed, documents that were pushed for it, and receipts of a source."""
    url = "https://blog.example/feed?a=1 2"
    for key in (url.encode(), request_key(url), push_key(url, "id")):
        assert partition_key(FEEDS, key, b"") == url.encode()
    assert partition_key(RECEIPTS, answer_key("wire", "r1"), b"") == b"wire"
