"""Which listed forms count in an article.

English forms and those in other scripts than Latin count in every article, the others in articles
of their language.
"""

import re
from functools import lru_cache
from typing import Final

from services.tagger.scan.automaton import Name

EVERYWHERE: Final = "en"
_LATIN: Final = re.compile("[a-zA-Z\u00c0-\u024f]")


@lru_cache(maxsize=65536)
def applies_to_language(name: Name, language: str) -> bool:
    """Return whether a listed name counts in an article in ``language`` (ISO 639-1).

    Names without a language always do.
    """
    return name.language in {"", EVERYWHERE, language} or not _LATIN.search(name.spelling)
