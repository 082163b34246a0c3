"""An article as it is compared: its words in order, and the set of its runs of three words."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from services.cleaner.text.characters import split_unspaced_runs
from shared.text.writing_systems import LETTERED, SIGNS, UNSPACED

RUN_WORDS: Final = 3
MAX_WORDS: Final = 2500
"""More words are not compared: aligning two texts takes time with the square of their length, and
texts that are no copies differ early."""
_WORD: Final = re.compile(rf"[{SIGNS}]|[{LETTERED}]+|\d+(?:[.,:]\d+)*|[^\W\d_{UNSPACED}]+")


@dataclass(frozen=True, slots=True)
class ArticleWords:
    """The words regardless of case, a number with its separators as one, and their runs."""

    words: tuple[str, ...]
    runs: frozenset[str]


def article_words(text: str) -> ArticleWords:
    """Return the text as it is compared.

    A text of fewer words than a run is one run; one without words has none.
    """
    folded = unicodedata.normalize("NFKC", text).casefold().replace("\u00ad", "")
    words = tuple(split_unspaced_runs(_WORD.findall(folded)))[:MAX_WORDS]
    starts = range(max(1, len(words) - RUN_WORDS + 1))
    runs = (" ".join(words[start : start + RUN_WORDS]) for start in starts)
    return ArticleWords(words, frozenset(runs) if words else frozenset())
