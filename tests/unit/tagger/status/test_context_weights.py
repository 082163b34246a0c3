"""The weights by zone and class are those of the named features."""

from pathlib import Path

import pytest

from services.tagger.status.context_weights import context_weights
from services.tagger.status.model import STATUSES, status_model
from training.status.examples import Example, read_examples

FOLDER = Path(__file__).parents[3] / "passages" / "status"
EXAMPLES = list(read_examples(sorted(FOLDER.glob("*.jsonl"))))


def test_the_share_is_that_of_the_named_features() -> None:
    """The tagger never looks a name up, and yet estimates what the names say, to the last bit."""
    for example in EXAMPLES:
        context = example.context()
        estimate = context_weights().estimate(context)
        shares = status_model().shares(context.features())
        assert (estimate.status, estimate.share) == max(
            zip(STATUSES, shares, strict=True), key=lambda of_status: of_status[1]
        )


def test_the_decisive_cue_has_the_largest_weight() -> None:
    """The reason of a verdict is the cue whose features speak most for its status."""
    for example in EXAMPLES:
        context = example.context()
        estimate = context_weights().estimate(context)
        assert _weight(example, estimate.cue) == pytest.approx(
            max(_weight(example, cue) for cue in set(context.features().values()))
        )


def _weight(example: Example, cue: int) -> float:
    """Return how much the named features of a cue speak for the estimated status."""
    context, weights = example.context(), status_model().weights
    status = STATUSES.index(context_weights().estimate(context).status)
    features = [name for name, by in context.features().items() if by == cue and name in weights]
    return sum(weights[name][status] for name in features) if features else float("-inf")
