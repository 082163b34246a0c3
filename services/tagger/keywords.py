"""Step 7: keywords, by the listed word forms (languages.py says which count). Each is found for itself, so adding one changes no other's hits."""

from collections import defaultdict
from collections.abc import Iterator

from services.tagger.languages import EVERYWHERE, applies_to_language
from services.tagger.scan.automaton import CandidateSpan, NameKind, longest_spans
from services.tagger.scan.candidate_spans import FieldScan
from shared.messages.schemas import KeywordHit


def find_keywords(scan: FieldScan, language: str) -> list[KeywordHit]:
    """The hits in one field of an article in ``language`` (ISO 639-1), in the order of the text."""
    by_keyword: defaultdict[str, list[CandidateSpan]] = defaultdict(list)
    for found in scan.of(NameKind.KEYWORD):
        for keyword in {
            name.owner
            for name in found.names
            if name.language == EVERYWHERE or applies_to_language(name, language)
        }:
            by_keyword[keyword].append(found)
    hits = (hit for keyword, places in by_keyword.items() for hit in _hits(scan, keyword, places))
    return sorted(hits, key=lambda hit: (hit.start, hit.end, hit.keyword))


def _hits(scan: FieldScan, keyword: str, places: list[CandidateSpan]) -> Iterator[KeywordHit]:
    for found in longest_spans(places) if len(places) > 1 else places:
        yield KeywordHit(
            field=scan.field,
            start=found.start,
            end=found.end,
            surface=scan.text.plain[found.start : found.end],
            keyword=keyword,
        )
