"""How much of a page's long prose a body keeps: the check that no article is lost in silence."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.cleaner.page.blocks.features.block_features import (
    HIDDEN,
    LINK_SHARE,
    SENTENCE,
    WORDS,
    Matrix,
)
from services.cleaner.page.blocks.features.matrix import FEATURES
from services.cleaner.page.body.verdicts import REPEATED, Verdicts
from services.cleaner.page.page_blocks import PageBlocks
from services.cleaner.page.provenance import record
from services.cleaner.text.characters import tidy
from shared.messages.schemas import FieldProvenance

MIN_PROSE_SHARE: Final = 0.5
"""A body that keeps less of the page's long prose has lost it in bulk: docs/decisions/
2026-11-30-bodies.md says on how many pages that happens."""
_MIN_WORDS: Final = 12
_MAX_LINKED: Final = 0.3
_OUTSIDE: Final = [
    FEATURES.index(f"lies in {place}") for place in ("footer", "nav", "form", "aside")
]
_SHOWN_PARAGRAPHS: Final = 5


def find_long_prose(matrix: Matrix, verdicts: Verdicts) -> NDArray[np.bool_]:
    """Return for each block whether it is long prose: a sentence or more, with few links.

    What is hidden, said again, or outside the page's content does not count.
    """
    prose = (matrix[:, WORDS] >= _MIN_WORDS) & (matrix[:, LINK_SHARE] < _MAX_LINKED)
    prose &= (matrix[:, SENTENCE] > 0) & ((matrix[:, HIDDEN] == 0) | verdicts.in_body)
    prose &= matrix[:, _OUTSIDE].sum(1) == 0
    for block, why in verdicts.reasons.items():
        prose[block] &= why != REPEATED
    return np.asarray(prose)


def prose_share(matrix: Matrix, prose: NDArray[np.bool_], in_body: NDArray[np.bool_]) -> float:
    """Return the share of the words of long prose that are in the body; 1 without any."""
    words = matrix[:, WORDS] * prose
    return float((words * in_body).sum() / words.sum()) if prose.any() else 1.0


def find_lost_prose(
    page: PageBlocks, matrix: Matrix, prose: NDArray[np.bool_], paragraphs: tuple[str, ...]
) -> FieldProvenance | None:
    """Return a finding if little of the page's long prose is in these paragraphs."""
    body = "\n".join(paragraphs)
    blocks = np.flatnonzero(prose).tolist()
    lost = [block for block in blocks if tidy(page.texts[block]) not in body]
    in_body = prose.copy()
    in_body[lost] = False
    share = prose_share(matrix, prose, in_body)
    if share >= MIN_PROSE_SHARE:
        return None
    return record(
        "body",
        f"{len(blocks) - len(lost)} of {len(blocks)} long paragraphs",
        f"only {share:.0%} of the page's long prose is in the body; these paragraphs are not",
        [("page", tidy(page.texts[block])) for block in lost[:_SHOWN_PARAGRAPHS]],
        disagree=True,
    )
