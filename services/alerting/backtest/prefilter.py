"""A record of articles.tagged at a glance: its time, its tags, and which words may stand in it, for a fraction of what preparing it costs. Pure.

Sound, not exact: what is missing at a glance is missing (a property test holds it against the evaluator); what is not is for match() to say.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Self

import msgspec

from services.alerting.backtest.required_terms import Clause, RequiredTerm
from services.alerting.language.normalise import normalise
from shared.base.outcomes import InvalidMessage

_ASCII: Final = bytes(range(128))
_RUNS: Final = re.compile(r"[a-z0-9]+")


class _Article(msgspec.Struct):
    headline: str
    body: str
    event_time: str


class _Mention(msgspec.Struct):
    actor: str | None = None
    office: str | None = None


class _Held(msgspec.Struct):
    office: str


class _Actor(msgspec.Struct):
    offices: list[_Held] = []


class _Country(msgspec.Struct):
    iso3: str


class _Keyword(msgspec.Struct):
    keyword: str


class _Event(msgspec.Struct):
    event: str
    negated: bool = False


class _Tagged(msgspec.Struct):
    """The few fields of a TaggedArticle that a glance takes in; the decoder passes over the rest."""

    article: _Article
    mentions: list[_Mention] = []
    actors: list[_Actor] = []
    countries: list[_Country] = []
    keywords: list[_Keyword] = []
    events: list[_Event] = []


_DECODER: Final = msgspec.json.Decoder(_Tagged)


@dataclass(frozen=True, slots=True)
class Prefilter:
    """``text`` is headline and body, folded; ``words`` its runs of letters and digits; ``tags`` the clauses that a tag may satisfy.

    ``day`` is the day of the event time, UTC; ``age`` sorts by it, the newest first; ``hard`` says that words might be missed.
    """

    day: str
    age: float
    text: str
    words: frozenset[str]
    tags: frozenset[str]
    hard: bool

    @classmethod
    def of(cls, record: bytes) -> Self:
        """Look at a record. InvalidMessage where it is no article."""
        try:
            found = _DECODER.decode(record)
            moment = datetime.fromisoformat(found.article.event_time).astimezone(UTC)
        except (msgspec.DecodeError, ValueError) as error:
            raise InvalidMessage(f"not a TaggedArticle: {error}"[:300]) from error
        text, hard = _folded(f"{found.article.headline}\n\n{found.article.body}")
        return cls(
            moment.date().isoformat(),
            -moment.timestamp(),
            text,
            frozenset(_RUNS.findall(text)),
            frozenset(_tags(found)),
            hard,
        )

    def missing(self, clauses: tuple[Clause, ...]) -> int:
        """How many of the clauses need a word or tag that is not there."""
        return (
            0
            if self.hard
            else sum(any(not any(map(self._has, group)) for group in clause) for clause in clauses)
        )

    def _has(self, need: RequiredTerm) -> bool:
        match need.kind:
            case "word":
                return need.text in self.words
            case "part":
                return need.text in self.text
            case "tag":
                return need.text in self.tags


def _folded(text: str) -> tuple[str, bool]:
    """Every character as it is in a folded word; and whether two letters came of one before a stop, which makes one word of ß.ß."""
    hard = False
    for character in (
        ()
        if text.isascii()
        else sorted(
            set(text.encode("utf-8", "replace").translate(None, _ASCII).decode("utf-8", "replace"))
        )
    ):
        form = normalise(character)
        if form != character:
            text = text.replace(character, form)
            hard |= len(form) > 1 and f"{form}." in text
    return text.lower(), hard


def _tags(found: _Tagged) -> set[str]:
    offices = {mention.office for mention in found.mentions} | {
        held.office for actor in found.actors for held in actor.offices
    }
    tags = {f"office({office})" for office in offices if office}
    tags |= {f"actor({mention.actor})" for mention in found.mentions if mention.actor}
    tags |= {f"country({country.iso3.lower()})" for country in found.countries}
    tags |= {f"event({event.event})" for event in found.events if not event.negated}
    return tags | {f"keyword({keyword.keyword})" for keyword in found.keywords}
