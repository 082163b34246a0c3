"""Which blocks of a page are its article: those that the model finds likely, but for what rules know better; each that goes says why."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.cleaner.lines.line_types import SUBSCRIPTION, is_one_of
from services.cleaner.page.blocks.boosted_trees import BoostedTrees, probabilities
from services.cleaner.page.blocks.features.block_features import WORDS, Matrix
from services.cleaner.page.blocks.features.position_features import made_alike
from services.cleaner.page.blocks.other_articles import of_other_articles
from services.cleaner.page.blocks.repeats import repeated
from services.cleaner.page.blocks.smoothing import together
from services.cleaner.page.fallback import NEVER_BODY
from services.cleaner.page.page_blocks import PageBlocks
from services.cleaner.text.characters import fold

KEPT: Final = 0.55
"""A block is kept when it is likelier than this to be part of the article."""
ALIKE: Final = "as the blocks that are made alike"
ANOTHER: Final = "another article"
REPEATED: Final = "said again"
HEADLINE: Final = "the headline again"
_AT_THE_END: Final = frozenset((*NEVER_BODY, SUBSCRIPTION))
"""What no story ends with."""
_EDGE: Final = 2
"""How far into the blocks a repetition of the headline is looked for."""
_LONGEST_JUNK_WORDS: Final = 60
"""Longer blocks are no furniture, whatever they say."""


@dataclass(frozen=True, slots=True)
class Verdicts:
    """For each block: how likely it is the article's, whether it is kept, and if not, why (for those that no model decided)."""

    probability: NDArray[np.float64]
    kept: NDArray[np.bool_]
    reasons: dict[int, str] = field(default_factory=dict)

    def leave_out(self, at: int, why: str) -> None:
        """The block is not kept."""
        self.kept[at] = False
        self.reasons[at] = why


def judged(page: PageBlocks, matrix: Matrix, headline: str, trees: BoostedTrees) -> Verdicts:
    """The verdicts on all blocks. ``matrix``: the page's features."""
    owner, elements = page.blocks.element, page.elements
    alone = probabilities(trees, matrix)
    probability = together(alone, made_alike(owner, elements), matrix)
    verdicts = Verdicts(probability, probability > KEPT)
    for why, blocks in (
        (ALIKE, (alone > KEPT) & ~verdicts.kept),
        (ANOTHER, of_other_articles(owner, elements, verdicts.kept) & verdicts.kept),
        (REPEATED, repeated(page.words, verdicts.kept, owner, elements)),
    ):
        for at in np.flatnonzero(blocks).tolist():
            verdicts.leave_out(at, why)
    _leave_out_furniture(
        verdicts, page.texts, matrix[:, WORDS].astype(int).tolist(), fold(headline)
    )
    return verdicts


def _leave_out_furniture(
    verdicts: Verdicts, texts: list[str], words: list[int], headline: str
) -> None:
    kept = np.flatnonzero(verdicts.kept).tolist()
    for rank, at in enumerate(kept):
        why = _junk(texts[at], words[at], NEVER_BODY)
        if why or (rank < _EDGE and headline and fold(texts[at]) == headline):
            verdicts.leave_out(at, why or HEADLINE)
    while kept and (why := _junk(texts[kept[-1]], words[kept[-1]], _AT_THE_END)):
        verdicts.leave_out(kept.pop(), why)


def _junk(text: str, words: int, kinds: Collection[str]) -> str:
    """Which of these kinds of furniture the block is, or ""; a long one is none."""
    return is_one_of(text, words, kinds) if words <= _LONGEST_JUNK_WORDS else ""
