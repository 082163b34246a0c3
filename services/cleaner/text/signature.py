"""Step 6: a MinHash of the body.

Two signatures agree at about as large a share of positions as the bodies share of their runs of
three words (Broder 1997). They are 128 permutations of rensa's R-MinHash with a fixed seed: the
standard error of the estimate is at most 1/(2·√128) = 0.044. Words are compared regardless of case
and punctuation; in a script without spaces each character is a word.
"""

import unicodedata
from dataclasses import replace
from typing import Final

from rensa import RMinHash

from services.cleaner.article_draft import ArticleDraft
from services.cleaner.text.characters import tokens

PERMUTATIONS: Final = 128
SEED: Final = 1
SHINGLE_WORDS: Final = 3


def sign_body(draft: ArticleDraft) -> ArticleDraft:
    """Fill ``signature``."""
    return replace(draft, signature=signature(draft.body))


def signature(body: str) -> tuple[int, ...]:
    """Return 128 numbers of 32 bits; none for a body without words, which is like no other."""
    shingles = list(shingle_set(body))  # in any order: each number is a minimum over all of them
    if not shingles:
        return ()
    sketch = RMinHash(num_perm=PERMUTATIONS, seed=SEED)
    sketch.update(shingles)
    return tuple(int(value) for value in sketch.digest())


def shingle_set(body: str) -> set[str]:
    """Return the runs of three words; a shorter body is one run."""
    text = unicodedata.normalize("NFKC", body).casefold()
    words = tokens(text)
    if not text.isascii():
        words = list(filter(str.isalnum, words))  # as characters.normalise would leave them
    if len(words) < SHINGLE_WORDS:
        return {" ".join(words)} if words else set()
    runs = zip(*(words[start:] for start in range(SHINGLE_WORDS)), strict=False)
    return set(map(" ".join, runs))
