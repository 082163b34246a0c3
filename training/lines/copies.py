"""Copies of a page's text, as people keep them.

They are the whole text, the text cropped around the article, the article alone, and its first
paragraphs as a short item. A model that has seen only whole pages takes the first lines of any text
for a menu, and deletes paragraphs of clean texts and of short ones.
"""

import random
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from training.cleaner.examples import Example
from training.cleaner.labels import Numbers, label_blocks
from training.lines.renderings import RENDERINGS, render

WHOLE: Final = "whole page"
CROPPED: Final = "cropped"
ALONE: Final = "body alone"
SHORT: Final = "first paragraphs"
_MAX_PARAGRAPHS: Final = 6
_BEFORE: Final = 8
_BEHIND: Final = 25
_FEW_BEFORE: Final = 3
_FEW_BEHIND: Final = 6


@dataclass(frozen=True)
class Copy:
    """Lines with their labels (1 for the article's) and weights, and how they were copied."""

    view: str
    rendering: str
    lines: list[str]
    labels: Numbers
    weights: Numbers

    @property
    def article(self) -> str:
        """The lines of the article."""
        return "\n".join(line for line, label in zip(self.lines, self.labels, strict=True) if label)


def copies(example: Example) -> Iterator[Copy]:
    """Yield all copies of the page in all renderings.

    The cropping is random, but always the same for a page.
    """
    # The same copies at each training.
    dice = random.Random(zlib.crc32(example.name.encode()))  # noqa: S311
    for rendering in RENDERINGS:
        lines = render(example, rendering)
        labels, weights = label_blocks(lines, example)
        inside = np.flatnonzero(labels)
        if inside.size:
            for view, places in _views(inside, len(lines), dice):
                copied = [lines[place] for place in places]
                yield Copy(view, rendering, copied, labels[places], weights[places])


def _views(
    inside: NDArray[np.intp], count: int, dice: random.Random
) -> Iterator[tuple[str, NDArray[np.intp]]]:
    yield WHOLE, np.arange(count)
    for before, behind in ((_BEFORE, _BEHIND), (_FEW_BEFORE, _FEW_BEHIND)):
        first = max(0, int(inside[0]) - dice.randint(0, before))
        last = min(count, int(inside[-1]) + 1 + dice.randint(0, behind))
        yield CROPPED, np.arange(first, last)
    yield ALONE, inside
    first, last = max(0, int(inside[0]) - dice.randint(0, _FEW_BEFORE)), int(inside[-1]) + 1
    behind = dice.randint(0, _FEW_BEHIND)
    paragraphs = min(len(inside), dice.randint(1, _MAX_PARAGRAPHS))
    beginning = np.arange(first, int(inside[paragraphs - 1]) + 1)
    yield SHORT, np.concatenate([beginning, np.arange(last, min(count, last + behind))])
