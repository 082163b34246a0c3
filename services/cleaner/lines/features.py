"""All features of all lines of a text in one matrix, and their names: the line model's input."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from services.cleaner.lines.context_features import CONTEXT_FEATURES, Matrix, context_features
from services.cleaner.lines.line_features import LINE_FEATURES, line_features
from services.cleaner.lines.line_types import TextLine
from services.cleaner.lines.topic import TOPIC_FEATURES, topic_features

FEATURES: Final = (*LINE_FEATURES, *CONTEXT_FEATURES, *TOPIC_FEATURES)
"""Names of the columns, in order."""


def feature_matrix(lines: Sequence[TextLine]) -> Matrix:
    """Return a row a line, a column a feature."""
    if not lines:
        return np.zeros((0, len(FEATURES)), np.float32)
    rows, statistics = line_features(lines)
    alone = np.array(rows, np.float32)
    topic = topic_features(lines, statistics.words)
    return np.hstack([alone, context_features(lines, alone), topic])
