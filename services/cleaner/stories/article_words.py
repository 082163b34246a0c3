"""An article as it is compared: its words in order, and the set of its runs of three words."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from services.cleaner.text.characters import unspaced_runs
from shared.text.writing_systems import LETTERED, SIGNS, UNSPACED

RUN_WORDS: Final = 3
MOST_WORDS: Final = 2500
"""No more words are compared: aligning two texts takes time with the square of their length, and copies differ early."""
_WORD: Final = re.compile(rf"[{SIGNS}]|[{LETTERED}]+|\d+(?:[.,:]\d+)*|[^\W\d_{UNSPACED}]+")


@dataclass(frozen=True, slots=True)
class ArticleWords:
    """Words, folded, a number with its separators being one; and their runs."""

    words: tuple[str, ...]
    runs: frozenset[str]


def article_words(text: str) -> ArticleWords:
    """The text as it is compared. A text of fewer words than a run is one run; one without words has none."""
    found = _WORD.findall(unicodedata.normalize("NFKC", text).casefold().replace("\u00ad", ""))
    words = tuple(unspaced_runs(found))[:MOST_WORDS]
    runs = (
        " ".join(words[at : at + RUN_WORDS]) for at in range(max(1, len(words) - RUN_WORDS + 1))
    )
    return ArticleWords(words, frozenset(runs) if words else frozenset())
