"""The body of a page: the blocks that the model takes for the article.

Where the model is in doubt, or leaves most of the page's prose out, the page is decided again: by
the second committee, which has learnt from pages built of components, and then by trafilatura. The
limits were set on training pages; docs/decisions/2026-11-27-body-model.md and 2026-11-30-bodies.md
say what each of them brings.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.cleaner.page.blocks.boosted_trees import (
    BoostedTrees,
    explain_scores,
    second_committee,
)
from services.cleaner.page.blocks.features.block_features import WORDS, Matrix
from services.cleaner.page.body.declared_body import declared_paragraphs
from services.cleaner.page.body.prose import (
    MIN_PROSE_SHARE,
    find_long_prose,
    find_lost_prose,
    prose_share,
)
from services.cleaner.page.body.second_opinion import overlap, second_opinion
from services.cleaner.page.body.verdicts import MIN_PROBABILITY, Verdicts, judge_blocks
from services.cleaner.page.head import Head
from services.cleaner.page.page_blocks import PageBlocks
from services.cleaner.text.characters import tidy, word_count
from shared.messages.schemas import DroppedLine, FieldProvenance

MAX_DOUBT: Final = 0.25
"""Words in doubt for each word of the body, above which the model has not understood the page: then
trafilatura's text is taken, if it differs."""
MIN_WORDS: Final = 40
AGREEMENT: Final = 0.8
"""Two texts that overlap so much are the same reading of the page."""
_MIN_OPINION_CHARACTERS: Final = 150
_MAX_OPINION_BLOCKS: Final = 1_500
"""trafilatura compares each block with its neighbours: beyond this, it takes seconds a page. Pages
of articles have some hundreds of blocks."""
_MAX_DROPPED: Final = 200


@dataclass(frozen=True, slots=True)
class Body:
    """The paragraphs in order, and their provenance.

    ``dropped``: the blocks between the first and the last paragraph that were left out, and why.
    ``finding``: that little of the page's long prose is in the body, if that is so.
    """

    paragraphs: tuple[str, ...]
    provenance: str
    dropped: tuple[DroppedLine, ...] = ()
    finding: FieldProvenance | None = None


@dataclass(frozen=True, slots=True)
class _CommitteeReading:
    """What one committee makes of the page.

    ``share``: how much of the page's long prose (``prose``) is in the body.
    """

    trees: BoostedTrees
    verdicts: Verdicts
    prose: NDArray[np.bool_]
    doubt: float
    words: float
    share: float

    @property
    def is_sure(self) -> bool:
        return self.doubt <= MAX_DOUBT and self.words >= MIN_WORDS


def find_body(page: PageBlocks, head: Head, headline: str, model: BoostedTrees) -> Body:
    """Return the body of the page."""
    matrix = page.feature_matrix(head)
    reading = _read(page, matrix, headline, model)
    source = "blocks"
    if not reading.is_sure or reading.share < MIN_PROSE_SHARE:
        again = _read(page, matrix, headline, second_committee(model))
        if (again.share, again.is_sure) > (reading.share, reading.is_sure):
            reading, source = again, "blocks, decided again"
    blocks = np.flatnonzero(reading.verdicts.in_body).tolist()
    paragraphs = tuple(tidy(page.texts[block]) for block in blocks)
    provenance = f"{source}, doubt {reading.doubt:.2f}"
    dropped: tuple[DroppedLine, ...] = ()
    opinion = () if reading.is_sure else _other_reading(page, paragraphs)
    if opinion:
        paragraphs, provenance = opinion, f"trafilatura, as blocks doubt {reading.doubt:.2f}"
    else:
        dropped = tuple(_dropped_blocks(page, matrix, reading))
    declared = () if reading.is_sure else _declared_body(head, paragraphs)
    if declared:
        return Body(declared, "json-ld, as the page shows no body")
    finding = None
    if opinion or reading.share < MIN_PROSE_SHARE:
        finding = find_lost_prose(page, matrix, reading.prose, paragraphs)
    return Body(paragraphs, provenance, dropped, finding)


def _read(
    page: PageBlocks, matrix: Matrix, headline: str, trees: BoostedTrees
) -> _CommitteeReading:
    verdicts = judge_blocks(page, matrix, headline, trees)
    prose = find_long_prose(matrix, verdicts)
    return _CommitteeReading(
        trees=trees,
        verdicts=verdicts,
        prose=prose,
        doubt=doubtfulness(verdicts.probability, matrix[:, WORDS]),
        words=float(matrix[verdicts.in_body, WORDS].sum()),
        share=prose_share(matrix, prose, verdicts.in_body),
    )


def doubtfulness(probability: NDArray[np.float64], words: Matrix) -> float:
    """Return the words in doubt for each word of the body: 0 where the model is sure of all."""
    in_doubt = float((words * np.minimum(probability, 1 - probability)).sum())
    return in_doubt / max(1.0, float(words[probability > MIN_PROBABILITY].sum()))


def _other_reading(page: PageBlocks, paragraphs: tuple[str, ...]) -> tuple[str, ...]:
    """Return trafilatura's body, if that is another reading of the page than the model's."""
    if len(page.texts) > _MAX_OPINION_BLOCKS:
        return ()
    opinion = second_opinion(page.html)
    is_short = sum(map(len, opinion)) < _MIN_OPINION_CHARACTERS
    return () if is_short or overlap(paragraphs, opinion) >= AGREEMENT else opinion


def _declared_body(head: Head, paragraphs: tuple[str, ...]) -> tuple[str, ...]:
    """Return the body that JSON-LD declares, if the page itself shows next to nothing."""
    declared = declared_paragraphs(head.article_body) if head.article_body else ()
    is_body = bool(declared) and sum(map(word_count, declared)) >= MIN_WORDS
    has_body = is_body and sum(map(word_count, paragraphs)) >= MIN_WORDS
    return declared if is_body and not has_body else ()


def _dropped_blocks(
    page: PageBlocks, matrix: Matrix, reading: _CommitteeReading
) -> list[DroppedLine]:
    verdicts = reading.verdicts
    blocks = np.flatnonzero(verdicts.in_body).tolist()
    if not blocks:
        return []
    inside = range(blocks[0], blocks[-1])
    dropped = [block for block in inside if not verdicts.in_body[block]][:_MAX_DROPPED]
    by_model = [block for block in dropped if block not in verdicts.reasons]
    explanations = explain_scores(reading.trees, matrix, by_model)
    reasons = verdicts.reasons | dict(zip(by_model, explanations, strict=True))
    return [
        DroppedLine(line=block, text=tidy(page.texts[block]), why=reasons[block])
        for block in dropped
    ]
