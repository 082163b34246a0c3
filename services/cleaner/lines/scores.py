"""The line model: how likely each line of a text is to be part of its article. training/lines/ makes weights.json."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
import orjson
from numpy.typing import NDArray

from services.cleaner.lines.features import FEATURES, matrix
from services.cleaner.lines.line_types import TextLine
from services.cleaner.page.blocks.boosted_trees import BoostedTrees, probabilities, read

WEIGHTS: Final = Path(__file__).with_name("weights.json")


@cache
def shipped() -> BoostedTrees:
    """The weights that come with the package. ValueError: they were trained on other features than the code has."""
    return read(orjson.loads(WEIGHTS.read_bytes()), FEATURES)


def scores(lines: Sequence[TextLine], trees: BoostedTrees) -> NDArray[np.float64]:
    """For each line, 0 to 1."""
    return probabilities(trees, matrix(lines)) if lines else np.zeros(0)
