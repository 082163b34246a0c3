"""Which of the listed forms count in an article: English ones and those in other scripts than Latin in every one, the rest in their language."""

import re
from functools import lru_cache
from typing import Final

from services.tagger.scan.automaton import Name

EVERYWHERE: Final = "en"
_LATIN: Final = re.compile("[a-zA-Z\u00c0-\u024f]")


@lru_cache(maxsize=65536)
def applies_to_language(name: Name, of_article: str) -> bool:
    """Whether a listed name counts in an article in that language (both ISO 639-1); names of no language always do."""
    return name.language in {"", EVERYWHERE, of_article} or not _LATIN.search(name.written)
