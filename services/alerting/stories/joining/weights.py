"""A logistic regression whose features have a fixed sign: readable, and fitted by training/stories.

weights.json says what each feature counts.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

import msgspec

WEIGHTS_FILE: Final = Path(__file__).with_name("weights.json")

Features = Mapping[str, float]


class LinearModel(msgspec.Struct, frozen=True):
    """Weights by feature; the score is a log-odds."""

    bias: float
    weights: dict[str, float]

    def score(self, features: Features) -> float:
        """Return the log-odds; features without a weight count nothing."""
        weights = self.weights
        return self.bias + sum(
            value * weights[name] for name, value in features.items() if name in weights
        )


class StoryModel(msgspec.Struct, frozen=True):
    """The three decisions, each with its threshold.

    An article joins a story from ``join_at`` on; from ``near_at`` on the story is named as possibly
    the same. ``update``: the article adds something; ``new``: a sentence of an update is new.
    """

    join: LinearModel
    join_at: float
    near_at: float
    new: LinearModel
    new_at: float
    update: LinearModel
    update_at: float


@cache
def story_model() -> StoryModel:
    """Return the model of the package."""
    return msgspec.json.decode(WEIGHTS_FILE.read_bytes(), type=StoryModel)
