"""The body of a page: the blocks that the model takes for the article; where it doubts, trafilatura is asked as well.

Its limits were set on training pages (docs/decisions/2026-11-27-body-model.md has what each brings).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.cleaner.page.blocks.boosted_trees import BoostedTrees, telling
from services.cleaner.page.blocks.features.block_features import WORDS, Matrix
from services.cleaner.page.fallback import overlap, second_opinion
from services.cleaner.page.head import Head
from services.cleaner.page.page_blocks import PageBlocks
from services.cleaner.page.verdicts import KEPT, Verdicts, judged
from services.cleaner.text.characters import tidy
from shared.messages.schemas import DroppedLine

DOUBT: Final = 0.25
"""Words in doubt for each word kept, above which the model has not understood the page: trafilatura's text is taken, where it differs."""
SHORTEST_WORDS: Final = 40
AGREEMENT: Final = 0.8
"""Two texts that have so much in common are the same reading of the page."""
_SHORTEST_OPINION: Final = 150
_MOST_DROPPED: Final = 200


@dataclass(frozen=True, slots=True)
class Body:
    """Paragraphs in order, who found them, and the blocks between the first and last of them that were left out, each with why."""

    paragraphs: tuple[str, ...]
    witness: str
    dropped: tuple[DroppedLine, ...] = ()


def find_body(page: PageBlocks, head: Head, headline: str, trees: BoostedTrees) -> Body:
    """The body of the page."""
    matrix = page.matrix(head)
    verdicts = judged(page, matrix, headline, trees)
    paragraphs = tuple(tidy(page.texts[at]) for at in np.flatnonzero(verdicts.kept).tolist())
    doubt = doubtfulness(verdicts.probability, matrix[:, WORDS])
    ours = Body(
        paragraphs, f"blocks, doubt {doubt:.2f}", tuple(_dropped(page, matrix, verdicts, trees))
    )
    clear = doubt <= DOUBT and float(matrix[verdicts.kept, WORDS].sum()) >= SHORTEST_WORDS
    return ours if clear else _settled(ours, doubt, page.html)


def doubtfulness(probability: NDArray[np.float64], words: Matrix) -> float:
    """Words in doubt for each word kept: 0 where the model is sure of all."""
    return float(
        (words * np.minimum(probability, 1 - probability)).sum()
        / max(1.0, float(words[probability > KEPT].sum()))
    )


def _settled(ours: Body, doubt: float, html: str) -> Body:
    """Trafilatura's, where it is another reading of the page than ours."""
    other = second_opinion(html)
    if sum(map(len, other)) < _SHORTEST_OPINION or overlap(ours.paragraphs, other) >= AGREEMENT:
        return ours
    return Body(other, f"trafilatura, as blocks doubt {doubt:.2f}")


def _dropped(
    page: PageBlocks, matrix: Matrix, verdicts: Verdicts, trees: BoostedTrees
) -> list[DroppedLine]:
    kept = np.flatnonzero(verdicts.kept)
    if not kept.size:
        return []
    between = [at for at in range(int(kept[0]), int(kept[-1])) if not verdicts.kept[at]][
        :_MOST_DROPPED
    ]
    by_model = [at for at in between if at not in verdicts.reasons]
    reasons = verdicts.reasons | dict(zip(by_model, telling(trees, matrix, by_model), strict=True))
    return [DroppedLine(line=at, text=tidy(page.texts[at]), why=reasons[at]) for at in between]
