"""The people, organisations and countries that a field names, as participants of its events."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from services.tagger.data.gazetteer import Gazetteer
from services.tagger.scan.candidate_spans import FieldScan, Mask
from shared.messages.schemas import CountryMention, Mention

_TITLE_BETWEEN: Final = re.compile(r"(?:['’]s?)?(?: (?:[a-z][\w-]*|[A-Z][a-z]+|of)){0,5} ")
_CLAUSE_WORD: Final = re.compile(
    r"\b(?:and|or|with|to|on|in|at|from|by|for|that|as|but|over|after|before|against|met|said"
    r"|told|\w+ed|\w+ing|\w+s)\b"
)
_ADJECTIVAL: Final = re.compile(r"(?:[A-Z]\.?){2,4}")


class Participant(msgspec.Struct, frozen=True, order=True, gc=False):
    """An actor or country in a field: its span, id (ISO3 for a country) and country.

    ``is_name``: a country by its full name, which before a noun is no adjective.
    """

    start: int
    end: int
    id: str
    country: str | None
    is_name: bool = False


class Participants:
    """The participants of a field in text order; an actor stands for the country in its title."""

    def __init__(
        self,
        scan: FieldScan,
        mentions: Sequence[Mention],
        countries: Sequence[CountryMention],
        gazetteer: Gazetteer,
    ) -> None:
        self.all: Final = tuple(
            _without_titles(
                scan.text.plain, sorted(_participants(scan, mentions, countries, gazetteer))
            )
        )
        self._starts: Final = [participant.start for participant in self.all]

    def is_any_within(self, start: int, end: int) -> bool:
        """Return whether one starts at ``start`` or later and before ``end``."""
        index = bisect_left(self._starts, start)
        return index < len(self._starts) and self._starts[index] < end

    def twin(self, participant: Participant) -> Participant | None:
        """Return the other country of "North and South Korea", which share a span."""
        for index in range(bisect_left(self._starts, participant.start), len(self.all)):
            other = self.all[index]
            if other.start > participant.start:
                return None
            if other.id != participant.id:
                return other
        return None

    def before(self, position: int, reach: int) -> Iterator[Participant]:
        """Yield those that end at ``position`` or up to ``reach`` before it, the nearest first."""
        for index in range(bisect_left(self._starts, position) - 1, -1, -1):
            participant = self.all[index]
            if participant.end < position - reach:
                return
            if participant.end <= position:
                yield participant

    def after(self, position: int, reach: int) -> Iterator[Participant]:
        """Yield those that start at ``position`` or up to ``reach`` after it, in text order."""
        for index in range(bisect_left(self._starts, position), len(self.all)):
            if self.all[index].start > position + reach:
                return
            yield self.all[index]


def _participants(
    scan: FieldScan,
    mentions: Sequence[Mention],
    countries: Sequence[CountryMention],
    gazetteer: Gazetteer,
) -> Iterator[Participant]:
    actors = [
        Participant(mention.start, mention.end, mention.actor, country_of(mention.actor, gazetteer))
        for mention in mentions
        if mention.actor
    ]
    yield from actors
    mask = Mask(len(scan.text.plain), actors)
    for country in countries:
        if mask.is_free(country.start, country.end):
            yield Participant(
                country.start,
                country.end,
                country.iso3,
                country.iso3,
                country.surface in gazetteer.countries[country.iso3].names
                and not _ADJECTIVAL.fullmatch(country.surface),
            )


def country_of(actor: str, gazetteer: Gazetteer) -> str | None:
    """Return the country (ISO3) of a person or organisation, None if it has none."""
    if actor in gazetteer.actors:
        return gazetteer.actors[actor].country
    return gazetteer.organisations[actor].country


def _without_titles(plain: str, ordered: Sequence[Participant]) -> Iterator[Participant]:
    """Yield the participants without a country in an actor's title: North Korean leader Kim."""
    for index, participant in enumerate(ordered):
        following = ordered[index + 1] if index + 1 < len(ordered) else None
        if (
            following is None
            or not participant.id.isupper()
            or following.id.isupper()
            or following.start - participant.end > 60
            or not _is_title(plain[participant.end : following.start])
        ):
            yield participant


def _is_title(between: str) -> bool:
    return bool(_TITLE_BETWEEN.fullmatch(between)) and not _CLAUSE_WORD.search(between)
