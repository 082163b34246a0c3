"""The tagger's steps in order: read this file first."""

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

_PLACE: Final = attrgetter("start", "end")


def tag(article: CleanArticle, gazetteer: Gazetteer) -> TaggedArticle:
    """The article with whom and what it names, as of its event time (UTC). Pure; mentions stand headline first, then by start."""
    day = article.event_time.astimezone(UTC).date()
    scans = [
        scan_field("headline", article.headline, gazetteer.finder),
        scan_field("body", article.body, gazetteer.finder, stated_sentences(article)),
    ]
    scans = [drop_stop_names(one) for one in scans]
    people = find_person_mentions(scans, day, gazetteer)
    taken = [
        Mask(len(one.text.plain), mentions) for one, mentions in zip(scans, people, strict=True)
    ]
    countries = find_country_mentions(scans, taken, article.language, gazetteer)
    organisations = find_organisation_mentions(scans, taken)
    offices = find_office_mentions(scans, people, taken, countries, day, gazetteer)
    in_order = [
        _in_order(of_field) for of_field in zip(people, organisations, offices, strict=True)
    ]
    mentions = tuple(mention for of_field in in_order for mention in of_field)
    return TaggedArticle(
        article=article,
        tagger_revision=gazetteer.revision,
        mentions=mentions,
        actors=_actors(mentions, day, gazetteer),
        countries=tuple(mention for of_field in countries for mention in of_field),
        events=find_events(scans, in_order, countries),
        keywords=tuple(hit for one in scans for hit in find_keywords(one, article.language)),
    )


def _in_order(of_field: Iterable[list[Mention]]) -> list[Mention]:
    return sorted((mention for mentions in of_field for mention in mentions), key=_PLACE)


def _actors(
    mentions: tuple[Mention, ...], day: date, gazetteer: Gazetteer
) -> tuple[ActorOnDate, ...]:
    """Each resolved actor once, by id, with the offices held that day."""
    named = sorted({mention.actor for mention in mentions if mention.actor})
    return tuple(
        ActorOnDate(
            actor=actor, name=gazetteer.name_of(actor), offices=offices_on(actor, day, gazetteer)
        )
        for actor in named
    )
