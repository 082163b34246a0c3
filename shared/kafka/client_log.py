"""Sort aiokafka's warnings and errors: the broker is away, retried by the client, or real.

Made from every log.warning, log.error and log.exception of aiokafka 0.14; a line that is not in the
table is real. A real line is written; one that is retried is written only where it goes on
(shared/base/log_gate.py); one of an outage becomes part of it (shared/kafka/outage_log.py).
"""

import ssl
from collections.abc import Iterable
from enum import StrEnum
from typing import Any, Final

from aiokafka import errors


class LineFamily(StrEnum):
    """What a line of the Kafka client means to an operator."""

    OUTAGE = "outage"
    RETRIED = "retried"
    REAL = "real"
    BY_ERROR = "by error"


_OUTAGE, _RETRIED, _REAL, _BY_ERROR = LineFamily

_FAMILIES: Final = {
    # client.py: the first contact, metadata, connections
    'Unable connect to "': _BY_ERROR,
    'Unable to request metadata from "': _BY_ERROR,
    "Unable to request metadata from node": _BY_ERROR,
    "Unable to update metadata from": _OUTAGE,
    "Unable connect to node with id": _BY_ERROR,
    # cluster.py: the brokers have not elected or heard of something yet
    "No broker metadata found in MetadataResponse": _RETRIED,
    "is not available during auto-create initialization": _RETRIED,
    "not found in cluster metadata": _RETRIED,
    "Error fetching metadata for topic": _BY_ERROR,
    # consumer/group_coordinator.py: a coordinator that moves or loads, a group that rebalances
    "marking coordinator dead": _BY_ERROR,  # two lines; the one of an expired heartbeat names no error
    "Marking the coordinator dead": _RETRIED,
    "Group Coordinator Request failed": _BY_ERROR,
    "LeaveGroup request failed": _BY_ERROR,
    "OffsetCommit failed before join": _BY_ERROR,
    "Failed to commit on finallization": _BY_ERROR,
    "Heartbeat send request failed": _BY_ERROR,
    "Heartbeat failed for group": _RETRIED,
    "Heartbeat failed: local member_id was not recognized": _RETRIED,
    "OffsetCommit failed for group": _BY_ERROR,
    "OffsetFetchRequest -- unknown topic": _RETRIED,
    # consumer/fetcher.py
    "Failed fetch messages from": _BY_ERROR,
    "Failed fetch offsets from": _BY_ERROR,
    "Unexpected error while fetching data": _BY_ERROR,
    "Received unknown topic or partition error in": _RETRIED,
    "Attempt to fetch offsets for partition": _BY_ERROR,
    # producer/sender.py
    "Cannot send ": _BY_ERROR,
    "Could not send ": _BY_ERROR,
    "FindCoordinator Request failed": _BY_ERROR,
    "Got error produce response": _BY_ERROR,  # two lines
}
"""A part of the line's template that no other line has, and its family."""

_AWAY: Final = (
    *(OSError, TimeoutError, errors.KafkaConnectionError),
    *(errors.NodeNotReadyError, errors.RequestTimedOutError, errors.NoBrokersAvailable),
)
_REJOINING: Final = (
    errors.UnknownMemberIdError,
    errors.IllegalGenerationError,
    errors.RebalanceInProgressError,
)
_WITHOUT_ERROR: Final = {"marking coordinator dead": _RETRIED}


def family(logger: str, template: str, arguments: Any = ()) -> LineFamily:
    """Say what a line means, from its logger, its text before the arguments, and the arguments."""
    if not logger.startswith("aiokafka"):
        return _REAL
    part = next((part for part in _FAMILIES if part in template), None)
    if part is None:
        return _REAL
    if _FAMILIES[part] is not _BY_ERROR:
        return _FAMILIES[part]
    listed = arguments if isinstance(arguments, tuple) else (arguments,)
    error = next(filter(None, map(_error, reversed(listed))), None)
    return _of_error(error) if error else _WITHOUT_ERROR.get(part, _REAL)


def _error(argument: Any) -> type[BaseException] | None:
    """Return the class of an error: aiokafka passes the error, its class, or the class's name."""
    if isinstance(argument, BaseException):
        return type(argument)
    if isinstance(argument, str):
        argument = getattr(errors, argument, None)
    return argument if isinstance(argument, type) and issubclass(argument, BaseException) else None


def _of_error(error: type[BaseException]) -> LineFamily:
    if issubclass(error, ssl.SSLCertVerificationError):
        return _REAL
    if issubclass(error, _AWAY):
        return _OUTAGE
    return _RETRIED if _is_retriable(error) or error in _REJOINING else _REAL


def _is_retriable(error: type[BaseException]) -> bool:
    return issubclass(error, errors.KafkaError) and bool(getattr(error, "retriable", False))


def templates() -> Iterable[str]:
    """Return the parts in the table, for the test that holds them against aiokafka's source."""
    return _FAMILIES
