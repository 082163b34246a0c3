"""Whose office a phrase without a country is: what the rest of the article says.

"The foreign minister" refers to an office if its sentence names the body to which the office
belongs (the White House, the chief of staff) or the government (Downing Street, the prime
minister), if the article names the office with its country or
names its holder, or if the article is about one country only. "His foreign minister" is that of the
country whose official the sentence has named, "its foreign minister" that of the country. Where two
offices are possible, neither is taken.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from operator import attrgetter
from typing import Final, TypeVar

from services.tagger.data.gazetteer import Gazetteer
from services.tagger.offices.terms import is_in_office, terms_on
from services.tagger.scan.candidate_spans import FieldScan
from shared.messages.schemas import CountryMention, Mention

M = TypeVar("M", Mention, CountryMention)

_THE: Final = "the"
_OWNERS: Final = {"his": "m", "her": "f"}
_OF_A_COUNTRY: Final = frozenset({"its", "their"})
_NEAREST: Final = 20
"""Mentions in a sentence that are looked at, counted back from the phrase."""


class ArticleEvidence:
    """What an article names: its people, countries, and the offices with their countries so far."""

    def __init__(
        self,
        people: Sequence[Sequence[Mention]],
        countries: Sequence[Sequence[CountryMention]],
    ) -> None:
        self._people: Final = people
        self._countries: Final = countries
        self.offices: Final = set[str]()

    @cached_property
    def people(self) -> frozenset[str]:
        """Return the ids of the people whom the article names."""
        return frozenset(
            mention.actor for of_field in self._people for mention in of_field if mention.actor
        )

    @cached_property
    def countries(self) -> frozenset[str]:
        """Return the countries (iso3) that the article names."""
        return frozenset(mention.iso3 for of_field in self._countries for mention in of_field)


@dataclass(frozen=True, slots=True)
class FieldEvidence:
    """What a field names, in text order; ``offices`` grows while the field is tagged."""

    scan: FieldScan
    people: Sequence[Mention]
    countries: Sequence[CountryMention]
    organisations: Sequence[Mention]
    offices: list[Mention] = field(default_factory=list)


def infer_office(
    candidates: Sequence[str],
    determiner: str,
    position: int,
    of_field: FieldEvidence,
    of_article: ArticleEvidence,
    day: date,
    gazetteer: Gazetteer,
) -> str | None:
    """Return the one of the candidates to which the phrase at ``position`` refers, if any.

    ``determiner`` is the word before the phrase, in small letters.
    """
    if determiner == _THE:
        return _infer_from_article(candidates, position, of_field, of_article, day, gazetteer)
    if determiner in _OWNERS:
        countries = _countries_of_officials(_OWNERS[determiner], position, of_field, day, gazetteer)
    elif determiner in _OF_A_COUNTRY:
        countries = {
            country.iso3 for country in _before_in_sentence(of_field.countries, position, of_field)
        }
    else:
        return None
    return _only(
        office for office in candidates if {gazetteer.offices[office].country} == countries
    )


def _infer_from_article(
    candidates: Sequence[str],
    position: int,
    of_field: FieldEvidence,
    of_article: ArticleEvidence,
    day: date,
    gazetteer: Gazetteer,
) -> str | None:
    sentence = of_field.scan.sentences.around(position, position + 1)
    bodies = {
        mention.actor for mention in _between(of_field.organisations, sentence.start, sentence.stop)
    }
    by_body = _only(office for office in candidates if gazetteer.offices[office].body in bodies)
    if by_body:
        return by_body
    government = _only_government(bodies, sentence, of_field, gazetteer)
    by_government = _only(
        office
        for office in candidates
        if government and gazetteer.offices[office].country == government
    )
    if by_government:
        return by_government
    supported = [
        office
        for office in candidates
        if office in of_article.offices
        or any(
            term.holder in of_article.people for term in terms_on(gazetteer.offices[office], day)
        )
    ]
    if supported:
        return _only(supported)
    return _only(
        office
        for office in candidates
        if {gazetteer.offices[office].country} == of_article.countries
    )


def _only_government(
    bodies: set[str | None], sentence: range, of_field: FieldEvidence, gazetteer: Gazetteer
) -> str | None:
    """Return the country whose government acts in the sentence, if it names no other country.

    It acts by a body (the Blue House) or a seat (Downing Street).
    """
    countries = _between(of_field.countries, sentence.start, sentence.stop)
    acting = {country.iso3 for country in countries if country.metonym}
    for body in bodies:
        if body and body in gazetteer.organisations:
            acting.add(gazetteer.organisations[body].country or "")
    if len(acting) == 1 and all(country.iso3 in acting for country in countries):
        return acting.pop()
    return None


def _countries_of_officials(
    gender: str, position: int, of_field: FieldEvidence, day: date, gazetteer: Gazetteer
) -> set[str]:
    """Return the countries of the officials of this gender whom the sentence has named before."""
    ids = {
        mention.actor
        for mentions in (of_field.people, of_field.offices)
        for mention in _before_in_sentence(mentions, position, of_field)
        if mention.actor
    }
    return {
        gazetteer.actors[id_].country
        for id_ in ids
        if gazetteer.actors[id_].gender == gender and is_in_office(id_, day, gazetteer)
    }


def _before_in_sentence(
    mentions: Sequence[M], position: int, of_field: FieldEvidence
) -> Sequence[M]:
    sentence = of_field.scan.sentences.around(position, position + 1)
    return _between(mentions, sentence.start, position)


def _between(mentions: Sequence[M], start: int, stop: int) -> Sequence[M]:
    """Return the last mentions that start in a range."""
    first = bisect_left(mentions, start, key=attrgetter("start"))
    end = bisect_left(mentions, stop, key=attrgetter("start"))
    return mentions[max(first, end - _NEAREST) : end]


def _only(offices: Iterable[str]) -> str | None:
    """Return the only one of several ids, None where there is none or another."""
    different = set(offices)
    return different.pop() if len(different) == 1 else None
