"""Which blocks of a page are its article.

They are those that the model finds likely, except where a rule knows better. Every block that is
left out by a rule has its reason.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.cleaner.lines.line_types import SUBSCRIPTION, is_one_of
from services.cleaner.page.blocks.boosted_trees import BoostedTrees, probabilities
from services.cleaner.page.blocks.features.block_features import HIDDEN, WORDS, Matrix
from services.cleaner.page.blocks.features.position_features import structure_hashes
from services.cleaner.page.blocks.other_articles import find_other_articles
from services.cleaner.page.blocks.repeats import find_repeats
from services.cleaner.page.blocks.smoothing import smooth_probabilities
from services.cleaner.page.body.boxes import find_boxes
from services.cleaner.page.body.omitted_prose import (
    find_listed_prose,
    find_prose_built_alike,
)
from services.cleaner.page.body.second_opinion import NEVER_BODY
from services.cleaner.page.page_blocks import PageBlocks
from services.cleaner.text.characters import normalise

MIN_PROBABILITY: Final = 0.55
"""A block that is likelier than this to be part of the article is."""
UNSEEN: Final = "readers do not see it"
ALIKE: Final = "as the blocks that are made alike"
ANOTHER: Final = "another article"
REPEATED: Final = "said again"
HEADLINE: Final = "the headline again"
_NEVER_LAST: Final = frozenset((*NEVER_BODY, SUBSCRIPTION))
"""Types of lines that no story ends with."""
_MOSTLY_HIDDEN: Final = 3
"""If so many times more words of the article are hidden than are not, a script shows them."""
_EDGE: Final = 2
"""In so many of the first blocks a repetition of the headline is looked for."""
_MAX_JUNK_WORDS: Final = 60
"""Longer blocks are no furniture, whatever they say."""


@dataclass(frozen=True, slots=True)
class Verdicts:
    """For each block its probability to belong to the article, and whether it is in the body.

    ``reasons``: why a block is not, if it was a rule that decided.
    """

    probability: NDArray[np.float64]
    in_body: NDArray[np.bool_]
    reasons: dict[int, str] = field(default_factory=dict)

    def leave_out(self, block: int, why: str) -> None:
        """Take the block out of the body."""
        self.in_body[block] = False
        self.reasons[block] = why

    def leave_out_all(self, blocks: NDArray[np.bool_], why: str) -> None:
        """Take all of these blocks out of the body."""
        for block in np.flatnonzero(blocks).tolist():
            self.leave_out(block, why)


def judge_blocks(page: PageBlocks, matrix: Matrix, headline: str, model: BoostedTrees) -> Verdicts:
    """Return the verdicts on all blocks. ``matrix``: the page's features."""
    owner, elements = page.blocks.element, page.elements
    structure = structure_hashes(owner, elements)
    alone = probabilities(model, matrix)
    probability = smooth_probabilities(alone, structure, matrix)
    verdicts = Verdicts(probability, probability > MIN_PROBABILITY)
    in_body = verdicts.in_body
    verdicts.leave_out_all(_find_unseen(matrix, in_body), UNSEEN)
    in_body |= find_prose_built_alike(in_body, probability, structure, matrix)
    in_body |= find_listed_prose(page, in_body, matrix)
    verdicts.leave_out_all((alone > MIN_PROBABILITY) & (probability <= MIN_PROBABILITY), ALIKE)
    others, repeats = (
        find_other_articles(owner, elements, in_body),
        find_repeats(page.words, in_body, owner, elements),
    )
    verdicts.leave_out_all(others & in_body, ANOTHER)
    verdicts.leave_out_all(repeats, REPEATED)
    for block, why in find_boxes(page, in_body, matrix).items():
        verdicts.leave_out(block, why)
    word_counts = matrix[:, WORDS].astype(int).tolist()
    _leave_out_furniture(verdicts, page.texts, word_counts, normalise(headline))
    return verdicts


def _find_unseen(matrix: Matrix, in_body: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the hidden blocks of the body; none if nearly all of the body is hidden.

    Such a page is hidden until its script runs.
    """
    hidden, words = matrix[:, HIDDEN] > 0, matrix[:, WORDS]
    hidden_words = float(words[in_body & hidden].sum())
    is_page_hidden = hidden_words > _MOSTLY_HIDDEN * float(words[in_body & ~hidden].sum())
    return in_body & hidden & (not is_page_hidden)


def _leave_out_furniture(
    verdicts: Verdicts, texts: list[str], words: list[int], headline: str
) -> None:
    body = np.flatnonzero(verdicts.in_body).tolist()
    for rank, block in enumerate(body):
        why = _junk_type(texts[block], words[block], NEVER_BODY)
        is_headline = rank < _EDGE and headline and normalise(texts[block]) == headline
        if why or is_headline:
            verdicts.leave_out(block, why or HEADLINE)
    while body and (why := _junk_type(texts[body[-1]], words[body[-1]], _NEVER_LAST)):
        verdicts.leave_out(body.pop(), why)


def _junk_type(text: str, words: int, types: Collection[str]) -> str:
    """Return which of these types of furniture the block is, or ""; a long one is none."""
    return is_one_of(text, words, types) if words <= _MAX_JUNK_WORDS else ""
