"""Record headers: CloudEvents attributes, the trace, the replay mark and the latency ledger. Pure; the clock is passed in.

The latency ledger is one header a station, ``t-published`` … ``t-matched``, in Unix milliseconds.
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
_CARRIED: Final = frozenset((*CHECKPOINTS, REPLAY_ID, TRACEPARENT))
MAX_CARRIED: Final = 200
"""Bytes; a longer one is not ours and would make its successor larger than a topic takes."""
_UNIX_MS: Final = re.compile(r"-?[0-9]{1,15}")


def decode_headers(headers: RawHeaders) -> dict[str, str]:
    """Headers as text; of a name that stands twice the last one counts, bytes that are no UTF-8 are replaced."""
    return {name: (value or b"").decode("utf-8", "replace") for name, value in headers}


def encode_headers(headers: Mapping[str, str]) -> list[tuple[str, bytes]]:
    """Headers as Kafka wants them, in the mapping's order."""
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
    """The headers of a message that a stage makes of another, as Kafka wants them: what is new, what is carried on, and this hop's time.

    Runs for every record, so nothing is decoded, and what all records of a batch share is made once.
    """
    ce_id = content_id(ce_type, value).encode()
    carried = {
        name: told
        for name, told in incoming
        if name in _CARRIED and told is not None and len(told) <= MAX_CARRIED
    }
    if TRACEPARENT not in carried:
        carried[TRACEPARENT] = b"00-%b-%b-01" % (ce_id, ce_id[:16])
    if checkpoint:
        carried[checkpoint] = b"%d" % now_ms
    return [("ce_id", ce_id), *_same_for_a_batch(ce_type, ce_source, now_ms), *carried.items()]


@functools.lru_cache(maxsize=64)
def _same_for_a_batch(ce_type: str, ce_source: str, now_ms: int) -> tuple[tuple[str, bytes], ...]:
    time = datetime.fromtimestamp(now_ms / 1000, UTC).isoformat(timespec="milliseconds")
    told = {
        "ce_type": ce_type,
        "ce_source": ce_source,
        "ce_time": time,
        "content-type": "application/json",
        "schema-version": SCHEMA_VERSION,
    }
    return tuple(encode_headers(told))


def latency_record(headers: Mapping[str, str]) -> dict[str, int]:
    """The stations that are present and readable, in their order, as Unix milliseconds."""
    return {
        name: int(headers[name])
        for name in CHECKPOINTS
        if _UNIX_MS.fullmatch(headers.get(name, ""))
    }


def hop_s(incoming: RawHeaders, station: str, now_ms: int) -> float | None:
    """Seconds from the last station before ``station`` that a message's ledger has; None where it has none, or belongs to a replay."""
    told = dict(incoming)
    if REPLAY_ID in told:
        return None
    times = (
        _unix_ms(told.get(before)) for before in reversed(CHECKPOINTS[: CHECKPOINTS.index(station)])
    )
    return next(((now_ms - time) / 1000 for time in times if time is not None), None)


def _unix_ms(told: bytes | None) -> int | None:
    return (
        int(told)
        if told is not None and _UNIX_MS.fullmatch(told.decode("ascii", "replace"))
        else None
    )


def hops(times: Mapping[str, int]) -> dict[str, float]:
    """Seconds between neighbouring stations of a ledger, by the later station's name without its ``t-``."""
    present = [(name, times[name]) for name in CHECKPOINTS if name in times]
    return {
        later.removeprefix("t-"): (end - start) / 1000
        for (_, start), (later, end) in pairwise(present)
    }
