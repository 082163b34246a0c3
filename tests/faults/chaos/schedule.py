"""Plan which faults happen when, from a seed. Pure: the same seed gives the same faults."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """A kind of fault; those in ``BROKER_KINDS`` leave the services without a broker."""

    KILL = "kill -9"
    FREEZE = "freeze"
    TERMINATE = "SIGTERM"
    ROLLING = "rolling restart"
    BROKER_KILL = "broker kill -9"
    BROKER_FREEZE = "broker freeze"
    OUTAGE = "broker outage"
    ALL_KILLED = "all killed at once"


BROKER_KINDS: Final = frozenset({Kind.BROKER_KILL, Kind.BROKER_FREEZE, Kind.OUTAGE})
STOPS_ALL: Final = BROKER_KINDS | {Kind.ALL_KILLED}
LONGEST_FREEZE_S: Final = 90.0
LONGEST_BROKER_FREEZE_S: Final = 75.0
OUTAGE_S: Final = 360.0
OUTAGE_SHARE: Final = 1 / 3
"""The long outage takes at most this share of a run."""
FREEZE_SHARE: Final = 1 / 6
ROLLING_S: Final = 30.0
"""About how long a rolling restart takes; the next fault waits for its real end."""
REST_S: Final = (3.0, 12.0)
"""Between the end of one fault and the beginning of the next."""
LONG_REST_S: Final = (10.0, 25.0)
"""After what stops everything: a fault that comes too soon would be taken for a slow recovery."""
LULL_S: Final = 10.0
"""No fault ends later than this before the end of the run."""

_BAG: Final = (
    *[Kind.KILL] * 3,
    *[Kind.FREEZE] * 2,
    *[Kind.TERMINATE] * 2,
    Kind.ROLLING,
    Kind.BROKER_KILL,
    Kind.BROKER_FREEZE,
    Kind.ALL_KILLED,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault: when it begins, how long it lasts, and a random number that picks its target."""

    kind: Kind
    at_s: float
    lasts_s: float
    pick: int

    @property
    def ends_s(self) -> float:
        """When it is over."""
        return self.at_s + self.lasts_s


def schedule(seed: int, seconds: float) -> tuple[Fault, ...]:
    """Plan the faults of a run of ``seconds``, in order; the long outage is one of them.

    Frozen processes overlap with the faults that follow; all others happen one by one.
    """
    rng, faults = random.Random(seed), list[Fault]()
    outage_at_s = seconds * rng.uniform(0.25, 0.45)
    kinds, clock_s, had_outage = _kinds(rng), rng.uniform(*REST_S), False
    while clock_s < seconds - LULL_S:
        kind = Kind.OUTAGE if not had_outage and clock_s >= outage_at_s else next(kinds)
        had_outage |= kind is Kind.OUTAGE
        fault = Fault(
            kind=kind, at_s=clock_s, lasts_s=_lasts_s(kind, rng, seconds), pick=rng.getrandbits(30)
        )
        if fault.ends_s <= seconds - LULL_S:
            faults.append(fault)
        clock_s += _blocks_s(fault) + rng.uniform(*(LONG_REST_S if kind in STOPS_ALL else REST_S))
    return tuple(faults)


def _kinds(rng: random.Random) -> Iterator[Kind]:
    """Draw kinds without replacement, so that a short run has many; refill when all were drawn."""
    while True:
        bag = list(_BAG)
        rng.shuffle(bag)
        yield from bag


def _lasts_s(kind: Kind, rng: random.Random, seconds: float) -> float:
    match kind:
        case Kind.FREEZE:
            return rng.uniform(1.0, min(LONGEST_FREEZE_S, seconds * FREEZE_SHARE))
        case Kind.BROKER_FREEZE:
            return rng.uniform(1.0, min(LONGEST_BROKER_FREEZE_S, seconds * FREEZE_SHARE))
        case Kind.BROKER_KILL:
            return rng.uniform(0.5, 8.0)
        case Kind.OUTAGE:
            return min(OUTAGE_S, seconds * OUTAGE_SHARE)
        case Kind.ROLLING:
            return ROLLING_S
        case _:
            return 0.0


def _blocks_s(fault: Fault) -> float:
    return 0.0 if fault.kind is Kind.FREEZE else fault.lasts_s
