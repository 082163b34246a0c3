"""Fit the weights of stories to staged stories and write them into the package.

    python -m training.stories FILE [FILE ...] [--unrelated FILE ...]

Unrelated are articles as JSON lines of which nothing is known: those that have few words in common
are taken for different stories, so that long real texts are not gathered into one.
The same files give the same bytes. bench/stories.py measures them.
"""

import argparse
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import msgspec

from services.alerting.stories.joining.evidence import JOIN_SIGNS
from services.alerting.stories.joining.weights import WEIGHTS_FILE, LinearModel, StoryModel
from services.alerting.stories.news.article_novelty import UPDATE_SIGNS
from services.alerting.stories.news.novelty import NEW_SIGNS
from training.stories.examples import (
    forbidden_rows,
    join_groups,
    look_alike_rows,
    sentence_rows,
    unrelated_rows,
    update_rows,
)
from training.stories.fit import Row, fit, fit_with_threshold
from training.stories.staged import StagedArticle, read_staged, read_unmarked

MERGED_COST: Final = 3.0
"""What two stories in one cost beside one in two: news that no message tells."""
JOIN_PENALTY: Final = 0.0005
"""Less than elsewhere: there are ten times as many rows."""
JOIN_MARGIN: Final = 0.1
"""More than costs least by single articles: those that follow into a wrong story cost, too."""
NEAR_MARGIN: Final = 1.5
UPDATE_AT: Final = -0.25
"""Below even odds: news kept back costs more than a rewrite sent. The threshold that costs least
moves by more than 1 from set to set."""
STRANGER_MARGIN: Final = 0.6
"""Two stories in one were all of this kind; of updates, few that were found without it."""


def main() -> None:
    """Fit the model to the files given and write its weights."""
    parser = argparse.ArgumentParser(description="Fit the weights of stories.")
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--unrelated", type=Path, nargs="*", default=[])
    args = parser.parse_args()
    files = [read_staged(path) for path in args.files]
    model = fit_model(files, [read_unmarked(path) for path in args.unrelated])
    text = json.dumps(msgspec.to_builtins(model), indent=2)
    WEIGHTS_FILE.write_text(text + "\n", "utf-8")
    print(f"{sum(map(len, files))} articles: {WEIGHTS_FILE}")


def fit_model(
    files: Sequence[Sequence[StagedArticle]], unrelated: Sequence[Sequence[StagedArticle]] = ()
) -> StoryModel:
    """Fit the weights, then choose the thresholds that cost least."""
    join = [[*join_groups(articles)] for articles in files]
    invented = [row for articles in files for row in look_alike_rows(articles)]
    invented += [row for articles in files for row in forbidden_rows(articles)]
    invented += [row for articles in unrelated for row in unrelated_rows(articles)]
    new = [[[row] for row in sentence_rows(articles)] for articles in files]
    update = [row for articles in files for row in update_rows(articles)]
    join_model, join_at = fit_with_threshold(join, _fit_join(invented), MERGED_COST)
    join_at = round(join_at + JOIN_MARGIN, 2)
    new_model, new_at = fit_with_threshold(new, lambda rows: fit(rows, NEW_SIGNS))
    return StoryModel(
        join=join_model,
        join_at=join_at,
        near_at=round(join_at - NEAR_MARGIN, 2),
        new=new_model,
        new_at=new_at,
        update=fit(update, UPDATE_SIGNS),
        update_at=UPDATE_AT,
    )


def _fit_join(invented: Sequence[Row]) -> Callable[[Sequence[Row]], LinearModel]:
    """Return how the model of joining is fitted: with look-alikes, and warier of strangers.

    A stranger does not mention the story's event.
    """

    def fit_join(rows: Sequence[Row]) -> LinearModel:
        model = fit([*rows, *invented], JOIN_SIGNS, JOIN_PENALTY)
        stranger = round(model.weights["stranger"] - STRANGER_MARGIN, 3)
        return LinearModel(model.bias, {**model.weights, "stranger": stranger})

    return fit_join


if __name__ == "__main__":
    main()
