"""Step 6: a MinHash of the body: two signatures agree at about as many positions as the bodies share word 3-shingles (Broder 1997).

128 permutations of rensa's R-MinHash with a fixed seed: the standard error of the estimate is at most 1/(2·√128) = 0.044. Words are
folded, so case and punctuation do not count; in a script without spaces each character is a word.
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
    """128 numbers of 32 bits; none for a body without words, which is like no other."""
    shingles = list(
        shingled(body)
    )  # in any order: each number of a MinHash is a minimum over all of them
    if not shingles:
        return ()
    sketch = RMinHash(num_perm=PERMUTATIONS, seed=SEED)
    sketch.update(shingles)
    return tuple(int(value) for value in sketch.digest())


def shingled(body: str) -> set[str]:
    """The runs of three words; a shorter body is one run."""
    words = list(
        filter(str.isalnum, tokens(unicodedata.normalize("NFKC", body).casefold()))
    )  # as text.fold would leave them
    if len(words) < SHINGLE_WORDS:
        return {" ".join(words)} if words else set()
    return set(map(" ".join, zip(*(words[at:] for at in range(SHINGLE_WORDS)), strict=False)))
