"""Whose office a phrase without a country is: what the rest of the article says.

"The foreign minister" refers to an office if its sentence names the body to which the office
belongs (the White House, the chief of staff) or the government (Downing Street, the prime
minister), if the article names the office with its country or
names its holder, or if no other country of the article has such an office. "His" and "its" are in
pronouns.py. Where two offices are possible, neither is taken.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import cached_property
from typing import Final

from services.tagger.data.gazetteer import Gazetteer
from services.tagger.offices.context import FieldEvidence, mentions_between
from services.tagger.offices.pronouns import countries_of_pronoun
from services.tagger.offices.terms import is_in_office, terms_on
from services.tagger.scan.candidate_spans import AdjacentWord
from shared.messages.schemas import CountryMention, Mention

_THE: Final = "the"


class ArticleEvidence:
    """What an article names: its people, countries, and the offices with their countries so far."""

    def __init__(
        self,
        people: Sequence[Sequence[Mention]],
        countries: Sequence[Sequence[CountryMention]],
    ) -> None:
        self._people: Final = people
        self._countries: Final = countries
        self.offices: Final[set[str]] = set()

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


def infer_office(
    candidates: Sequence[str],
    determiner: AdjacentWord,
    position: int,
    of_field: FieldEvidence,
    of_article: ArticleEvidence,
    day: date,
    gazetteer: Gazetteer,
) -> str | None:
    """Return the one of the candidates to which the phrase at ``position`` refers, if any.

    ``determiner`` is the word before the phrase.
    """
    if determiner.text.lower() == _THE:
        return _infer_from_article(candidates, position, of_field, of_article, day, gazetteer)
    countries = countries_of_pronoun(determiner, position, of_field, day, gazetteer)
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
        mention.actor
        for mention in mentions_between(of_field.organisations, sentence.start, sentence.stop)
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
    countries = of_article.countries | {
        gazetteer.actors[id_].country
        for id_ in of_article.people
        if id_ in gazetteer.actors and is_in_office(id_, day, gazetteer)
    }
    if not countries <= {office.country for office in gazetteer.offices.values()}:
        return None
    return _only(office for office in candidates if gazetteer.offices[office].country in countries)


def _only_government(
    bodies: set[str | None], sentence: range, of_field: FieldEvidence, gazetteer: Gazetteer
) -> str | None:
    """Return the country whose government acts in the sentence, if it names no other country.

    It acts by a body (the Blue House) or a seat (Downing Street).
    """
    countries = mentions_between(of_field.countries, sentence.start, sentence.stop)
    acting = {country.iso3 for country in countries if country.metonym}
    for body in bodies:
        if body and body in gazetteer.organisations:
            acting.add(gazetteer.organisations[body].country or "")
    if len(acting) == 1 and all(country.iso3 in acting for country in countries):
        return acting.pop()
    return None


def _only(offices: Iterable[str]) -> str | None:
    """Return the only one of several ids, None where there is none or another."""
    different = set(offices)
    return different.pop() if len(different) == 1 else None
