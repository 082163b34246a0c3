"""Words by which newsrooms say the same: "quake" and "tremor" are one concept."""

from collections import defaultdict
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from services.alerting.stories.reading.stems import stem

CONCEPTS_FILE: Final = Path(__file__).with_name("concepts.txt")
_COMMENT: Final = "#"

Concepts = dict[str, tuple[str, ...]]


@lru_cache(maxsize=32_768)
def terms_of_word(word: str) -> tuple[str, ...]:
    """Return the terms that a word in lower case stands for: its concepts, or else its stem.

    A word that is listed itself has the concepts of its lines, not those of others of its stem.
    """
    by_word, by_stem = _concepts()
    word_stem = stem(word)
    return by_word.get(word) or by_stem.get(word_stem) or (f"w:{word_stem}",)


def is_concept(word: str) -> bool:
    """Return whether a word in lower case is listed, or its singular, so that it is no name."""
    by_word = _concepts()[0]
    return word in by_word or word.removesuffix("s") in by_word


@cache
def _concepts() -> tuple[Concepts, Concepts]:
    """Return the concepts of each word that is listed, and of each stem."""
    by_word: defaultdict[str, dict[str, None]] = defaultdict(dict)
    by_stem: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for line in CONCEPTS_FILE.read_text("utf-8").splitlines():
        if line and not line.startswith(_COMMENT):
            words = line.split()
            for word in words:
                by_word[word][f"k:{words[0]}"] = None
                by_stem[stem(word)][f"k:{words[0]}"] = None
    return _frozen(by_word), _frozen(by_stem)


def _frozen(concepts: dict[str, dict[str, None]]) -> Concepts:
    return {key: tuple(names) for key, names in concepts.items()}
