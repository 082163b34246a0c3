"""Answers /readyz: what keeps a process from working, and since when. Pure: the clock is passed in."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

import msgspec


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One reason why a process cannot do its work, and when it arose (UTC)."""

    what: str
    why: str
    since: datetime


@dataclass(slots=True)
class Readiness:
    """Remembers since when each obstacle stands. ``look`` asks each check, by name; a check gives the reason, or "" when all is well."""

    checks: Mapping[str, Callable[[], str]]
    _standing: dict[str, Obstacle] = field(default_factory=dict)

    def update(self, now: datetime) -> tuple[Obstacle, ...]:
        """Return the obstacles of this moment, in the order of the checks. Call it regularly: ``since`` is as exact as that."""
        reasons = {what: why for what, check in self.checks.items() if (why := check())}
        self._standing = {what: self._obstacle(what, why, now) for what, why in reasons.items()}
        return tuple(self._standing.values())

    def _obstacle(self, what: str, why: str, now: datetime) -> Obstacle:
        before = self._standing.get(what)
        return Obstacle(what, why, before.since if before else now)


def describe(obstacles: tuple[Obstacle, ...]) -> list[dict[str, str]]:
    """Return the obstacles as /readyz shows them."""
    return [
        {
            "what": each.what,
            "why": each.why,
            "since": each.since.astimezone(UTC).isoformat(timespec="seconds"),
        }
        for each in obstacles
    ]


def summary(body: bytes) -> str:
    """Return what a /readyz answer says is in the way, in one line; "" where it names nothing, or is no such answer."""
    with suppress(msgspec.DecodeError):
        obstacles = msgspec.json.decode(body, type=_Answer).obstacles
        return "; ".join(
            f"{each.what}: {each.why}, since {each.since:%Y-%m-%d %H:%M:%S} UTC"
            for each in obstacles
        )
    return ""


class _Answer(msgspec.Struct):
    obstacles: tuple[Obstacle, ...] = ()
