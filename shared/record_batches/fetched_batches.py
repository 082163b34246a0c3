"""The committed entries of one partition's fetched bytes, as ``read_committed`` shows them.

Pure.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from shared.record_batches.batch_header import (
    BatchHeader,
    last_offset,
    parse_base_offset,
    parse_header,
    split,
)
from shared.record_batches.broken_record import Entry
from shared.record_batches.record_batch import Checksum, parse_batch

Aborted = Sequence[tuple[int, int]]
"""Producer id and first offset of each aborted transaction, as a fetch response lists them."""


class FetchedBatches:
    """Iterates over the committed entries of one partition's fetched bytes, from ``position`` on.

    ``end`` is an offset beyond everything that was fetched. ``next_offset`` is where to continue
    after the entries that were taken so far; it also passes over what is no entry: markers and
    aborted batches.
    """

    def __init__(
        self, data: bytes, aborted: Aborted, position: int, end: int, checksum: Checksum
    ) -> None:
        self.next_offset = position
        self._data, self._end, self._checksum = data, end, checksum
        self._aborted = sorted(aborted or (), key=lambda transaction: transaction[1])
        self._aborting_producers: set[int] = set()

    def __iter__(self) -> Iterator[Entry]:
        """Yield healthy and broken records in the order of their offsets."""
        for data, following in pairwise([*split(self._data), b""]):
            header = parse_header(data)
            last = last_offset(header, parse_base_offset(following), self._end)
            if self._is_committed(header) and last >= self.next_offset:
                yield from self._entries_from(data, header, last)
            self.next_offset = max(self.next_offset, last + 1)

    def _entries_from(self, data: bytes, header: BatchHeader, last: int) -> Iterator[Entry]:
        for entry in parse_batch(data, header, last, self._checksum):
            if entry.offset >= self.next_offset:
                self.next_offset = entry.offset + 1
                yield entry

    def _is_committed(self, header: BatchHeader) -> bool:
        """Follow the transactions: keep the producers whose open one will be aborted."""
        while self._aborted and self._aborted[0][1] <= header.base_offset:
            self._aborting_producers.add(self._aborted.pop(0)[0])
        if header.is_control:
            self._aborting_producers.discard(header.producer_id)
            return False
        return not (header.is_transactional and header.producer_id in self._aborting_producers)
