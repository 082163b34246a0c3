"""What a rule needs can be ruled out from a record's raw text and tags, cheaply. Pure.

It costs a fraction of preparing the article. It is sound but not exact: what it finds missing is
missing (a property test compares it with the evaluator); everything else is left to match().
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Self

import msgspec

from services.alerting.backtest.required_terms import Clause, RequiredTerm
from services.alerting.language.document import event_clauses
from shared.base.outcomes import InvalidMessage
from shared.messages.schemas import Status
from shared.text.normalise import normalise

_ASCII_BYTES: Final = bytes(range(128))
_DIGITS: Final = "0123456789"
_RUNS: Final = re.compile(r"[a-z0-9]+")


class _ArticleText(msgspec.Struct):
    headline: str
    body: str
    event_time: str
    deck: str = ""


class _Mention(msgspec.Struct):
    actor: str | None = None
    office: str | None = None


class _HeldOffice(msgspec.Struct):
    office: str


class _Actor(msgspec.Struct):
    offices: list[_HeldOffice] = []


class _Country(msgspec.Struct):
    iso3: str


class _Keyword(msgspec.Struct):
    keyword: str


class _Event(msgspec.Struct):
    event: str
    status: Status | None
    agent: str | None = msgspec.field(name="who", default=None)
    agent_country: str | None = msgspec.field(name="who_country", default=None)
    target: str | None = msgspec.field(name="to", default=None)
    target_country: str | None = msgspec.field(name="to_country", default=None)
    reciprocal: bool = False


class _ArticleTags(msgspec.Struct):
    """The few fields of a TaggedArticle that are needed; the decoder skips the rest."""

    article: _ArticleText
    mentions: list[_Mention] = []
    actors: list[_Actor] = []
    countries: list[_Country] = []
    keywords: list[_Keyword] = []
    event_mentions: list[_Event] = []


_DECODER: Final = msgspec.json.Decoder(_ArticleTags)


@dataclass(frozen=True, slots=True)
class Prefilter:
    """A record as the prefilter sees it.

    ``text`` is headline, deck and body, normalised; ``words`` what words of ASCII letters and
    digits may be in it; ``tags`` the clauses that its tags satisfy. ``day`` is the day of the event
    time, in UTC; ``age`` sorts by event time, the newest first. ``is_inexact``: words may be
    missed, so nothing is reported missing.
    """

    day: str
    age: float
    text: str
    words: frozenset[str]
    tags: frozenset[str]
    is_inexact: bool

    @classmethod
    def from_record(cls, record: bytes) -> Self:
        """Decode what is needed of a record. InvalidMessage if it is not an article."""
        try:
            tagged = _DECODER.decode(record)
            event_time = datetime.fromisoformat(tagged.article.event_time).astimezone(UTC)
        except (msgspec.DecodeError, ValueError) as error:
            raise InvalidMessage(f"not a TaggedArticle: {error}"[:300]) from error
        article = tagged.article
        text, is_inexact = _normalise("\n\n".join((article.headline, article.deck, article.body)))
        return cls(
            event_time.date().isoformat(),
            -event_time.timestamp(),
            text,
            _possible_words(text),
            frozenset(_tags(tagged)),
            is_inexact,
        )

    def count_missing(self, clauses: tuple[Clause, ...]) -> int:
        """Return how many of the clauses need a word or tag that is missing."""
        if self.is_inexact:
            return 0
        return sum(any(not any(map(self._has, group)) for group in clause) for clause in clauses)

    def _has(self, term: RequiredTerm) -> bool:
        match term.kind:
            case "word":
                return term.text in self.words
            case "part":
                return term.text in self.text
            case "tag":
                return term.text in self.tags


def _possible_words(text: str) -> frozenset[str]:
    """Return the runs of ASCII letters and digits, each also without its last digits.

    Those may be a footnote's: Trump2 holds the words trump and 2.
    """
    runs = frozenset(_RUNS.findall(text))
    stems = {run: run.rstrip(_DIGITS) for run in runs if run[-1] in _DIGITS}
    numbers = {run[len(stem) :] for run, stem in stems.items()}
    return runs.union(stems.values(), numbers)


def _normalise(text: str) -> tuple[str, bool]:
    """Normalise every character as in a word, and return whether the result is inexact.

    It is where one letter became two before a full stop: ß.ß is one word.
    """
    if text.isascii():
        return text.lower(), False
    is_inexact = False
    beyond_ascii = text.encode("utf-8", "replace").translate(None, _ASCII_BYTES)
    for character in sorted(set(beyond_ascii.decode("utf-8", "replace"))):
        form = normalise(character)
        if form != character:
            text = text.replace(character, form)
            is_inexact |= len(form) > 1 and f"{form}." in text
    return text.lower(), is_inexact


def _tags(tagged: _ArticleTags) -> set[str]:
    offices = {mention.office for mention in tagged.mentions}
    offices |= {office.office for actor in tagged.actors for office in actor.offices}
    tags = {f"office({office})" for office in offices if office}
    tags |= {f"actor({mention.actor})" for mention in tagged.mentions if mention.actor}
    tags |= {f"country({country.iso3.lower()})" for country in tagged.countries}
    tags |= {
        clause
        for event in tagged.event_mentions
        for clause in event_clauses(
            event.event,
            event.status,
            (event.agent, event.agent_country),
            (event.target, event.target_country),
            is_reciprocal=event.reciprocal,
        )
    }
    return tags | {f"keyword({keyword.keyword})" for keyword in tagged.keywords}
