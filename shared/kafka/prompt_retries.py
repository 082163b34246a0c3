"""Let aiokafka try a transaction's requests again as soon as the broker can take them.

A broker refuses the first requests of a transaction that follows another one closely: those for its
partitions and offsets until the markers of the one before are written (CONCURRENT_TRANSACTIONS), a
write or the offsets until it has asked the coordinator whether the partition belongs to the
transaction (NOT_ENOUGH_REPLICAS, COORDINATOR_NOT_AVAILABLE; KIP-890). That takes 1 to 10 ms, and
aiokafka waits 20 or 100 ms, constants of its module. Import this before producers are built.
"""

from typing import Any, Final

from aiokafka.errors import (
    ConcurrentTransactions,
    GroupCoordinatorNotAvailableError,
    NotEnoughReplicasError,
)
from aiokafka.producer import sender

RETRY_S: Final = 0.004
PROMPT_TRIES: Final = 5
"""Of a write; after them something else is wrong, and aiokafka's own wait applies."""


class _AddOffsets(sender.AddOffsetsToTxnHandler):  # type: ignore[misc]  # it is untyped
    """Adds a consumer group to a transaction."""

    def handle_response(self, resp: Any) -> float | None:
        """Return the seconds until the next try, None if there need be none."""
        wait_s: float | None = super().handle_response(resp)
        return RETRY_S if resp.error_code == ConcurrentTransactions.errno else wait_s


class _CommitOffsets(sender.TxnOffsetCommitHandler):  # type: ignore[misc]  # as above
    """Writes the offsets of a transaction."""

    def handle_response(self, resp: Any) -> float | None:
        """Return the seconds until the next try, None if there need be none."""
        wait_s: float | None = super().handle_response(resp)
        codes = {code for _, partitions in resp.errors for _, code in partitions}
        is_early = GroupCoordinatorNotAvailableError.errno in codes
        return RETRY_S if wait_s is not None and is_early else wait_s


class _Produce(sender.SendProduceReqHandler):  # type: ignore[misc]  # as above
    """Writes batches of records."""

    def handle_response(self, response: Any) -> None:
        """Settle the batches; those to send again wait as long as ``_default_backoff`` says."""
        super().handle_response(response)
        codes = {entry[1] for _, partitions in response.topics for entry in partitions}
        if NotEnoughReplicasError.errno in codes and all(
            batch.retry_count <= PROMPT_TRIES for batch in self._to_reenqueue
        ):
            self._default_backoff = RETRY_S


def install() -> None:
    """Replace the constants and handlers of aiokafka's module."""
    sender.BACKOFF_OVERRIDE = RETRY_S
    sender.AddOffsetsToTxnHandler = _AddOffsets
    sender.TxnOffsetCommitHandler = _CommitOffsets
    sender.SendProduceReqHandler = _Produce
