"""Record headers: CloudEvents attributes, trace, replay mark and latency record. Pure.

The latency record is one header per checkpoint, ``t-published`` to ``t-matched``, each a time in
Unix milliseconds. The clock is passed in.
"""

import functools
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Final

from shared.messages.codec import SCHEMA_VERSION
from shared.messages.ids import content_id

RawHeaders = Sequence[tuple[str, bytes | None]]

CHECKPOINTS: Final = ("t-published", "t-fetched", "t-cleaned", "t-tagged", "t-matched")
REPLAY_ID: Final = "replay-id"
TRACEPARENT: Final = "traceparent"
_PROPAGATED: Final = frozenset((*CHECKPOINTS, REPLAY_ID, TRACEPARENT))
MAX_PROPAGATED_BYTES: Final = 200
"""A longer value is not ours, and could make the next message too large for its topic."""
_UNIX_MS: Final = re.compile(r"-?[0-9]{1,15}")


def decode_headers(headers: RawHeaders) -> dict[str, str]:
    """Decode headers; of several with one name the last wins, and invalid UTF-8 is replaced."""
    return {name: (value or b"").decode("utf-8", "replace") for name, value in headers}


def encode_headers(headers: Mapping[str, str]) -> list[tuple[str, bytes]]:
    """Encode headers for Kafka, in the mapping's order."""
    return [(name, value.encode("utf-8", "replace")) for name, value in headers.items()]


def build_outgoing(
    incoming: RawHeaders,
    *,
    value: bytes,
    ce_type: str,
    ce_source: str,
    checkpoint: str | None,
    now_ms: int,
) -> list[tuple[str, bytes]]:
    """Build the headers of a message that a stage makes from another.

    They are the CloudEvents attributes, the incoming headers that are propagated, and the time of
    this ``checkpoint``. Runs for every record, so nothing is decoded, and what all records of a
    batch share is built once.
    """
    ce_id = content_id(ce_type, value).encode()
    propagated = {
        name: data
        for name, data in incoming
        if name in _PROPAGATED and data is not None and len(data) <= MAX_PROPAGATED_BYTES
    }
    if TRACEPARENT not in propagated:
        propagated[TRACEPARENT] = b"00-%b-%b-01" % (ce_id, ce_id[:16])
    if checkpoint:
        propagated[checkpoint] = b"%d" % now_ms
    return [("ce_id", ce_id), *_batch_headers(ce_type, ce_source, now_ms), *propagated.items()]


@functools.lru_cache(maxsize=64)
def _batch_headers(ce_type: str, ce_source: str, now_ms: int) -> tuple[tuple[str, bytes], ...]:
    """Return the headers that all records of a batch share."""
    time = datetime.fromtimestamp(now_ms / 1000, UTC).isoformat(timespec="milliseconds")
    attributes = {
        "ce_type": ce_type,
        "ce_source": ce_source,
        "ce_time": time,
        "content-type": "application/json",
        "schema-version": SCHEMA_VERSION,
    }
    return tuple(encode_headers(attributes))


def latency_record(headers: Mapping[str, str]) -> dict[str, int]:
    """Return the checkpoints that are present and readable, in order, in Unix milliseconds."""
    return {
        name: int(headers[name])
        for name in CHECKPOINTS
        if _UNIX_MS.fullmatch(headers.get(name, ""))
    }


def hop_s(incoming: RawHeaders, checkpoint: str, now_ms: int) -> float | None:
    """Return the seconds since the last checkpoint before ``checkpoint`` that a message has.

    None if it has none, or belongs to a replay.
    """
    headers = dict(incoming)
    if REPLAY_ID in headers:
        return None
    earlier = reversed(CHECKPOINTS[: CHECKPOINTS.index(checkpoint)])
    times = (_parse_unix_ms(headers.get(name)) for name in earlier)
    return next(((now_ms - time) / 1000 for time in times if time is not None), None)


def _parse_unix_ms(value: bytes | None) -> int | None:
    if value is None or not _UNIX_MS.fullmatch(value.decode("ascii", "replace")):
        return None
    return int(value)


def hops(times: Mapping[str, int]) -> dict[str, float]:
    """Return the seconds between neighbouring checkpoints of a latency record.

    Keys are the later checkpoint's name without its ``t-``.
    """
    present = [(name, times[name]) for name in CHECKPOINTS if name in times]
    return {
        later.removeprefix("t-"): (end - start) / 1000
        for (_, start), (later, end) in pairwise(present)
    }
