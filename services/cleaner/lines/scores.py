"""The line model: how likely each line of a text belongs to its article.

training/lines/ makes weights.json.
"""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
import orjson
from numpy.typing import NDArray

from services.cleaner.lines.features import FEATURES, feature_matrix
from services.cleaner.lines.line_types import TextLine
from services.cleaner.page.blocks.boosted_trees import BoostedTrees, parse_model, probabilities

WEIGHTS: Final = Path(__file__).with_name("weights.json")


@cache
def load_model() -> BoostedTrees:
    """Load the packaged model. Raises ValueError if it was trained on other features."""
    return parse_model(orjson.loads(WEIGHTS.read_bytes()), FEATURES)


def score_lines(lines: Sequence[TextLine], model: BoostedTrees) -> NDArray[np.float64]:
    """Return a probability for each line."""
    return probabilities(model, feature_matrix(lines)) if lines else np.zeros(0)
