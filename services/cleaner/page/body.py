"""The body of a page: the blocks that the model takes for the article.

Where the model is in doubt, trafilatura gives a second opinion. The limits were set on training
pages; docs/decisions/2026-11-27-body-model.md says what each of them brings.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.cleaner.page.blocks.boosted_trees import BoostedTrees, explain_scores
from services.cleaner.page.blocks.features.block_features import WORDS, Matrix
from services.cleaner.page.fallback import overlap, second_opinion
from services.cleaner.page.head import Head
from services.cleaner.page.page_blocks import PageBlocks
from services.cleaner.page.verdicts import MIN_PROBABILITY, Verdicts, judge_blocks
from services.cleaner.text.characters import tidy
from shared.messages.schemas import DroppedLine

MAX_DOUBT: Final = 0.25
"""Words in doubt for each word of the body, above which the model has not understood the page: then
trafilatura's text is taken, if it differs."""
MIN_WORDS: Final = 40
AGREEMENT: Final = 0.8
"""Two texts that overlap so much are the same reading of the page."""
_MIN_OPINION_CHARACTERS: Final = 150
_MAX_DROPPED: Final = 200


@dataclass(frozen=True, slots=True)
class Body:
    """The paragraphs in order, and their provenance.

    ``dropped``: the blocks between the first and the last paragraph that were left out, and why.
    """

    paragraphs: tuple[str, ...]
    provenance: str
    dropped: tuple[DroppedLine, ...] = ()


def find_body(page: PageBlocks, head: Head, headline: str, model: BoostedTrees) -> Body:
    """Return the body of the page."""
    matrix = page.feature_matrix(head)
    verdicts = judge_blocks(page, matrix, headline, model)
    blocks = np.flatnonzero(verdicts.in_body)
    paragraphs = tuple(tidy(page.texts[block]) for block in blocks.tolist())
    doubt = doubtfulness(verdicts.probability, matrix[:, WORDS])
    dropped = tuple(_dropped_blocks(page, matrix, verdicts, model))
    body = Body(paragraphs, f"blocks, doubt {doubt:.2f}", dropped)
    words = float(matrix[verdicts.in_body, WORDS].sum())
    if doubt <= MAX_DOUBT and words >= MIN_WORDS:
        return body
    return _prefer_second_opinion(body, doubt, page.html)


def doubtfulness(probability: NDArray[np.float64], words: Matrix) -> float:
    """Return the words in doubt for each word of the body: 0 where the model is sure of all."""
    in_doubt = float((words * np.minimum(probability, 1 - probability)).sum())
    return in_doubt / max(1.0, float(words[probability > MIN_PROBABILITY].sum()))


def _prefer_second_opinion(body: Body, doubt: float, html: str) -> Body:
    """Return trafilatura's body, if that is another reading of the page than the model's."""
    opinion = second_opinion(html)
    is_short = sum(map(len, opinion)) < _MIN_OPINION_CHARACTERS
    if is_short or overlap(body.paragraphs, opinion) >= AGREEMENT:
        return body
    return Body(opinion, f"trafilatura, as blocks doubt {doubt:.2f}")


def _dropped_blocks(
    page: PageBlocks, matrix: Matrix, verdicts: Verdicts, model: BoostedTrees
) -> list[DroppedLine]:
    blocks = np.flatnonzero(verdicts.in_body).tolist()
    if not blocks:
        return []
    inside = range(blocks[0], blocks[-1])
    dropped = [block for block in inside if not verdicts.in_body[block]][:_MAX_DROPPED]
    by_model = [block for block in dropped if block not in verdicts.reasons]
    explanations = dict(zip(by_model, explain_scores(model, matrix, by_model), strict=True))
    reasons = verdicts.reasons | explanations
    return [
        DroppedLine(line=block, text=tidy(page.texts[block]), why=reasons[block])
        for block in dropped
    ]
