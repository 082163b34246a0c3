"""How similar a body is to the true one: scrapinghub's metric.

Runs of four words are counted on each page; precision and recall are averaged over pages. F1 is
that of the two averages; "exact" is the share of pages without any difference. If a page has
several true bodies, the most similar one counts.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from services.cleaner.text.characters import tidy

SHINGLE_WORDS: Final = 4
_WORD: Final = re.compile(r"\w+")

Shingles = Counter[tuple[str, ...]]


@dataclass
class Tally:
    """Precisions and recalls of pages, one by one."""

    precisions: list[float] = field(default_factory=list)
    recalls: list[float] = field(default_factory=list)
    exact: int = 0

    def add(self, truths: Iterable[str], body: str) -> None:
        """Add one page with its true bodies and the body that a system extracted."""
        extracted = shingles(body)
        precision, recall = max(
            (_compare(shingles(truth), extracted) for truth in truths), key=lambda pair: f1(*pair)
        )
        self.precisions.append(precision)
        self.recalls.append(recall)
        self.exact += (precision, recall) == (1, 1)

    @property
    def row(self) -> str:
        """F1, P, R and exact, as tables show them."""
        pages = max(1, len(self.precisions))
        precision, recall = sum(self.precisions) / pages, sum(self.recalls) / pages
        exact = self.exact / pages
        return f"{f1(precision, recall):.4f}  {precision:.4f}  {recall:.4f}  {exact:.3f}"


def f1(precision: float, recall: float) -> float:
    """Return the harmonic mean."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def words(text: str) -> list[str]:
    """Return the words as the metric counts them.

    A soft hyphen or another invisible character does not separate words.
    """
    return _WORD.findall(tidy(text))


def shingles(text: str) -> Shingles:
    """Count the runs of four words; a shorter text is one run."""
    all_words = words(text)
    if not all_words:
        return Counter()
    starts = range(max(1, len(all_words) - SHINGLE_WORDS + 1))
    return Counter(tuple(all_words[start : start + SHINGLE_WORDS]) for start in starts)


def _compare(truth: Shingles, extracted: Shingles) -> tuple[float, float]:
    common = (truth & extracted).total()
    precision = common / extracted.total() if extracted else float(not truth)
    return precision, common / truth.total() if truth else float(not extracted)
