"""Copies of a page's text, as people keep them: whole, cropped around the article, the article alone, and the first paragraphs as a short item.

A model that has seen whole pages only takes the first lines of any text for a menu, and deletes paragraphs of clean texts and of short ones.
"""

import random
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from training.cleaner.examples import Example
from training.cleaner.labels import Numbers, labels
from training.lines.renderings import RENDERINGS, rendered

WHOLE: Final = "whole page"
CROPPED: Final = "cropped"
ALONE: Final = "body alone"
SHORT: Final = "first paragraphs"
_MOST_PARAGRAPHS: Final = 6
_BEFORE: Final = 8
_BEHIND: Final = 25
_FEW_BEFORE: Final = 3
_FEW_BEHIND: Final = 6


@dataclass(frozen=True)
class Copy:
    """Lines with their labels (1 is the article's) and weights, and how they were taken from their page."""

    view: str
    rendering: str
    lines: list[str]
    known: Numbers
    weights: Numbers

    @property
    def article(self) -> str:
        """The lines that are the article's."""
        return "\n".join(line for line, known in zip(self.lines, self.known, strict=True) if known)


def copies(example: Example) -> Iterator[Copy]:
    """All copies of the page in all renderings; the cropping is random, but always the same for a page."""
    dice = random.Random(zlib.crc32(example.name.encode()))  # noqa: S311 - the same copies at each training
    for rendering in RENDERINGS:
        lines = rendered(example, rendering)
        known, weights = labels(lines, example)
        inside = np.flatnonzero(known)
        if inside.size:
            for view, places in _views(inside, len(lines), dice):
                yield Copy(
                    view, rendering, [lines[at] for at in places], known[places], weights[places]
                )


def _views(
    inside: NDArray[np.intp], count: int, dice: random.Random
) -> Iterator[tuple[str, NDArray[np.intp]]]:
    yield WHOLE, np.arange(count)
    for before, behind in ((_BEFORE, _BEHIND), (_FEW_BEFORE, _FEW_BEHIND)):
        first, last = (
            max(0, int(inside[0]) - dice.randint(0, before)),
            min(count, int(inside[-1]) + 1 + dice.randint(0, behind)),
        )
        yield CROPPED, np.arange(first, last)
    yield ALONE, inside
    first, last, behind = (
        max(0, int(inside[0]) - dice.randint(0, _FEW_BEFORE)),
        int(inside[-1]) + 1,
        dice.randint(0, _FEW_BEHIND),
    )
    begun = np.arange(
        first, int(inside[min(len(inside), dice.randint(1, _MOST_PARAGRAPHS)) - 1]) + 1
    )
    yield SHORT, np.concatenate([begun, np.arange(last, min(count, last + behind))])
