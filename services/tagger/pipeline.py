"""Tag an article: the tagger's steps in order. Start reading here.

Each step fills a part of the draft from what earlier steps found; the work is done by the pure
function that it calls. To add a step: one file with its function, its test, and one step here.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date
from operator import attrgetter
from typing import Final

from services.tagger.actor_weights import actors_by_weight
from services.tagger.countries import find_country_mentions
from services.tagger.data.gazetteer import Gazetteer
from services.tagger.events.event_mentions import find_event_mentions
from services.tagger.keywords import find_keywords
from services.tagger.offices.find_mentions import find_office_mentions
from services.tagger.offices.terms import offices_on
from services.tagger.organisations import find_organisation_mentions
from services.tagger.people.person_mentions import find_person_mentions
from services.tagger.scan.candidate_spans import FieldScan, Mask, scan_article
from services.tagger.scan.stop_names import drop_stop_names
from services.tagger.status.status_reader import StatusReader
from shared.messages.schemas import (
    ActorOnDate,
    CleanArticle,
    CountryMention,
    EventMention,
    KeywordHit,
    Mention,
    StatusScope,
    TaggedArticle,
)

_TEXT_ORDER: Final = attrgetter("start", "end")


@dataclass(slots=True)
class TagDraft:
    """An article that is being tagged, as of ``day`` (UTC).

    The lists have one item per field: headline, deck if there is one, body. ``mentions`` are those
    of people, organisations and offices together.
    """

    article: CleanArticle
    gazetteer: Gazetteer
    day: date
    scans: list[FieldScan] = field(default_factory=list)
    people: list[list[Mention]] = field(default_factory=list)
    people_masks: list[Mask] = field(default_factory=list)
    countries: list[list[CountryMention]] = field(default_factory=list)
    organisations: list[list[Mention]] = field(default_factory=list)
    offices: list[list[Mention]] = field(default_factory=list)
    mentions: list[list[Mention]] = field(default_factory=list)
    event_mentions: tuple[EventMention, ...] = ()
    scopes: tuple[StatusScope, ...] = ()
    keywords: tuple[KeywordHit, ...] = ()


def scan_fields(draft: TagDraft) -> None:
    """Find every listed name, except inside stop names."""
    scans = scan_article(draft.article, draft.gazetteer.finder)
    draft.scans = [drop_stop_names(scan) for scan in scans]


def tag_people(draft: TagDraft) -> None:
    """Resolve full names and surnames to people."""
    draft.people = find_person_mentions(draft.scans, draft.day, draft.gazetteer)
    draft.people_masks = [
        Mask(len(scan.text.plain), mentions)
        for scan, mentions in zip(draft.scans, draft.people, strict=True)
    ]


def tag_countries(draft: TagDraft) -> None:
    """Find countries outside people's names."""
    draft.countries = find_country_mentions(
        draft.scans, draft.people_masks, draft.article.language, draft.gazetteer
    )


def tag_organisations(draft: TagDraft) -> None:
    """Find organisations outside people's names."""
    draft.organisations = find_organisation_mentions(draft.scans, draft.people_masks)


def tag_offices(draft: TagDraft) -> None:
    """Find offices named without their holders, with the countries before or after them."""
    draft.offices = find_office_mentions(
        draft.scans,
        draft.people,
        draft.people_masks,
        draft.countries,
        draft.organisations,
        draft.day,
        draft.gazetteer,
    )


def merge_mentions(draft: TagDraft) -> None:
    """Merge the mentions of people, organisations and offices in text order."""
    draft.mentions = [
        sorted((mention for kind in kinds for mention in kind), key=_TEXT_ORDER)
        for kinds in zip(draft.people, draft.organisations, draft.offices, strict=True)
    ]


def tag_events(draft: TagDraft) -> None:
    """Find the mentions of events, with their participants and status, and what is not asserted."""
    language = draft.article.language
    reader = StatusReader(draft.scans, draft.day, language)
    draft.event_mentions = find_event_mentions(
        draft.scans, draft.mentions, draft.countries, draft.gazetteer, language, reader
    )
    draft.scopes = reader.scopes()


def tag_keywords(draft: TagDraft) -> None:
    """Find the keywords of the vocabulary."""
    draft.keywords = tuple(
        hit for scan in draft.scans for hit in find_keywords(scan, draft.article.language)
    )


Step = Callable[[TagDraft], None]
STEPS: Final[tuple[Step, ...]] = (
    scan_fields,
    tag_people,
    tag_countries,
    tag_organisations,
    tag_offices,
    merge_mentions,
    tag_events,
    tag_keywords,
)


def tag(article: CleanArticle, gazetteer: Gazetteer) -> TaggedArticle:
    """Find whom and what an article names, as of its event time (UTC).

    Pure. Mentions are ordered headline first, then by start.
    """
    draft = TagDraft(article, gazetteer, article.event_time.astimezone(UTC).date())
    for step in STEPS:
        step(draft)
    mentions = tuple(mention for of_field in draft.mentions for mention in of_field)
    return TaggedArticle(
        article=article,
        tagger_revision=gazetteer.revision,
        mentions=mentions,
        actors=_actors(mentions, draft.day, gazetteer),
        countries=tuple(mention for of_field in draft.countries for mention in of_field),
        event_mentions=draft.event_mentions,
        scopes=draft.scopes,
        keywords=draft.keywords,
    )


def _actors(
    mentions: tuple[Mention, ...], day: date, gazetteer: Gazetteer
) -> tuple[ActorOnDate, ...]:
    """Return each resolved actor once, the weightiest first, with the offices held that day."""
    return tuple(
        ActorOnDate(
            actor=actor, name=gazetteer.name_of(actor), offices=offices_on(actor, day, gazetteer)
        )
        for actor in actors_by_weight(mentions)
    )
