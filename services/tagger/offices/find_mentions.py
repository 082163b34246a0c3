"""Find offices named without their holders.

Such a phrase stands for whoever holds the office on the article's date. A phrase that needs its
country has it directly before ("South Korean foreign minister", "Japan's premier"), after "of"
("president of South Korea"), or from a person ("Trump's chief of staff"); the mention then spans
the country too. Before a person's name the phrase is a title, no mention; before an unknown name it
names the office, but nobody.

Where neither is there, the rest of the article may say whose office it is: "the foreign minister",
"his foreign minister" (evidence.py).

Words around it may make it another person than the holder: no mention (other_holders.py).
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from services.tagger.data.gazetteer import Gazetteer
from services.tagger.offices.context import FieldEvidence, OfficeContext, OfficePhrase
from services.tagger.offices.evidence import ArticleEvidence, infer_office
from services.tagger.offices.other_holders import (
    before_modifiers,
    describes_somebody_else,
    is_other_person,
    is_other_time,
    is_role,
)
from services.tagger.offices.phrases import (
    EDGE,
    before_acting,
    is_narrowed,
    merge_office_spans,
    office_of_country,
    owners_country,
    parse_phrase,
)
from services.tagger.offices.terms import holder_on, last_known_day_before
from services.tagger.scan.automaton import CandidateSpan, NameKind, longest_spans
from services.tagger.scan.candidate_spans import FieldScan, Mask
from shared.messages.schemas import CountryMention, Mention, MentionReason

_WORDS_ALONE: Final = frozenset({"premier", "chancellor"})
"""Offices of one word that the article may decide; "the president" is said of many."""
_SAME_PERSON: Final = frozenset({" and ", " or "})


def find_office_mentions(
    scans: Sequence[FieldScan],
    people: Sequence[Sequence[Mention]],
    people_masks: Sequence[Mask],
    countries: Sequence[Sequence[CountryMention]],
    organisations: Sequence[Sequence[Mention]],
    day: date,
    gazetteer: Gazetteer,
) -> list[list[Mention]]:
    """Return the mentions of offices by field, in text order; ``day`` is the article's."""
    of_article = ArticleEvidence(people, countries)
    mentions: list[list[Mention]] = []
    for index, scan in enumerate(scans):
        if not scan.spans(NameKind.OFFICE, NameKind.OFFICE_OF):
            mentions.append([])
            continue
        of_field = FieldEvidence(scan, people[index], countries[index], organisations[index])
        find = _mentions(of_field, of_article, people_masks[index], day, gazetteer)
        of_field.offices.extend(find)
        mentions.append(of_field.offices)
    return mentions


def _mentions(
    of_field: FieldEvidence,
    of_article: ArticleEvidence,
    people_mask: Mask,
    day: date,
    gazetteer: Gazetteer,
) -> Iterator[Mention]:
    scan = of_field.scan
    context = OfficeContext(scan, of_field.people, of_field.countries)
    other_person = -1
    for span in longest_spans(merge_office_spans(scan)):
        if span.end + 1 in context.person_starts or not people_mask.is_free(span.start, span.end):
            continue
        phrase = parse_phrase(scan, span, context, day, gazetteer)
        if phrase:
            of_article.offices.add(phrase.office)
        else:
            phrase = _infer_phrase(span, of_field, of_article, context, day, gazetteer)
        if phrase is None or phrase.end + 1 in context.person_starts:
            continue
        if (
            is_other_person(phrase, context, gazetteer)
            or is_other_time(phrase, context, day, gazetteer)
            or (other_person >= 0 and scan.text.plain[other_person : phrase.start] in _SAME_PERSON)
        ):
            other_person = phrase.end
            continue
        office = gazetteer.offices[phrase.office]
        actor, candidates, reason = (
            (None, (), MentionReason.UNKNOWN_NAME)
            if _is_unknown_persons_title(scan, phrase, gazetteer)
            else holder_on(office, day, acting=phrase.acting)
        )
        if is_role(phrase, context, actor) or describes_somebody_else(
            phrase, context, actor, day, gazetteer
        ):
            continue
        yield Mention(
            field=scan.field,
            start=phrase.start,
            end=phrase.end,
            surface=scan.text.plain[phrase.start : phrase.end],
            kind="office",
            actor=actor,
            office=office.id,
            ambiguous=candidates,
            reason=reason,
            known_until=last_known_day_before(office, day),
        )


def _infer_phrase(
    span: CandidateSpan,
    of_field: FieldEvidence,
    of_article: ArticleEvidence,
    context: OfficeContext,
    day: date,
    gazetteer: Gazetteer,
) -> OfficePhrase | None:
    """Return the office of a phrase without its country beside it, by what the article says.

    Words like "new" may be before it, and before them the country: Japan's new prime minister.
    """
    scan = of_field.scan
    plain = scan.text.plain
    start = before_acting(scan, span.start)
    first = before_modifiers(scan, start)
    if first < start:
        edge = EDGE.search(plain, max(0, first - 3), first)
        country = context.country_ends.get(edge.start(), ("", 0))[0] if edge else ""
        if edge and edge["possessive"] and not country:
            country = owners_country(context.person_ends.get(edge.start()), day, gazetteer)
        if country:
            office = office_of_country(span, country, gazetteer)
            is_acting = start < span.start
            return OfficePhrase(office, start, span.end, acting=is_acting) if office else None
    surface = plain[span.start : span.end]
    if (" " not in surface and surface.lower() not in _WORDS_ALONE) or is_narrowed(scan, span.end):
        return None
    determiner = scan.word_before(first)
    candidates = {name.owner for name in span.names if name.kind is NameKind.OFFICE_OF}
    if determiner is None or not candidates:
        return None
    office = infer_office(
        sorted(candidates),
        determiner,
        span.start,
        of_field,
        of_article,
        day,
        gazetteer,
    )
    return OfficePhrase(office, start, span.end, acting=start < span.start) if office else None


def _is_unknown_persons_title(scan: FieldScan, phrase: OfficePhrase, gazetteer: Gazetteer) -> bool:
    """Return whether an unknown name follows, with the phrase written as its title.

    Example: Foreign Minister Jane Doe.
    """
    after = scan.word_after(phrase.end)
    if (
        after is None
        or scan.is_case_uninformative
        or after.text.lower() in gazetteer.beside_surnames
    ):
        return False
    last = scan.text.plain[phrase.start : phrase.end].split()[-1]
    return (
        after.text[0].isupper()
        and last[0].isupper()
        and scan.name_mask.is_free(after.start, after.end)
    )
