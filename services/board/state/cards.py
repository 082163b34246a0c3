"""Alerts as cards, and their notifications and deliveries as lines. Pure.

Everything from outside is cut to a bounded size here, once, so that a hostile message costs the
board and its viewers little.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Final

from services.board.state.excerpt import TextPart, excerpt_parts, shorten
from shared.messages import headers as ledger
from shared.messages.schemas import (
    ActorOnDate,
    Alert,
    AlertOutcome,
    Delivery,
    DeliveryState,
    Excerpt,
    Match,
)

HEADLINE_CHARACTERS: Final = 300
NAME_CHARACTERS: Final = 120
URL_CHARACTERS: Final = 2_048
EXCERPTS: Final = 5
ACTORS: Final = 12
OFFICES: Final = 3
CLAUSES: Final = 12
WORDS: Final = 8
DESTINATIONS: Final = 8
HERE: Final = "here"
SENSIBLE_MS: Final = 24 * 60 * 60 * 1000
"""The hop from publication is left out beyond this age, or for times in the future."""

_REPLAYED_FROM: Final = ledger.CHECKPOINTS.index("t-cleaned")
"""A replay keeps the old times of publication and fetch; from here on they are its own."""
_LINK: Final = re.compile(
    r"https?://(?P<host>[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?(?:[/?#]\S*)?",
    re.ASCII | re.IGNORECASE,
)
"""URLs with a plain host: no script, no user name that looks like a host."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardSentence:
    """A sentence around matches, in marked and unmarked parts."""

    field: str
    parts: tuple[TextPart, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CardOffice:
    """An office held on the article's date."""

    title: str
    acting: bool
    verified: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CardActor:
    """A person with the offices of that date; ``id`` leads to the actor's page."""

    id: str
    name: str
    offices: tuple[CardOffice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchedClause:
    """A clause of the rule and the distinct words that matched it, in the article's order."""

    clause: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LatencyHop:
    """The seconds between two checkpoints; negative where two clocks differ."""

    start: str
    end: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryLine:
    """The state of one delivery: a DeliveryState, an AlertOutcome, ``waiting`` or ``undecided``."""

    destination: str
    state: str
    note: str = ""
    attempts: int = 0
    in_doubt: int = 0
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One alert as the page shows it.

    ``order`` sorts cards, newest highest: when the alert was matched, in Unix ms.
    """

    id: str
    article: str
    order: int
    severity: str
    rule_id: str
    rule: str
    headline: str
    link: str | None
    host: str | None
    source: str
    language: str
    status: str
    published: datetime
    published_by: str
    published_precision: str
    replayed: bool
    sentences: tuple[CardSentence, ...]
    more_sentences: int
    actors: tuple[CardActor, ...]
    more_actors: int
    why: tuple[MatchedClause, ...]
    hops: tuple[LatencyHop, ...]
    destinations: tuple[str, ...]


def build_card(
    alert: Alert, headers: Mapping[str, str], *, recorded_ms: int, here_ms: int | None
) -> Card:
    """Build the card of an alert.

    ``recorded_ms`` is its record's time; ``here_ms`` when it arrived, None if it had been waiting
    in the log.
    """
    url, host = safe_link(alert.url, alert.uri)
    return Card(
        id=alert.alert_id,
        article=alert.article_id,
        order=ledger.latency_record(headers).get("t-matched", recorded_ms),
        severity=alert.severity.value,
        rule_id=shorten(alert.rule_id, NAME_CHARACTERS),
        rule=shorten(alert.rule_title, NAME_CHARACTERS) or shorten(alert.rule_id, NAME_CHARACTERS),
        headline=shorten(alert.headline, HEADLINE_CHARACTERS),
        link=url,
        host=host,
        source=shorten(alert.source, NAME_CHARACTERS),
        language=shorten(alert.language, 12),
        status=alert.pubstatus,
        published=alert.event_time,
        published_by=alert.event_time_source.value,
        published_precision=alert.event_time_precision,
        replayed=ledger.REPLAY_ID in headers,
        sentences=tuple(_sentence(excerpt) for excerpt in alert.excerpts[:EXCERPTS]),
        more_sentences=max(0, len(alert.excerpts) - EXCERPTS),
        actors=tuple(_actor(actor) for actor in alert.actors[:ACTORS]),
        more_actors=max(0, len(alert.actors) - ACTORS),
        why=_why(alert.matches),
        hops=latency_hops(headers, here_ms),
        destinations=tuple(
            shorten(name, NAME_CHARACTERS) for name in alert.destinations[:DESTINATIONS]
        ),
    )


def latency_hops(headers: Mapping[str, str], here_ms: int | None) -> tuple[LatencyHop, ...]:
    """Return the time between neighbouring checkpoints; for a replay, only of this run."""
    times = ledger.latency_record(headers)
    if not 0 <= times.get("t-fetched", 0) - times.get("t-published", 0) <= SENSIBLE_MS:
        times.pop("t-published", None)
    first = _REPLAYED_FROM if ledger.REPLAY_ID in headers else 0
    times_by_checkpoint = [
        (name.removeprefix("t-"), times[name])
        for name in ledger.CHECKPOINTS[first:]
        if name in times
    ]
    times_by_checkpoint += [(HERE, here_ms)] if here_ms is not None else []
    return tuple(
        LatencyHop(start=start, end=end, seconds=(later - earlier) / 1000)
        for (start, earlier), (end, later) in pairwise(times_by_checkpoint)
    )


def build_delivery_line(
    destination: str, outcome: AlertOutcome | None, reason: str, delivery: Delivery | None
) -> DeliveryLine:
    """Build the line of one destination.

    It says how far the delivery is, else what was decided, else that nothing was yet.
    """
    name = shorten(destination, NAME_CHARACTERS)
    is_fact = outcome not in (None, AlertOutcome.NOTIFIED)
    if delivery is None or (is_fact and delivery.state is DeliveryState.CLOSED):
        state = (
            "undecided"
            if outcome is None
            else "waiting"
            if outcome is AlertOutcome.NOTIFIED
            else outcome.value
        )
        return DeliveryLine(destination=name, state=state, note=shorten(reason, NAME_CHARACTERS))
    return DeliveryLine(
        destination=name,
        state=delivery.state.value,
        note=shorten(delivery.answer, NAME_CHARACTERS),
        attempts=delivery.attempts,
        in_doubt=delivery.in_doubt,
        at=delivery.last_attempt_at,
    )


def safe_link(*urls: str | None) -> tuple[str | None, str | None]:
    """Return the first URL that is safe to link to, and its host; (None, None) if none is."""
    for url in urls:
        words = _LINK.fullmatch(url) if url and len(url) <= URL_CHARACTERS else None
        if words:
            return url, words["host"].removeprefix("www.")
    return None, None


def _sentence(excerpt: Excerpt) -> CardSentence:
    return CardSentence(field=excerpt.field, parts=excerpt_parts(excerpt.text, excerpt.marks))


def _actor(actor: ActorOnDate) -> CardActor:
    offices = (
        CardOffice(title=shorten(o.title, NAME_CHARACTERS), acting=o.acting, verified=o.verified)
        for o in actor.offices[:OFFICES]
    )
    return CardActor(
        id=actor.actor, name=shorten(actor.name, NAME_CHARACTERS), offices=tuple(offices)
    )


def _why(matches: tuple[Match, ...]) -> tuple[MatchedClause, ...]:
    words: dict[str, dict[str, None]] = {}
    for match in matches:
        words.setdefault(shorten(match.clause, NAME_CHARACTERS), {})[
            shorten(match.surface, NAME_CHARACTERS)
        ] = None
    return tuple(
        MatchedClause(clause=clause, words=tuple(words)[:WORDS])
        for clause, words in list(words.items())[:CLAUSES]
    )
