"""How like the truth a body is: scrapinghub's metric. Runs of four words, counted on each page; precision and recall averaged over pages.

F1 is that of the two averages; "exact" is the share of pages without any difference. Where a page has several true bodies, the likest counts.
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

    def add(self, truths: Iterable[str], found: str) -> None:
        """One page."""
        given = shingles(found)
        precision, recall = max(
            (_compared(shingles(truth), given) for truth in truths), key=lambda pair: f1(*pair)
        )
        self.precisions.append(precision)
        self.recalls.append(recall)
        self.exact += (precision, recall) == (1, 1)

    @property
    def row(self) -> str:
        """F1, P, R and exact, as tables show them."""
        pages = max(1, len(self.precisions))
        precision, recall = sum(self.precisions) / pages, sum(self.recalls) / pages
        return (
            f"{f1(precision, recall):.4f}  {precision:.4f}  {recall:.4f}  {self.exact / pages:.3f}"
        )


def f1(precision: float, recall: float) -> float:
    """The harmonic mean."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def words(text: str) -> list[str]:
    """Words as the metric counts them; a soft hyphen or another character that nobody sees parts no word."""
    return _WORD.findall(tidy(text))


def shingles(text: str) -> Shingles:
    """The runs of four words, counted; a shorter text is one run."""
    found = words(text)
    return Counter(
        tuple(found[at : at + SHINGLE_WORDS])
        for at in range(max(1, len(found) - SHINGLE_WORDS + 1))
        if found
    )


def _compared(true: Shingles, given: Shingles) -> tuple[float, float]:
    common = (true & given).total()
    precision = common / given.total() if given else float(not true)
    return precision, common / true.total() if true else float(not given)
