"""Find offices named without their holders.

Such a phrase stands for whoever holds the office on the article's date. A phrase that needs its
country has it directly before ("South Korean foreign minister", "Japan's premier"), after "of"
("president of South Korea"), or from a person ("Trump's chief of staff"); the mention then spans
the country too. Before a person's name the phrase is a title, no mention; before an unknown name it
names the office, but nobody.

Where neither is there, the rest of the article may say whose office it is: "the foreign minister",
"his foreign minister" (office_evidence.py).

"Former", "deputy" and the like make it another person: no mention. Nor is there one after "a",
"any" or "no" (whoever holds it), where it is a role to take or give ("as secretary of state",
"nominee for"), unless the same sentence names the holder, or where other words speak of another
time ("at the time", "in 2015", "under Obama").
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from typing import Final

from services.tagger.data.gazetteer import Gazetteer
from services.tagger.office_evidence import ArticleEvidence, FieldEvidence, infer_office
from services.tagger.office_terms import holder_on, is_in_office, last_known_day_before
from services.tagger.scan.automaton import CandidateSpan, NameKind, longest_spans
from services.tagger.scan.candidate_spans import FieldScan, Mask
from shared.messages.schemas import CountryMention, Mention, MentionReason

_EDGE: Final = re.compile(r"(?P<possessive>['’]s?)?[ \u00a0-]$")
_OF: Final = re.compile(r" of (?:the )?", re.IGNORECASE)
_FOR: Final = re.compile(r" for (?:the )?([^\W\d_])")
_ACTING: Final = "acting"
_ANY_HOLDER: Final = frozenset(
    {
        "a", "an", "any", "no", "every", "each", "another", "many", "some", "most", "few",
        "several",
    }
)  # fmt: skip
_ROLE: Final = re.compile(
    r"\b(?:(?:as|be|being|been|becom(?:e|es|ing)|became"
    r"|named|nominated?|appoint(?:ed)?|elected|confirmed"
    r"|(?:post|job|role|position|title|office|nominee|nomination|candidate|candidacy|bid|pick"
    r"|choice|run|runs|ran|running|race|contest|contender|front-?runner|hopeful|campaign(?:ed|ing)?"
    r"|vy?ing|vied?) (?:of|for))"
    r" (?:(?:the|his|her|its|their) )?"
    r"|(?:is|was|were|remain(?:s|ed)?) (?:(?:also|briefly|once|still|then) )?)$",
    re.IGNORECASE,
)
_ROLE_REACH: Final = 40
_MODIFIERS: Final = frozenset(
    {
        "appointed", "beleaguered", "conservative", "current", "departing", "embattled", "hawkish",
        "impeached", "incumbent", "liberal", "longtime", "new", "newly", "outgoing", "popular",
        "powerful", "serving", "sitting", "term", "three", "two", "veteran",
    }
)  # fmt: skip
"""Words before an office that leave it the office; "two-term" is two words."""
_MOST_MODIFIERS: Final = 3
_OTHER_TIME: Final = re.compile(
    r" (?:(?:at (?:the|that) time|back then)\b"
    r"|(?:from|between) (?:19|20)\d\d (?:to|and|until|through)\b"
    r"|(?:in|until) (?P<year>(?:19|20)\d\d)\b(?!-)"
    r"|(?P<rule>(?:under|during) (?:the )?"
    r"(?:(?:former |then[ -])?(?:president|prime minister|chancellor) )?))",
    re.IGNORECASE,
)
_WORDS_ALONE: Final = frozenset({"premier", "chancellor"})
"""Offices of one word that the article may decide; "the president" is said of many."""
_SAME_PERSON: Final = frozenset({" and ", " or "})


@dataclass(frozen=True, slots=True)
class _Phrase:
    """An office's phrase in its context.

    Which office it is, the whole span, and whether "acting" is before it.
    """

    office: str
    start: int
    end: int
    acting: bool = False


@dataclass(frozen=True, slots=True)
class _OfficeContext:
    """What ends or starts where in a field.

    Countries with their iso3 code and other edge, people with their id.
    """

    country_ends: Mapping[int, tuple[str, int]]
    country_starts: Mapping[int, tuple[str, int]]
    person_ends: Mapping[int, str]
    person_starts: Mapping[int, str | None]
    other_body_ends: frozenset[int]
    people: Mapping[str | None, Sequence[Mention]]


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
    of_article: ArticleEvidence | None = None
    mentions: list[list[Mention]] = []
    for index, scan in enumerate(scans):
        of_field = FieldEvidence(scan, people[index], countries[index], organisations[index])
        if scan.spans(NameKind.OFFICE, NameKind.OFFICE_OF):
            of_article = of_article or _gather_evidence(people, countries)
            find = _mentions(of_field, of_article, people_masks[index], day, gazetteer)
            of_field.offices.extend(find)
        mentions.append(of_field.offices)
    return mentions


def _gather_evidence(
    people: Sequence[Sequence[Mention]], countries: Sequence[Sequence[CountryMention]]
) -> ArticleEvidence:
    return ArticleEvidence(
        people=frozenset(
            mention.actor for of_field in people for mention in of_field if mention.actor
        ),
        countries=frozenset(mention.iso3 for of_field in countries for mention in of_field),
    )


def _mentions(
    of_field: FieldEvidence,
    of_article: ArticleEvidence,
    people_mask: Mask,
    day: date,
    gazetteer: Gazetteer,
) -> Iterator[Mention]:
    scan = of_field.scan
    context = _build_context(scan, of_field.people, of_field.countries)
    other_person = -1
    for span in longest_spans(_merge_spans(scan)):
        if span.end + 1 in context.person_starts or not people_mask.is_free(span.start, span.end):
            continue
        phrase = _parse_phrase(scan, span, context, day, gazetteer)
        if phrase:
            of_article.offices.add(phrase.office)
        else:
            phrase = _infer_phrase(span, of_field, of_article, context, day, gazetteer)
        if phrase is None or phrase.end + 1 in context.person_starts:
            continue
        if (
            _is_other_person(scan, phrase, context, gazetteer)
            or _is_other_time(scan, phrase, context, day, gazetteer)
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
        if _is_role(scan, phrase, context, actor):
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


def _merge_spans(scan: FieldScan) -> Iterator[CandidateSpan]:
    """Yield the phrases with all offices they may refer to, alone or with a country."""
    merged: dict[tuple[int, int], CandidateSpan] = {}
    for span in scan.spans(NameKind.OFFICE, NameKind.OFFICE_OF):
        edges = (span.start, span.end)
        merged[edges] = (
            CandidateSpan(*edges, (*merged[edges].names, *span.names)) if edges in merged else span
        )
    yield from merged.values()


def _build_context(
    scan: FieldScan, people: Sequence[Mention], countries: Sequence[CountryMention]
) -> _OfficeContext:
    relative = [(span, span.names[0].owner) for span in scan.spans(NameKind.RELATIVE)]
    return _OfficeContext(
        country_ends={span.end: (iso3, span.start) for span, iso3 in relative}
        | {country.end: (country.iso3, country.start) for country in countries},
        country_starts={country.start: (country.iso3, country.end) for country in countries},
        person_ends={mention.end: mention.actor for mention in people if mention.actor},
        person_starts={mention.start: mention.actor for mention in people},
        other_body_ends=frozenset(span.end for span in scan.spans(NameKind.OTHER_BODY)),
        people=_by_actor(people),
    )


def _by_actor(people: Sequence[Mention]) -> Mapping[str | None, Sequence[Mention]]:
    by_actor: defaultdict[str | None, list[Mention]] = defaultdict(list)
    for mention in people:
        by_actor[mention.actor].append(mention)
    return by_actor


def _parse_phrase(
    scan: FieldScan,
    span: CandidateSpan,
    context: _OfficeContext,
    day: date,
    gazetteer: Gazetteer,
) -> _Phrase | None:
    """Return which office the phrase refers to in its context, if any."""
    plain, start = scan.text.plain, _before_acting(scan, span.start)
    edge = _EDGE.search(plain, max(0, start - 3), start)
    before, first = context.country_ends.get(edge.start(), ("", 0)) if edge else ("", 0)
    after, last = _country_after(plain, span.end, context)
    owner = ""
    if edge and edge["possessive"]:
        owner = _owners_country(context.person_ends.get(edge.start()), day, gazetteer)
    for country, place in (
        (before, (first, span.end)),
        (after, (start, last)),
        (owner, (start, span.end)),
    ):
        office = _office_of_country(span, country, gazetteer) if country else None
        if office:
            acting = start < span.start or _before_acting(scan, place[0]) < place[0]
            if acting:
                office = gazetteer.acting_offices.get(office, office)
            return _Phrase(office, *place, acting=acting)
    alone = next((name.owner for name in span.names if name.kind is NameKind.OFFICE), None)
    if alone and before in {"", gazetteer.offices[alone].country}:
        whole = first if before else start
        acting = start < span.start or _before_acting(scan, whole) < whole
        return _Phrase(alone, whole, span.end, acting=acting)
    return None


def _infer_phrase(
    span: CandidateSpan,
    of_field: FieldEvidence,
    of_article: ArticleEvidence,
    context: _OfficeContext,
    day: date,
    gazetteer: Gazetteer,
) -> _Phrase | None:
    """Return the office of a phrase without its country beside it, by what the article says.

    Words like "new" may be before it, and before them the country: Japan's new prime minister.
    """
    scan = of_field.scan
    plain = scan.text.plain
    start = _before_acting(scan, span.start)
    first = _before_modifiers(scan, start)
    if first < start:
        edge = _EDGE.search(plain, max(0, first - 3), first)
        country = context.country_ends.get(edge.start(), ("", 0))[0] if edge else ""
        if edge and edge["possessive"] and not country:
            country = _owners_country(context.person_ends.get(edge.start()), day, gazetteer)
        if country:
            office = _office_of_country(span, country, gazetteer)
            return _Phrase(office, start, span.end, acting=start < span.start) if office else None
    surface = plain[span.start : span.end]
    if (" " not in surface and surface.lower() not in _WORDS_ALONE) or _is_narrowed(scan, span.end):
        return None
    determiner = scan.word_before(first)
    candidates = {name.owner for name in span.names if name.kind is NameKind.OFFICE_OF}
    if determiner is None or not candidates:
        return None
    office = infer_office(
        sorted(candidates),
        determiner.text.lower(),
        span.start,
        of_field,
        of_article,
        day,
        gazetteer,
    )
    return _Phrase(office, start, span.end, acting=start < span.start) if office else None


def _before_modifiers(scan: FieldScan, start: int) -> int:
    """Return where the words that leave an office the office begin, if there are any."""
    for _ in range(_MOST_MODIFIERS):
        word = scan.word_before(start)
        if word is None or word.text.lower() not in _MODIFIERS:
            break
        start = word.start
    return start


def _is_narrowed(scan: FieldScan, end: int) -> bool:
    """Return whether the phrase goes on: of something, or with a name that is not listed."""
    after = scan.word_after(end)
    return after is not None and (after.text.lower() == "of" or after.text[0].isupper())


def _owners_country(actor: str | None, day: date, gazetteer: Gazetteer) -> str:
    """Return the country of a person in office; Obama's secretary is not today's."""
    person = gazetteer.actors.get(actor or "")
    return person.country if person and is_in_office(person.id, day, gazetteer) else ""


def _before_acting(scan: FieldScan, start: int) -> int:
    """Return where a phrase at ``start`` begins with its "acting", if it has one."""
    before = scan.word_before(start)
    return before.start if before and before.text.lower() == _ACTING else start


def _country_after(plain: str, end: int, context: _OfficeContext) -> tuple[str, int]:
    of = _OF.match(plain, end)
    return context.country_starts.get(of.end(), ("", 0)) if of else ("", 0)


def _office_of_country(span: CandidateSpan, country: str, gazetteer: Gazetteer) -> str | None:
    return next(
        (
            name.owner
            for name in span.names
            if name.kind is NameKind.OFFICE_OF and gazetteer.offices[name.owner].country == country
        ),
        None,
    )


def _is_other_person(
    scan: FieldScan, phrase: _Phrase, context: _OfficeContext, gazetteer: Gazetteer
) -> bool:
    """Return whether the words around make it another person than the holder."""
    plain = scan.text.plain
    before = scan.word_before(_before_modifiers(scan, phrase.start))
    after = scan.word_after(phrase.end)
    edge = _EDGE.search(plain, max(0, phrase.start - 3), phrase.start)
    narrower = _FOR.match(plain, phrase.end)
    return (
        (
            before is not None
            and (
                before.text.lower() in _ANY_HOLDER
                or before.text.lower() in gazetteer.not_the_holder
            )
        )
        or (after is not None and after.text.lower() in gazetteer.guards.not_yet_the_holder)
        or (edge is not None and edge.start() in context.other_body_ends)
        or (narrower is not None and narrower[1].isupper())
    )


def _is_other_time(
    scan: FieldScan, phrase: _Phrase, context: _OfficeContext, day: date, gazetteer: Gazetteer
) -> bool:
    """Return whether the words after the office speak of another time than the article's."""
    match = _OTHER_TIME.match(scan.text.plain, phrase.end)
    if match is None:
        return False
    if match["year"]:
        return int(match["year"]) != day.year
    if match["rule"]:
        ruler = context.person_starts.get(match.end())
        return ruler is not None and not is_in_office(ruler, day, gazetteer)
    return True


def _is_role(scan: FieldScan, phrase: _Phrase, context: _OfficeContext, holder: str | None) -> bool:
    """Return whether the office is a role to take and the sentence does not name its holder.

    Example: sworn in as secretary of state.
    """
    start = max(0, phrase.start - _ROLE_REACH)
    if not _ROLE.search(scan.text.plain, start, phrase.start):
        return False
    people = context.people.get(holder, ()) if holder else ()
    after = bisect_left(people, phrase.end, key=attrgetter("start"))
    nearest = people[max(0, after - 1) : after + 1]
    return all(
        scan.sentences.is_divided(min(mention.end, phrase.end), max(mention.start, phrase.start))
        for mention in nearest
    )


def _is_unknown_persons_title(scan: FieldScan, phrase: _Phrase, gazetteer: Gazetteer) -> bool:
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
