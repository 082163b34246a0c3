"""The North, the South: countries where the article has established which.

Not the North of England, not the South Side, and not the American South of an article that also
names North Korea: beside other Norths and Souths, and in the South, a Korea must be near.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from typing import Final

from services.tagger.data.gazetteer import Gazetteer
from services.tagger.scan.automaton import CandidateSpan, NameKind
from services.tagger.scan.candidate_spans import FieldScan, Mask
from shared.messages.schemas import CountryMention

_OTHER_REGION: Final = re.compile(
    r"[NS]o[ru]th(?:ern)? (?!Korea|China|Pacific|Asia|Atlantic|Pole|Sea)[A-Z][a-z]"
)
_AMERICAN: Final = ("Deep South", "American South", "Confedera", "Dixie", "Civil War")
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
        [span for span in _candidates(scan) if mask.is_free(span.start, span.end)]
        for scan, mask in zip(scans, people, strict=True)
    ]
    if not any(spans):
        return [[] for _ in scans]
    owners = {span.names[0].owner for of_field in spans for span in of_field}
    pair = owners.union(*(group for group in gazetteer.groups.values() if owners & set(group)))
    named = {mention.iso3 for of_field in countries for mention in of_field}
    if not named & pair:
        return [[] for _ in scans]
    sure = owners if len(owners) > 1 else named
    found: list[list[CountryMention]] = []
    is_established = False
    for scan, of_field, mentions in zip(scans, spans, countries, strict=True):
        starts = sorted(mention.start for mention in mentions if mention.iso3 in pair)
        established = 0 if is_established or scan.field == "headline" else min(starts, default=None)
        found.append(
            [
                _mention(scan, span)
                for span in of_field
                if established is not None
                and established <= span.start
                and (span.names[0].owner in sure or not _is_american(scan, span))
                and _is_country(scan, span, gazetteer)
                and (_is_near(starts, span) or not (_is_place(scan, span) or _has_rival(scans)))
            ]
        )
        is_established = is_established or bool(starts)
    return found


def _candidates(scan: FieldScan) -> list[CandidateSpan]:
    """Return the relative names that no longer name begins with: not the North Korean."""
    relative = scan.spans(NameKind.RELATIVE)
    if not relative:
        return []
    others = scan.spans(NameKind.COUNTRY, NameKind.DEMONYM, NameKind.GROUP, NameKind.STOP_NAME)
    starts = {span.start for span in others}
    return [
        span
        for span in sorted(relative)
        if starts.isdisjoint((span.start, span.start + len("the ")))
    ]


def _has_rival(scans: Sequence[FieldScan]) -> bool:
    """Return whether the article is about other Norths and Souths as well."""
    return any(
        _OTHER_REGION.search(scan.text.plain) or any(word in scan.text.plain for word in _AMERICAN)
        for scan in scans
    )


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
