"""Find keywords by their listed forms (languages.py tells which of them count).

Each keyword is found independently, so adding one changes no other's hits.
"""

from collections import defaultdict
from collections.abc import Iterator

from services.tagger.languages import EVERYWHERE, applies_to_language
from services.tagger.scan.automaton import CandidateSpan, NameKind, longest_spans
from services.tagger.scan.candidate_spans import FieldScan
from shared.messages.schemas import KeywordHit


def find_keywords(scan: FieldScan, language: str) -> list[KeywordHit]:
    """Return the hits in one field of an article in ``language`` (ISO 639-1), in text order."""
    spans = scan.spans(NameKind.KEYWORD)
    if not spans:
        return []
    by_keyword: defaultdict[str, list[CandidateSpan]] = defaultdict(list)
    for span in spans:
        for keyword in {
            name.owner
            for name in span.names
            if name.language == EVERYWHERE or applies_to_language(name, language)
        }:
            by_keyword[keyword].append(span)
    hits = (hit for keyword, spans in by_keyword.items() for hit in _hits(scan, keyword, spans))
    return sorted(hits, key=lambda hit: (hit.start, hit.end, hit.keyword))


def _hits(scan: FieldScan, keyword: str, spans: list[CandidateSpan]) -> Iterator[KeywordHit]:
    for span in longest_spans(spans) if len(spans) > 1 else spans:
        yield KeywordHit(
            field=scan.field,
            start=span.start,
            end=span.end,
            surface=scan.text.plain[span.start : span.end],
            keyword=keyword,
        )
