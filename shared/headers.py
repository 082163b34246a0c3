"""Record headers: CloudEvents attributes, the trace, the replay mark and the latency ledger. Pure; the clock is passed in.

The latency ledger is one header a station, ``t-published`` … ``t-matched``, in Unix milliseconds.
"""

import functools
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Final

from shared.codec import SCHEMA_VERSION
from shared.ids import content_id

RawHeaders = Sequence[tuple[str, bytes | None]]

STATIONS: Final = ("t-published", "t-fetched", "t-cleaned", "t-tagged", "t-matched")
REPLAY_ID: Final = "replay-id"
_CARRIED: Final = (*STATIONS, REPLAY_ID, "traceparent")
MAX_CARRIED: Final = 200
"""Characters; a longer one is not ours and would make its successor larger than a topic takes."""
_UNIX_MS: Final = re.compile(r"-?[0-9]{1,15}")


def read(headers: RawHeaders) -> dict[str, str]:
    """Headers as text; of a name that stands twice the last one counts, bytes that are no UTF-8 are replaced."""
    return {name: (value or b"").decode("utf-8", "replace") for name, value in headers}


def write(headers: Mapping[str, str]) -> list[tuple[str, bytes]]:
    """Headers as Kafka wants them, in the mapping's order."""
    return [(name, value.encode("utf-8", "replace")) for name, value in headers.items()]


def outgoing(incoming: Mapping[str, str], *, value: bytes, ce_type: str, ce_source: str, station: str | None, now_ms: int) -> dict[str, str]:
    """The headers of a message that a stage makes of another: what is carried on, what is new, and this hop's time."""
    ce_id = content_id(ce_type, value)
    carried = {name: incoming[name] for name in _CARRIED if name in incoming and len(incoming[name]) <= MAX_CARRIED}
    carried.setdefault("traceparent", f"00-{ce_id}-{ce_id[:16]}-01")
    if station:
        carried[station] = str(now_ms)
    return {
        "ce_id": ce_id,
        "ce_type": ce_type,
        "ce_source": ce_source,
        "ce_time": _iso(now_ms),
        "content-type": "application/json",
        "schema-version": SCHEMA_VERSION,
        **carried,
    }


@functools.lru_cache(maxsize=64)
def _iso(now_ms: int) -> str:
    return datetime.fromtimestamp(now_ms / 1000, UTC).isoformat(timespec="milliseconds")


def ledger(headers: Mapping[str, str]) -> dict[str, int]:
    """The stations that are present and readable, in their order, as Unix milliseconds."""
    return {name: int(headers[name]) for name in STATIONS if _UNIX_MS.fullmatch(headers.get(name, ""))}


def hops(times: Mapping[str, int]) -> dict[str, float]:
    """Seconds between neighbouring stations of a ledger, by the later station's name without its ``t-``."""
    present = [(name, times[name]) for name in STATIONS if name in times]
    return {later.removeprefix("t-"): (end - start) / 1000 for (_, start), (later, end) in pairwise(present)}
