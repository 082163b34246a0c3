"""Write articles of a source that is no feed, with its state, in the process that owns that state.

The states lie beside those of feeds in feeds.v1, under keys that are no addresses, and share the
fetcher's assignment: its members, producers and fences.
"""

import time
from collections.abc import Callable, Sequence

from services.fetcher.record import raw_record
from shared.base import metrics
from shared.base.log import get
from shared.base.outcomes import InvalidMessage
from shared.kafka.cluster import Cluster
from shared.kafka.partitioner import partition_of
from shared.kafka.topics import FEEDS
from shared.kafka.transaction import Write, commit
from shared.messages import codec
from shared.messages.schemas import FeedState, RawArticle
from shared.stream.assignment import AssignedPartition, PartitionAssignment

log = get(__name__)


class SourceWriter:
    """Writes for all sources with one assignment. ``key``: a source's key in feeds.v1."""

    def __init__(self, name: str, cluster: Cluster, assignment: PartitionAssignment) -> None:
        self._name, self._cluster, self._assignment = name, cluster, assignment

    @property
    def is_rebalancing(self) -> bool:
        """Whether nothing may be written now."""
        return self._assignment.is_rebalancing

    def find_partition(self, key: str) -> AssignedPartition | None:
        """Return the assigned partition that has a source's state; None if it is another's."""
        partitions = {tp.partition: each for tp, each in self._assignment.partitions.items()}
        if not partitions:
            return None
        count = next(iter(partitions.values())).state.partitions
        return partitions.get(partition_of(key.encode(), count))

    def load_state(self, partition: AssignedPartition, key: str) -> FeedState:
        """Return a source's committed state; a new one if there is none that can be decoded."""
        value = partition.state.get(key.encode())
        try:
            return codec.decode(value, FeedState) if value else FeedState(url=key)
        except InvalidMessage as error:
            log.warning("state unreadable: starting over", source=key, because=str(error))
            return FeedState(url=key)

    async def write(
        self,
        partition: AssignedPartition,
        key: str,
        articles: Sequence[RawArticle],
        change: Callable[[FeedState], FeedState],
    ) -> bool:
        """Write articles and the changed state in one transaction.

        ``partition``: the source's when its work began. False if it was lost since then: nothing is
        written. Unwritable if the broker refuses a record.
        """
        async with self._assignment.lock:
            is_ours = self._assignment.partitions.get(partition.tp) is partition
            if not is_ours or self._assignment.is_rebalancing:
                log.info("left to another process", source=key)
                return False
            state = change(self.load_state(partition, key))
            records = self._build_records(articles)
            with partition.state.all_or_nothing():
                partition.state.set(key.encode(), codec.encode(state))
                states = partition.state.writes(
                    self._cluster.name(FEEDS.name), partition.tp.partition
                )
                group = self._cluster.name(self._name)
                await commit(partition.producer, [*records, *states], {}, group)
            partition.state.commit()
        for article in articles:
            metrics.FEED_ENTRIES.labels(article.source, "article").inc()
        return True

    def _build_records(self, articles: Sequence[RawArticle]) -> list[Write]:
        """Build the articles' records; those that cannot be written are logged and skipped."""
        records, now_ms = list[Write](), time.time_ns() // 1_000_000
        for article in articles:
            try:
                records.append(raw_record(self._cluster, article, now_ms=now_ms))
            except InvalidMessage as error:
                metrics.FEED_ENTRIES.labels(article.source, "invalid").inc()
                log.warning("article skipped", uri=article.uri, because=str(error))
        return records
