"""Articles with whom and what they mention."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal

import msgspec

from shared.messages.schemas.articles import CleanArticle
from shared.messages.schemas.values import FieldName

Tense = Literal["past", "present", "future"]
MentionKind = Literal["name", "surname", "office", "organisation"]
Status = Literal["asserted", "denied", "planned", "past", "claimed"]


class MentionReason(StrEnum):
    """Why a mention was resolved to an actor, or why it was not."""

    FULL_NAME = "full name"
    SHARED_NAME = "several people have this name"
    TITLE = "the title fits"
    ONLY_BEARER = "the only one of this surname in the article"
    ONLY_SO_FAR = "the only one of this surname so far"
    ONLY_IN_PARAGRAPH = "the only one of this surname in the paragraph"
    STANDS_ALONE = "in office, and the surname may stand alone"
    LEADER = "leads the country that, or another leader who, stands in the same sentence"
    LEADER_OR_OTHER = "a country's leader, or the one of this surname in the article"
    SEVERAL_BEARERS = "several people of this surname are named"
    ORGANISATION = "name of an organisation"
    HOLDER = "holds the office on the date"
    HOLDER_UNVERIFIED = "holds the office on the date; the dates are not verified"
    SEVERAL_HOLDERS = "several people hold the office on the date"
    NO_HOLDER = "nobody is known to hold the office on the date"
    UNKNOWN_NAME = "an unknown name follows the office"


class OfficeHeld(msgspec.Struct, frozen=True, kw_only=True):
    """An office held on the article's date; ``verified`` if the dates of the term were checked."""

    office: str
    title: str
    acting: bool
    verified: bool


class ActorOnDate(msgspec.Struct, frozen=True, kw_only=True):
    """A person or organisation in an article, with the offices held on the article's date."""

    actor: str
    name: str
    offices: tuple[OfficeHeld, ...] = ()


class Mention(msgspec.Struct, frozen=True, kw_only=True):
    """A mention of an actor or an office.

    ``ambiguous`` lists the candidates if it cannot be resolved to one. ``reason`` says how that was
    decided; it is None in messages from before the field existed. ``known_until`` is the last day
    for which the data say who holds the office, given only where it is before the article's date,
    so that nobody is named.
    """

    field: FieldName
    start: int
    end: int
    surface: str
    kind: MentionKind
    actor: str | None = None
    office: str | None = None
    ambiguous: tuple[str, ...] = ()
    reason: MentionReason | None = None
    known_until: date | None = None


class CountryMention(msgspec.Struct, frozen=True, kw_only=True):
    """A mention of a country by name, demonym or ``metonym``: a place that means its government."""

    field: FieldName
    start: int
    end: int
    surface: str
    iso3: str
    metonym: bool


class KeywordHit(msgspec.Struct, frozen=True, kw_only=True):
    """An occurrence of a word form of a keyword of the vocabulary."""

    field: FieldName
    start: int
    end: int
    surface: str
    keyword: str


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Who did what to whom.

    ``source`` and ``target`` are ids of actors or ISO 3166 alpha-3 codes; the span is the verb's.
    ``tense`` "future" includes what is only planned or refused; ``quoted``: in quotation marks.
    """

    field: FieldName
    start: int
    end: int
    surface: str
    event: str
    source: str
    target: str | None
    tense: Tense
    negated: bool
    quoted: bool


class EventMention(msgspec.Struct, frozen=True, kw_only=True):
    """A mention of an event: what happened, and whether the text says that it did.

    The span is the trigger's, a verb or noun. ``status`` is None where the tagger abstains;
    "asserted" means asserted as recent news, while "past" is background. ``reason`` quotes the
    words that decided. ``who`` did it and ``to`` whom it was done are ids of actors or ISO 3166
    alpha-3 codes; ``who_country`` and ``to_country`` are their countries, if known.
    ``reciprocal``: both do the same, as in a meeting, so either is who did it.
    """

    field: FieldName
    start: int
    end: int
    surface: str
    event: str
    status: Status | None
    reason: str
    who: str | None = None
    to: str | None = None
    who_country: str | None = None
    to_country: str | None = None
    reciprocal: bool = False


class StatusScope(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of text that does not assert something as recent news.

    Scopes of a field are ordered and do not overlap. ``status`` is never "asserted"; ``reason``
    quotes the words that decided. Text outside all scopes is asserted and recent.
    """

    field: FieldName
    start: int
    end: int
    status: Status
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaggedArticle:
    """A clean article with its tags; ``tagger_revision`` is the hash of the tagger's data.

    ``events`` is what taggers before ``event_mentions`` found; it is read, and no longer written.
    """

    article: CleanArticle
    tagger_revision: str
    mentions: tuple[Mention, ...] = ()
    actors: tuple[ActorOnDate, ...] = ()
    countries: tuple[CountryMention, ...] = ()
    keywords: tuple[KeywordHit, ...] = ()
    events: tuple[Event, ...] = ()
    event_mentions: tuple[EventMention, ...] = ()
    scopes: tuple[StatusScope, ...] = ()

    @property
    def article_id(self) -> str:
        """The article's id, which is the key of its records."""
        return self.article.article_id
