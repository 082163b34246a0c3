"""An office's phrase, and what stands around it in its field."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.tagger.scan.automaton import NameKind
from services.tagger.scan.candidate_spans import FieldScan
from shared.messages.schemas import CountryMention, Mention


@dataclass(frozen=True, slots=True)
class OfficePhrase:
    """An office's phrase in its context.

    Which office it is, the whole span, and whether "acting" is before it.
    """

    office: str
    start: int
    end: int
    acting: bool = False


@dataclass(frozen=True, slots=True)
class OfficeContext:
    """What ends or starts where in a field.

    Countries with their iso3 code and other edge, people with their id. ``people``: the mentions of
    each.
    """

    scan: FieldScan
    country_ends: Mapping[int, tuple[str, int]]
    country_starts: Mapping[int, tuple[str, int]]
    person_ends: Mapping[int, str]
    person_starts: Mapping[int, str | None]
    organisation_ends: frozenset[int]
    other_body_ends: frozenset[int]
    surname_starts: frozenset[int]
    people: Mapping[str | None, Sequence[Mention]]


def build_context(
    scan: FieldScan, people: Sequence[Mention], countries: Sequence[CountryMention]
) -> OfficeContext:
    """Index a field by the people and countries that it names, in text order."""
    relative = [(span, span.names[0].owner) for span in scan.spans(NameKind.RELATIVE)]
    return OfficeContext(
        scan=scan,
        country_ends={span.end: (iso3, span.start) for span, iso3 in relative}
        | {country.end: (country.iso3, country.start) for country in countries},
        country_starts={span.start: (iso3, span.end) for span, iso3 in relative}
        | {country.start: (country.iso3, country.end) for country in countries},
        person_ends={mention.end: mention.actor for mention in people if mention.actor},
        person_starts={mention.start: mention.actor for mention in people},
        organisation_ends=frozenset(
            span.end for span in scan.spans(NameKind.ORGANISATION, NameKind.ABBREVIATION)
        ),
        other_body_ends=frozenset(span.end for span in scan.spans(NameKind.OTHER_BODY)),
        surname_starts=frozenset(span.start for span in scan.spans(NameKind.SURNAME)),
        people=_by_actor(people),
    )


def _by_actor(people: Sequence[Mention]) -> Mapping[str | None, Sequence[Mention]]:
    by_actor: defaultdict[str | None, list[Mention]] = defaultdict(list)
    for mention in people:
        by_actor[mention.actor].append(mention)
    return by_actor
