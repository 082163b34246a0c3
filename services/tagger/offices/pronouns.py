"""Whose office a phrase after a pronoun is: his foreign minister, its foreign minister.

"His" and "her" are of the officials of that gender whom the sentence has named before; of the one
directly before the pronoun ("and Vladimir Putin his defense minister"); or, where the sentence
opens with the pronoun, of the first one in the sentence before. "Its" and "their" are of the
countries and bodies that are named there.
"""

from collections.abc import Iterator
from datetime import date
from typing import Final

from services.tagger.data.gazetteer import Gazetteer
from services.tagger.offices.context import FieldEvidence, mentions_between
from services.tagger.offices.terms import is_in_office
from services.tagger.scan.candidate_spans import AdjacentWord
from shared.messages.schemas import Mention

_OWNERS: Final = {"his": "m", "her": "f"}
_OF_A_COUNTRY: Final = frozenset({"its", "their"})
_OPENING: Final = 5
"""Characters that may be before a pronoun that opens a sentence: But his …"""


def countries_of_pronoun(
    pronoun: AdjacentWord,
    position: int,
    of_field: FieldEvidence,
    day: date,
    gazetteer: Gazetteer,
) -> set[str]:
    """Return the countries (iso3) of whom the pronoun before ``position`` may refer to."""
    word = pronoun.text.lower()
    sentence = of_field.scan.sentences.around(position, position + 1)
    before = range(0)
    if sentence.start and pronoun.start - sentence.start <= _OPENING:
        previous = of_field.scan.sentences.around(sentence.start - 1, sentence.start)
        before = range(previous.start, sentence.start)
    if word in _OWNERS:
        gender = _OWNERS[word]
        here = range(sentence.start, position)
        officials = list(_officials(gender, here, of_field, day, gazetteer))
        adjacent = [person for person in officials if person.end == pronoun.start - 1]
        if not officials:
            first = sorted(
                _officials(gender, before, of_field, day, gazetteer),
                key=lambda person: person.start,
            )
            adjacent = first[:1]
        return {gazetteer.actors[person.actor or ""].country for person in adjacent or officials}
    if word in _OF_A_COUNTRY:
        here = range(sentence.start, position)
        return _countries(here, of_field, gazetteer) or _countries(before, of_field, gazetteer)
    return set()


def _officials(
    gender: str, place: range, of_field: FieldEvidence, day: date, gazetteer: Gazetteer
) -> Iterator[Mention]:
    """Yield the mentions of officials of a gender in a range, by name or office."""
    for mentions in (of_field.people, of_field.offices):
        for mention in mentions_between(mentions, place.start, place.stop):
            actor = gazetteer.actors.get(mention.actor or "")
            if actor and actor.gender == gender and is_in_office(actor.id, day, gazetteer):
                yield mention


def _countries(place: range, of_field: FieldEvidence, gazetteer: Gazetteer) -> set[str]:
    countries = {
        country.iso3 for country in mentions_between(of_field.countries, place.start, place.stop)
    }
    for body in mentions_between(of_field.organisations, place.start, place.stop):
        organisation = gazetteer.organisations.get(body.actor or "")
        if organisation and organisation.country:
            countries.add(organisation.country)
    return countries
