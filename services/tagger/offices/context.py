"""An office's phrase, and what stands around it in its field."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from operator import attrgetter
from typing import Final, TypeVar

from services.tagger.scan.automaton import NameKind
from services.tagger.scan.candidate_spans import FieldScan
from shared.messages.schemas import CountryMention, Mention

M = TypeVar("M", Mention, CountryMention)

_NEAREST: Final = 20
"""Mentions in a range that are looked at, the last ones."""


@dataclass(frozen=True, slots=True)
class OfficePhrase:
    """An office's phrase in its context.

    Which office it is, the whole span, and whether "acting" is before it.
    """

    office: str
    start: int
    end: int
    acting: bool = False


class OfficeContext:
    """What ends or starts where in a field, by the people and countries that it names.

    Each index is built on first use: most articles need few of them.
    """

    def __init__(
        self, scan: FieldScan, people: Sequence[Mention], countries: Sequence[CountryMention]
    ) -> None:
        self.scan: Final = scan
        self._people: Final = people
        self._countries: Final = countries

    @cached_property
    def country_ends(self) -> Mapping[int, tuple[str, int]]:
        """Map the ends of country names to the country (iso3) and where the name starts."""
        return {
            span.end: (span.names[0].owner, span.start)
            for span in self.scan.spans(NameKind.RELATIVE)
        } | {country.end: (country.iso3, country.start) for country in self._countries}

    @cached_property
    def country_starts(self) -> Mapping[int, tuple[str, int]]:
        """Map the starts of country names to the country (iso3) and where the name ends."""
        return {start: (iso3, end) for end, (iso3, start) in self.country_ends.items()}

    @cached_property
    def person_ends(self) -> Mapping[int, str]:
        """Map the ends of people's names to the actors, where they are resolved."""
        return {mention.end: mention.actor for mention in self._people if mention.actor}

    @cached_property
    def person_starts(self) -> Mapping[int, str | None]:
        """Map the starts of people's names to the actors, None where not resolved."""
        return {mention.start: mention.actor for mention in self._people}

    @cached_property
    def organisation_ends(self) -> frozenset[int]:
        """Return where names of organisations end."""
        spans = self.scan.spans(NameKind.ORGANISATION, NameKind.ABBREVIATION)
        return frozenset(span.end for span in spans)

    @cached_property
    def other_body_ends(self) -> frozenset[int]:
        """Return where names of bodies end whose offices are others: a university, Georgia."""
        return frozenset(span.end for span in self.scan.spans(NameKind.OTHER_BODY))

    @cached_property
    def surname_starts(self) -> frozenset[int]:
        """Return where words start that may be surnames."""
        return frozenset(span.start for span in self.scan.spans(NameKind.SURNAME))

    @cached_property
    def people(self) -> Mapping[str | None, Sequence[Mention]]:
        """Group the mentions of people by actor, in text order."""
        by_actor: defaultdict[str | None, list[Mention]] = defaultdict(list)
        for mention in self._people:
            by_actor[mention.actor].append(mention)
        return by_actor


@dataclass(frozen=True, slots=True)
class FieldEvidence:
    """What a field names, in text order; ``offices`` grows while the field is tagged."""

    scan: FieldScan
    people: Sequence[Mention]
    countries: Sequence[CountryMention]
    organisations: Sequence[Mention]
    offices: list[Mention] = field(default_factory=list)


def mentions_between(mentions: Sequence[M], start: int, stop: int) -> Sequence[M]:
    """Return the last mentions that start in a range."""
    first = bisect_left(mentions, start, key=attrgetter("start"))
    end = bisect_left(mentions, stop, key=attrgetter("start"))
    return mentions[max(first, end - _NEAREST) : end]
