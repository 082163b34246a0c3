"""All features of all lines of a text in one matrix, and their names: what the line model decides on."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from services.cleaner.lines.context_features import AROUND, Matrix, around
from services.cleaner.lines.line_features import LOOKS, looks
from services.cleaner.lines.line_types import TextLine
from services.cleaner.lines.topic import TOPIC, topic

FEATURES: Final = (*LOOKS, *AROUND, *TOPIC)
"""Names of the columns, in order."""


def matrix(lines: Sequence[TextLine]) -> Matrix:
    """A row a line, a column a feature."""
    if not lines:
        return np.zeros((0, len(FEATURES)), np.float32)
    rows, text = looks(lines)
    alone = np.array(rows, np.float32)
    return np.hstack([alone, around(lines, alone), topic(lines, text.words)])
