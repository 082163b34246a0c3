"""Find reports that somebody takes or leaves an office, in one article.

English only. "X was sworn in as prime minister", "Y resigned", "Z was replaced by W": each with the
office, the person, the day and the sentence. What is planned, denied or long ago is no report.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date
from operator import attrgetter
from typing import Final, Literal, NamedTuple

from services.tagger.data.gazetteer import Gazetteer
from services.tagger.offices.context import OfficeContext, OfficePhrase
from services.tagger.offices.phrases import (
    before_acting,
    merge_office_spans,
    office_of_country,
    parse_phrase,
)
from services.tagger.offices.terms import listed_terms_on
from services.tagger.propose.handover_patterns import (
    COUNTRY,
    ENDS,
    FUTURE,
    NOT_REPORTED,
    OFFICE,
    PERSON,
    STARTS,
)
from services.tagger.propose.runs import find_runs
from services.tagger.propose.stated_days import StatedDay, stated_day
from services.tagger.scan.automaton import CandidateSpan, longest_spans
from services.tagger.scan.candidate_spans import FieldScan, scan_article
from shared.messages.schemas import CountryMention, Mention, TaggedArticle

HandoverKind = Literal["start", "end"]

_BEFORE: Final = 120
"""Characters before a report in which a word may make it none."""
_LONGEST_SENTENCE: Final = 1000
_LONGEST_WORD: Final = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """A report in one article that somebody takes (``start``) or leaves (``end``) an office.

    ``actor`` is the id of a person in the data, ``name`` the name in the article; neither is there
    where the article names the holder by the office alone. ``is_stated``: the sentence names the
    day; otherwise it is the article's.
    """

    kind: HandoverKind
    office: str
    actor: str | None
    name: str
    acting: bool
    day: date
    is_stated: bool
    article: str
    source: str
    sentence: str


class _Part(NamedTuple):
    """A person, office or country in a sentence: its span and the character that stands for it."""

    start: int
    end: int
    sign: str
    actor: str | None = None
    name: str = ""
    span: CandidateSpan | None = None
    phrase: OfficePhrase | None = None
    country: str = ""
    acting: bool = False


class _Sentence(NamedTuple):
    """A sentence with signs for what it names, in the order of ``parts``."""

    text: str
    signs: str
    parts: Sequence[_Part]

    def part(self, position: int) -> _Part:
        """Return the part whose sign is at a position of ``signs``."""
        index = sum(character in _SIGNS for character in self.signs[:position])
        return self.parts[index]


_SIGNS: Final = frozenset((PERSON, OFFICE, COUNTRY))


def find_handovers(tagged: TaggedArticle, gazetteer: Gazetteer) -> tuple[Handover, ...]:
    """Find the reports of an article, in text order. Pure."""
    clean = tagged.article
    if clean.language != "en":
        return ()
    day = clean.event_time.astimezone(UTC).date()
    return tuple(
        handover
        for scan in scan_article(clean, gazetteer.finder)
        for sentence in _sentences(scan, tagged, day, gazetteer)
        for handover in _handovers(sentence, tagged, day, gazetteer)
    )


def _sentences(
    scan: FieldScan, tagged: TaggedArticle, day: date, gazetteer: Gazetteer
) -> Iterator[_Sentence]:
    """Yield the sentences that name a person or an office."""
    people = [
        mention
        for mention in tagged.mentions
        if mention.field == scan.field and mention.kind in {"name", "surname"}
    ]
    countries = [country for country in tagged.countries if country.field == scan.field]
    context = OfficeContext(scan, people, countries)
    parts = sorted(
        [
            *_people(scan, people, gazetteer),
            *_offices(scan, context, day, gazetteer),
            *_countries(countries),
        ],
        key=lambda part: (part.start, -part.end),
    )
    plain, position = scan.text.plain, 0
    while position < len(parts):
        around = scan.sentences.around(parts[position].start, parts[position].end)
        following = bisect_left(parts, around.stop, lo=position + 1, key=attrgetter("start"))
        stop = min(around.stop, len(plain), around.start + _LONGEST_SENTENCE)
        yield _build_sentence(plain, around.start, stop, parts[position:following])
        position = following


def _people(scan: FieldScan, people: Sequence[Mention], gazetteer: Gazetteer) -> Iterator[_Part]:
    for mention in people:
        yield _Part(mention.start, mention.end, PERSON, mention.actor, mention.surface)
    listed = scan.name_mask.with_spans(people)
    for run in find_runs(scan, listed, gazetteer):
        if " " in run.name:
            yield _Part(run.start, run.end, PERSON, None, run.name)


def _offices(
    scan: FieldScan, context: OfficeContext, day: date, gazetteer: Gazetteer
) -> Iterator[_Part]:
    for span in longest_spans(merge_office_spans(scan)):
        phrase = parse_phrase(scan, span, context, day, gazetteer)
        if phrase:
            yield _Part(phrase.start, phrase.end, OFFICE, phrase=phrase)
        else:
            start = before_acting(scan, span.start)
            yield _Part(start, span.end, OFFICE, span=span, acting=start < span.start)


def _countries(countries: Iterable[CountryMention]) -> Iterator[_Part]:
    for country in countries:
        yield _Part(country.start, country.end, COUNTRY, country=country.iso3)


def _build_sentence(plain: str, start: int, stop: int, parts: Sequence[_Part]) -> _Sentence:
    """Put signs for the parts; one inside another (the country of an office) has none."""
    pieces, position, visible = list[str](), start, list[_Part]()
    for part in parts:
        if part.start >= position and part.end <= stop:
            pieces += (_without_signs(plain[position : part.start]), part.sign)
            position = part.end
            visible.append(part)
    pieces.append(_without_signs(plain[position:stop]))
    return _Sentence(plain[start:stop].strip(), "".join(pieces), visible)


def _without_signs(text: str) -> str:
    """Return a text without the characters that stand for parts, which no news text has."""
    return "".join(" " if character in _SIGNS else character for character in text)


def _handovers(
    sentence: _Sentence, tagged: TaggedArticle, day: date, gazetteer: Gazetteer
) -> Iterator[Handover]:
    if FUTURE.search(sentence.signs):
        return
    stated = stated_day(sentence.text, day)
    if stated is None:
        return
    for match in _matches(STARTS, sentence):
        office = _office(match, sentence, tagged, day, gazetteer)
        if office:
            successor = _group(match, "person", sentence)
            yield _handover("start", office, successor, stated, sentence, tagged)
            predecessor = _group(match, "predecessor", sentence)
            if predecessor:
                yield _handover("end", office, predecessor, stated, sentence, tagged)
    for match in _matches(ENDS, sentence):
        office = _office(match, sentence, tagged, day, gazetteer)
        if office:
            person = _group(match, "person", sentence)
            yield _handover("end", office, person, stated, sentence, tagged)


def _matches(patterns: Iterable[re.Pattern[str]], sentence: _Sentence) -> Iterator[re.Match[str]]:
    for pattern in patterns:
        for match in pattern.finditer(sentence.signs):
            before = sentence.signs[max(0, match.start() - _BEFORE) : match.start()]
            if not NOT_REPORTED.search(before):
                yield match


def _handover(
    kind: HandoverKind,
    office: OfficePhrase,
    person: _Part | None,
    stated: StatedDay,
    sentence: _Sentence,
    tagged: TaggedArticle,
) -> Handover:
    return Handover(
        kind=kind,
        office=office.office,
        actor=person.actor if person else None,
        name=person.name if person else "",
        acting=office.acting,
        day=stated.day,
        is_stated=stated.is_stated,
        article=tagged.article.article_id,
        source=tagged.article.source,
        sentence=sentence.text,
    )


def _group(match: re.Match[str], name: str, sentence: _Sentence) -> _Part | None:
    """Return the part of a group that took part in the match."""
    position = match.start(name) if name in match.re.groupindex else -1
    return sentence.part(position) if position >= 0 else None


def _office(
    match: re.Match[str],
    sentence: _Sentence,
    tagged: TaggedArticle,
    day: date,
    gazetteer: Gazetteer,
) -> OfficePhrase | None:
    """Return the office of a report: the one it names, else that of the person who leaves it."""
    has_predecessor = "predecessor" in match.re.groupindex
    names = ("title_before",) if has_predecessor else ("office", "title", "aside")
    for name in ("object", *names):
        part = _group(match, name, sentence)
        if part:
            is_other = _is_other_office(match.start(name), sentence, gazetteer)
            return None if is_other else _resolve(part, sentence, tagged, gazetteer)
    leaving = _group(match, "predecessor", sentence) or _group(match, "person", sentence)
    office = _principal_office(leaving.actor, day, gazetteer) if leaving else None
    return OfficePhrase(office, 0, 0) if office else None


def _is_other_office(position: int, sentence: _Sentence, gazetteer: Gazetteer) -> bool:
    """Return whether the word before an office makes it one that is not held: former, deputy."""
    words = sentence.signs[max(0, position - _LONGEST_WORD) : position].replace("-", " ").split()
    return bool(words) and words[-1].lower() in gazetteer.not_the_holder


def _resolve(
    part: _Part, sentence: _Sentence, tagged: TaggedArticle, gazetteer: Gazetteer
) -> OfficePhrase | None:
    """Return the office of a phrase: with its country, or of the only country that is named."""
    if part.phrase or part.span is None:
        return part.phrase
    in_sentence = {named.country for named in sentence.parts if named.country}
    people = {
        gazetteer.actors[named.actor].country
        for named in sentence.parts
        if named.actor and named.actor in gazetteer.actors
    }
    in_article = {country.iso3 for country in tagged.countries}
    for countries in (in_sentence, people, in_article):
        offices = {
            office
            for country in countries
            if (office := office_of_country(part.span, country, gazetteer))
        }
        if len(offices) == 1:
            return OfficePhrase(offices.pop(), part.start, part.end, acting=part.acting)
    return None


def _principal_office(actor: str | None, day: date, gazetteer: Gazetteer) -> str | None:
    """Return the first office that a person holds by the terms as they are listed."""
    return next(
        (
            office_id
            for office_id in gazetteer.offices_by_holder.get(actor or "", ())
            for term in listed_terms_on(gazetteer.offices[office_id], day)
            if term.holder == actor
        ),
        None,
    )
