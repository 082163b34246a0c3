"""The North, the South: countries where the article has established which.

Not the North of England, not the South Side, and not the American South of an article that also
names North Korea: beside other Norths and Souths, and in the South, a Korea must be near.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Final

from services.tagger.data.gazetteer import Gazetteer
from services.tagger.scan.automaton import CandidateSpan, NameKind, longest_spans
from services.tagger.scan.candidate_spans import FieldScan, Mask
from shared.messages.schemas import CountryMention

_RIVAL: Final = re.compile(
    r"\b(?:(?:North|South)(?:ern)? (?!Korea|China|Pacific|Asia|Atlantic|Pole|Sea)[A-Z][a-z]"
    r"|(?:[Dd]eep|American|Old|Global|Jim Crow) South\b|Confedera|Dixie|Civil War\b)"
)
_NO_COUNTRY_AFTER: Final = re.compile(r" of (?!Kor)|[-‐-–][A-Za-z]| (?:and|or) (?:East|West)\b")
_ALSO_AMERICAN: Final = "south"
"""The South is also a part of the U.S., so its country itself must be named, or the North."""
_PLACES_BEFORE: Final = ("in ", "In ", "across ", "throughout ", "down ", "up ", "of ", "from ")
_NEAR: Final = 250
"""So many characters before, a country's name still says which North is meant."""


def find_relative_mentions(
    scans: Sequence[FieldScan],
    people: Sequence[Mask],
    countries: Sequence[Sequence[CountryMention]],
    gazetteer: Gazetteer,
) -> list[list[CountryMention]]:
    """Return the mentions by relative name of each field; ``countries`` are those by others."""
    spans = [
        [span for span in longest_spans(_candidates(scan)) if mask.is_free(span.start, span.end)]
        for scan, mask in zip(scans, people, strict=True)
    ]
    if not any(spans):
        return [[] for _ in scans]
    owners = {span.names[0].owner for span in chain.from_iterable(spans)}
    pair = owners | {
        iso3 for group in gazetteer.groups.values() if owners & set(group) for iso3 in group
    }
    named = {mention.iso3 for of_field in countries for mention in of_field}
    has_rival = any(_RIVAL.search(scan.text.plain) for scan in scans)
    found: list[list[CountryMention]] = []
    is_established = False
    for scan, of_field, mentions in zip(scans, spans, countries, strict=True):
        starts = sorted(mention.start for mention in mentions if mention.iso3 in pair)
        found.append(
            [
                _mention(scan, span)
                for span in of_field
                if (len(owners) > 1 or span.names[0].owner in named or not _is_american(scan, span))
                and (
                    scan.field == "headline"
                    or is_established
                    or (starts and starts[0] < span.start)
                )
                and _is_country(scan, span, gazetteer)
                and (_is_near(starts, span) or not (has_rival or _is_place(scan, span)))
            ]
            if named & pair
            else []
        )
        is_established = is_established or bool(starts)
    return found


def _candidates(scan: FieldScan) -> Iterator[CandidateSpan]:
    """Yield relative names, and the longer names that may contain them: the North Korean."""
    if relative := scan.spans(NameKind.RELATIVE):
        others = scan.spans(NameKind.COUNTRY, NameKind.DEMONYM, NameKind.GROUP, NameKind.STOP_NAME)
        taken = Mask(len(scan.text.plain), others)
        yield from (span for span in relative if taken.is_free(span.start, span.end))


def _is_country(scan: FieldScan, span: CandidateSpan, gazetteer: Gazetteer) -> bool:
    """Return whether nothing after the name makes it a region or part of another name."""
    if _NO_COUNTRY_AFTER.match(scan.text.plain, span.end):
        return False
    after = scan.capital_after(span.end)
    return (
        after is None
        or after.text.lower() in gazetteer.after_countries
        or after.text.lower() in gazetteer.capitals_after
    )


def _is_american(scan: FieldScan, span: CandidateSpan) -> bool:
    return scan.text.plain[span.start : span.end].lower().endswith(_ALSO_AMERICAN)


def _is_place(scan: FieldScan, span: CandidateSpan) -> bool:
    return scan.text.plain.endswith(_PLACES_BEFORE, 0, span.start)


def _is_near(starts: Sequence[int], span: CandidateSpan) -> bool:
    """Return whether one of the countries is named shortly before."""
    index = bisect_right(starts, span.start)
    return index > 0 and span.start - starts[index - 1] <= _NEAR


def _mention(scan: FieldScan, span: CandidateSpan) -> CountryMention:
    return CountryMention(
        field=scan.field,
        start=span.start,
        end=span.end,
        surface=scan.text.plain[span.start : span.end],
        iso3=span.names[0].owner,
        metonym=False,
    )
