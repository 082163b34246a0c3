"""The answer to /readyz: what keeps a process from working, and since when.

Pure: the clock is passed in.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

import msgspec


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One reason why a process cannot do its work, and since when (UTC)."""

    what: str
    why: str
    since: datetime


@dataclass(slots=True)
class Readiness:
    """Remembers since when each obstacle exists.

    ``checks`` by name: each returns the reason, or "" when all is well.
    """

    checks: Mapping[str, Callable[[], str]]
    _obstacles: dict[str, Obstacle] = field(default_factory=dict)

    def update(self, now: datetime) -> tuple[Obstacle, ...]:
        """Return the current obstacles, in the order of the checks.

        Call it regularly: ``since`` is as exact as that.
        """
        reasons = {name: reason for name, check in self.checks.items() if (reason := check())}
        obstacles = dict[str, Obstacle]()
        for name, reason in reasons.items():
            before = self._obstacles.get(name)
            obstacles[name] = Obstacle(name, reason, before.since if before else now)
        self._obstacles = obstacles
        return tuple(obstacles.values())


def describe(obstacles: tuple[Obstacle, ...]) -> list[dict[str, str]]:
    """Return the obstacles in the form that /readyz shows."""
    return [
        {
            "what": obstacle.what,
            "why": obstacle.why,
            "since": obstacle.since.astimezone(UTC).isoformat(timespec="seconds"),
        }
        for obstacle in obstacles
    ]


def summary(body: bytes) -> str:
    """Return the obstacles in the body of a /readyz answer, in one line.

    "" if it names none, or is no such answer.
    """
    with suppress(msgspec.DecodeError):
        obstacles = msgspec.json.decode(body, type=_Answer).obstacles
        return "; ".join(
            f"{obstacle.what}: {obstacle.why}, since {obstacle.since:%Y-%m-%d %H:%M:%S} UTC"
            for obstacle in obstacles
        )
    return ""


class _Answer(msgspec.Struct):
    obstacles: tuple[Obstacle, ...] = ()
