"""Tag an article: the tagger's steps in order. Start reading here."""

from collections.abc import Iterable
from datetime import UTC, date
from operator import attrgetter
from typing import Final

from services.tagger.countries import find_country_mentions
from services.tagger.data.gazetteer import Gazetteer
from services.tagger.events import find_events
from services.tagger.keywords import find_keywords
from services.tagger.office_terms import offices_on
from services.tagger.offices import find_office_mentions
from services.tagger.organisations import find_organisation_mentions
from services.tagger.people.person_mentions import find_person_mentions
from services.tagger.scan.candidate_spans import Mask, scan_field
from services.tagger.scan.stop_names import drop_stop_names
from shared.messages.schemas import ActorOnDate, CleanArticle, Mention, TaggedArticle
from shared.text.sentences import stated_sentences

_TEXT_ORDER: Final = attrgetter("start", "end")


def tag(article: CleanArticle, gazetteer: Gazetteer) -> TaggedArticle:
    """Find whom and what an article names, as of its event time (UTC).

    Pure. Mentions are ordered headline first, then by start.
    """
    day = article.event_time.astimezone(UTC).date()
    scans = [
        drop_stop_names(scan_field("headline", article.headline, gazetteer.finder)),
        drop_stop_names(
            scan_field("body", article.body, gazetteer.finder, stated_sentences(article))
        ),
    ]
    people = find_person_mentions(scans, day, gazetteer)
    masks = [
        Mask(len(scan.text.plain), mentions) for scan, mentions in zip(scans, people, strict=True)
    ]
    countries = find_country_mentions(scans, masks, article.language, gazetteer)
    organisations = find_organisation_mentions(scans, masks)
    offices = find_office_mentions(scans, people, masks, countries, day, gazetteer)
    by_field = [_merge(kinds) for kinds in zip(people, organisations, offices, strict=True)]
    mentions = tuple(mention for of_field in by_field for mention in of_field)
    return TaggedArticle(
        article=article,
        tagger_revision=gazetteer.revision,
        mentions=mentions,
        actors=_actors(mentions, day, gazetteer),
        countries=tuple(mention for of_field in countries for mention in of_field),
        events=find_events(scans, by_field, countries),
        keywords=tuple(hit for scan in scans for hit in find_keywords(scan, article.language)),
    )


def _merge(kinds: Iterable[list[Mention]]) -> list[Mention]:
    """Merge the mentions of a field, in text order."""
    return sorted((mention for mentions in kinds for mention in mentions), key=_TEXT_ORDER)


def _actors(
    mentions: tuple[Mention, ...], day: date, gazetteer: Gazetteer
) -> tuple[ActorOnDate, ...]:
    """Return each resolved actor once, ordered by id, with the offices held that day."""
    ids = sorted({mention.actor for mention in mentions if mention.actor})
    return tuple(
        ActorOnDate(
            actor=actor, name=gazetteer.name_of(actor), offices=offices_on(actor, day, gazetteer)
        )
        for actor in ids
    )
