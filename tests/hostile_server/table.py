"""The table of behaviours: how each server behaves, and what must become of a poll of its feed."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from services.fetcher.feed_error import ErrorKind
from services.fetcher.timing.schedule import PollOutcome
from tests.hostile_server.exchange import Exchange

Serve = Callable[[Exchange], Awaitable[None]]


class Part(StrEnum):
    """Which requests a behaviour answers itself; the others are answered as by any news site."""

    CONNECTION = "connection"
    """Any, before the request is read."""
    ALL = "all"
    FEED = "feed"
    PAGE = "page"
    ROBOTS = "robots"


class Scheme(StrEnum):
    """What the feed's URL begins with, and which certificate its server shows."""

    HTTP = "http"
    VALID = "valid"
    SELF_SIGNED = "self_signed"
    EXPIRED = "expired"
    OTHER_HOST = "other_host"
    OLD_TLS = "old_tls"
    PLAIN = "plain"
    """The URL says https, and the server speaks plain HTTP."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """How a server behaves, and what must become of a poll: articles, and entries left waiting.

    ``kind`` is why it fails, None if it does not. ``says``: words of its error, problems or
    abandoned entries. ``is_slow``: the server would need longer than the limits of a test.
    """

    name: str
    serve: Serve
    outcome: PollOutcome
    kind: ErrorKind | None
    articles: int | None
    waiting: int
    says: str
    part: Part
    scheme: Scheme
    is_slow: bool


BEHAVIOURS: Final = dict[str, Behaviour]()


def fails(
    kind: ErrorKind,
    *,
    says: str = "",
    part: Part = Part.FEED,
    scheme: Scheme = Scheme.HTTP,
    slow: bool = False,
    outcome: PollOutcome = PollOutcome.FAILED,
) -> Callable[[Serve], Serve]:
    """Register a behaviour by which a poll fails, for this reason."""

    def register(serve: Serve) -> Serve:
        _add(serve, outcome, kind, (0, 0), says, part, scheme, is_slow=slow)
        return serve

    return register


def passes(
    articles: int | None = 1,
    *,
    waiting: int = 0,
    says: str = "",
    part: Part = Part.FEED,
    scheme: Scheme = Scheme.HTTP,
    slow: bool = False,
) -> Callable[[Serve], Serve]:
    """Register a behaviour in spite of which a poll gives so many articles.

    ``waiting`` entries are left for the next poll. None: as many as may be.
    """

    def register(serve: Serve) -> Serve:
        _add(
            serve, PollOutcome.CHANGED, None, (articles, waiting), says, part, scheme, is_slow=slow
        )
        return serve

    return register


def _add(
    serve: Serve,
    outcome: PollOutcome,
    kind: ErrorKind | None,
    entries: tuple[int | None, int],
    says: str,
    part: Part,
    scheme: Scheme,
    *,
    is_slow: bool,
) -> None:
    name = serve.__name__
    if name in BEHAVIOURS:
        raise ValueError(f"two behaviours are called {name}")
    BEHAVIOURS[name] = Behaviour(
        name=name,
        serve=serve,
        outcome=outcome,
        kind=kind,
        articles=entries[0],
        waiting=entries[1],
        says=says,
        part=part,
        scheme=scheme,
        is_slow=is_slow,
    )
