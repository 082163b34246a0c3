"""Requests of a transaction that the broker refuses for a moment are tried again at once."""

from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import (
    ConcurrentTransactions,
    CoordinatorLoadInProgressError,
    GroupCoordinatorNotAvailableError,
    LeaderNotAvailableError,
    NotEnoughReplicasError,
)
from aiokafka.producer import sender

import shared.kafka.cluster  # noqa: F401 - installs them
from shared.kafka.prompt_retries import PROMPT_TRIES, RETRY_S

SLOW_S = 0.1
TP = TopicPartition("t", 0)


class Batch:
    """A batch that may be sent again."""

    def __init__(self, retry_count: int) -> None:
        self.retry_count = retry_count


def build_sender() -> Any:
    """Return what the handlers need of a producer."""
    return SimpleNamespace(
        _retry_backoff=SLOW_S,
        _txn_manager=SimpleNamespace(),
        _coordinator_dead=lambda _kind: None,
        client=SimpleNamespace(force_metadata_update=lambda: None),
    )


@pytest.mark.parametrize(
    ("error", "wait_s"),
    [(ConcurrentTransactions, RETRY_S), (CoordinatorLoadInProgressError, SLOW_S)],
)
def test_offsets_are_added_soon_after_the_transaction_before(error: Any, wait_s: float) -> None:
    """Any other error waits as long as aiokafka wants."""
    handler = sender.AddOffsetsToTxnHandler(build_sender(), "group")
    assert handler.handle_response(SimpleNamespace(error_code=error.errno)) == wait_s


@pytest.mark.parametrize(
    ("error", "wait_s"),
    [(GroupCoordinatorNotAvailableError, RETRY_S), (CoordinatorLoadInProgressError, SLOW_S)],
)
def test_offsets_are_committed_soon_after_they_were_refused(error: Any, wait_s: float) -> None:
    """The broker asks the transaction's coordinator first (KIP-890)."""
    handler = sender.TxnOffsetCommitHandler(build_sender(), {}, "group")
    response = SimpleNamespace(errors=[("t", [(0, error.errno)])])
    assert handler.handle_response(response) == wait_s


@pytest.mark.parametrize(
    ("error", "tries", "wait_s"),
    [
        (NotEnoughReplicasError, 1, RETRY_S),
        (NotEnoughReplicasError, PROMPT_TRIES + 1, SLOW_S),
        (LeaderNotAvailableError, 1, SLOW_S),
    ],
)
def test_a_write_is_tried_again_soon_but_not_for_ever(
    error: Any, tries: int, wait_s: float
) -> None:
    """If too few replicas are in sync, which has the same error, hurry would not help."""
    handler = sender.SendProduceReqHandler(build_sender(), {TP: Batch(tries)})
    handler._can_retry = lambda _error, _batch: True
    partition = (0, error.errno, -1, -1)
    handler.handle_response(SimpleNamespace(API_VERSION=3, topics=[("t", [partition])]))
    assert handler._default_backoff == wait_s


def test_every_producer_has_them() -> None:
    """The module that builds producers installs them."""
    assert sender.BACKOFF_OVERRIDE == RETRY_S
    handlers = (sender.AddOffsetsToTxnHandler, sender.TxnOffsetCommitHandler)
    modules = {each.__module__ for each in (*handlers, sender.SendProduceReqHandler)}
    assert modules == {"shared.kafka.prompt_retries"}
