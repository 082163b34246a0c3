"""Classify aiokafka's warnings and errors: the broker is away, retried by the client, or real.

The table covers every log.warning, log.error and log.exception of aiokafka 0.14; a line that is not
in it is real. A real line is written. One that is retried is written only if it persists
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
    # client.py: bootstrap, metadata, connections
    'Unable connect to "': _BY_ERROR,
    'Unable to request metadata from "': _BY_ERROR,
    "Unable to request metadata from node": _BY_ERROR,
    "Unable to update metadata from": _OUTAGE,
    "Unable connect to node with id": _BY_ERROR,
    # cluster.py: the brokers have not elected something, or do not know of it yet
    "No broker metadata found in MetadataResponse": _RETRIED,
    "is not available during auto-create initialization": _RETRIED,
    "not found in cluster metadata": _RETRIED,
    "Error fetching metadata for topic": _BY_ERROR,
    # consumer/group_coordinator.py: a coordinator that moves or loads, a group that rebalances
    # two lines; the one of an expired heartbeat names no error
    "marking coordinator dead": _BY_ERROR,
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
"""A part of the line's template that no other line contains, and its family."""

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
    """Return what a line means, given its logger, its template and its arguments."""
    if not logger.startswith("aiokafka"):
        return _REAL
    part = next((part for part in _FAMILIES if part in template), None)
    if part is None:
        return _REAL
    if _FAMILIES[part] is not _BY_ERROR:
        return _FAMILIES[part]
    values = arguments if isinstance(arguments, tuple) else (arguments,)
    error = next(filter(None, map(_error_class, reversed(values))), None)
    return _family_of(error) if error else _WITHOUT_ERROR.get(part, _REAL)


def _error_class(argument: Any) -> type[BaseException] | None:
    """Return the class of an error argument: the error itself, its class, or the class's name."""
    if isinstance(argument, BaseException):
        return type(argument)
    if isinstance(argument, str):
        argument = getattr(errors, argument, None)
    return argument if isinstance(argument, type) and issubclass(argument, BaseException) else None


def _family_of(error: type[BaseException]) -> LineFamily:
    if issubclass(error, ssl.SSLCertVerificationError):
        return _REAL
    if issubclass(error, _AWAY):
        return _OUTAGE
    return _RETRIED if _is_retriable(error) or error in _REJOINING else _REAL


def _is_retriable(error: type[BaseException]) -> bool:
    return issubclass(error, errors.KafkaError) and bool(getattr(error, "retriable", False))


def templates() -> Iterable[str]:
    """Return the table's template parts, for the test that compares them with aiokafka's source."""
    return _FAMILIES
