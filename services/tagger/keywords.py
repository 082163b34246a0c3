"""Step 7: keywords, by the listed word forms. Each keyword is found for itself, so adding one changes no other's hits.

English forms and those in other scripts than Latin count in every article; the rest only in articles of their language.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from services.tagger.find import Found, Kind, longest
from services.tagger.scan import Scan
from shared.schemas import KeywordHit

_EVERYWHERE: Final = "en"
_LATIN: Final = re.compile("[a-zA-Z\u00c0-\u024f]")


def find_keywords(scan: Scan, language: str) -> list[KeywordHit]:
    """The hits in one field of an article in ``language`` (ISO 639-1), in the order of the text."""
    by_keyword: defaultdict[str, list[Found]] = defaultdict(list)
    for found in scan.of(Kind.KEYWORD):
        for keyword in {name.owner for name in found.names if name.language == _EVERYWHERE or _counts(name.written, name.language, language)}:
            by_keyword[keyword].append(found)
    hits = (hit for keyword, places in by_keyword.items() for hit in _hits(scan, keyword, places))
    return sorted(hits, key=lambda hit: (hit.start, hit.end, hit.keyword))


@lru_cache(maxsize=65536)
def _counts(written: str, language: str, of_article: str) -> bool:
    return language in {_EVERYWHERE, of_article} or not _LATIN.search(written)


def _hits(scan: Scan, keyword: str, places: list[Found]) -> Iterator[KeywordHit]:
    for found in longest(places) if len(places) > 1 else places:
        yield KeywordHit(field=scan.field, start=found.start, end=found.end, surface=scan.text.plain[found.start : found.end], keyword=keyword)
