"""The form in which words are compared: without endings, so that "protests" is "protest".

Cruder than a stemmer for search on purpose: a rewrite says "inspectors" for "inspection", so no
more than the first letters count.
"""

from functools import lru_cache
from typing import Final

_ENDINGS: Final = (("ies", 5), ("ing", 6), ("ed", 5), ("es", 5), ("s", 4))
"""Endings, and how many letters a word has at least that loses them."""
_STEM_LETTERS: Final = 7
_SHORT_WORD: Final = 4


@lru_cache(maxsize=32_768)
def stem(word: str) -> str:
    """Return the stem of a word in lower case, without a possessive ending."""
    for ending, shortest in _ENDINGS:
        if word.endswith(ending) and len(word) >= shortest and not word.endswith("ss"):
            word = word[: -len(ending)] + ("y" if ending == "ies" else "")
            break
    if len(word) <= _SHORT_WORD:
        return word
    word = word.removesuffix("e")
    if word[-1] == word[-2] and word[-1] not in "ls":  # stopped, stop
        word = word[:-1]
    return word[:_STEM_LETTERS]
