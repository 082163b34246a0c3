"""Fit the weights of stories to staged stories and write them into the package.

    python -m training.stories FILE [FILE ...]

The same files give the same bytes. bench/stories.py measures them.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from services.alerting.stories.joining.evidence import JOIN_SIGNS
from services.alerting.stories.joining.weights import WEIGHTS_FILE, StoryModel
from services.alerting.stories.news.article_novelty import UPDATE_SIGNS
from services.alerting.stories.news.novelty import NEW_SIGNS
from training.stories.examples import (
    join_rows,
    look_alike_rows,
    sentence_rows,
    update_rows,
)
from training.stories.fit import best_threshold, fit
from training.stories.staged import StagedArticle, read_staged

MERGED_COST: Final = 2.0
"""What two stories in one cost beside one in two: news that no message tells."""
NEAR_MARGIN: Final = 1.5


def main() -> None:
    """Fit the model to the files given and write its weights."""
    parser = argparse.ArgumentParser(description="Fit the weights of stories.")
    parser.add_argument("files", type=Path, nargs="+")
    files = [read_staged(path) for path in parser.parse_args().files]
    model = fit_model(files)
    text = json.dumps(msgspec.to_builtins(model), indent=2)
    WEIGHTS_FILE.write_text(text + "\n", "utf-8")
    print(f"{sum(map(len, files))} articles: {WEIGHTS_FILE}")


def fit_model(files: Sequence[Sequence[StagedArticle]]) -> StoryModel:
    """Fit the weights, then choose the thresholds at which most rows are right."""
    join_rows_ = [row for articles in files for row in join_rows(articles)]
    invented = [row for articles in files for row in look_alike_rows(articles)]
    sentences = [row for articles in files for row in sentence_rows(articles)]
    join, new = fit([*join_rows_, *invented], JOIN_SIGNS), fit(sentences, NEW_SIGNS)
    updates = [row for articles in files for row in update_rows(articles, new)]
    update = fit(updates, UPDATE_SIGNS)
    join_at = best_threshold(join, join_rows_, MERGED_COST)
    return StoryModel(
        join=join,
        join_at=join_at,
        near_at=round(join_at - NEAR_MARGIN, 2),
        new=new,
        new_at=best_threshold(new, [row for row in sentences if row[2] == 1.0]),
        update=update,
        update_at=best_threshold(update, updates),
    )


if __name__ == "__main__":
    main()
