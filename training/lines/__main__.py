"""Trains the line model for plain text: cross-validates by domain, then fits all pages.

    python -m training.lines PATH [--folds var/cleaner-folds]

PATH holds the two collections that training/cleaner/examples.py names. Writes services/cleaner/lines/weights.json, and a model for each
fold, which bench/lines.py judges texts with that it has not seen. Some minutes on one core. The same pages give the same bytes.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from services.cleaner.article_draft import Extraction
from services.cleaner.lines.context_features import Matrix
from services.cleaner.lines.extract import cut_lines
from services.cleaner.lines.features import FEATURES, matrix
from services.cleaner.lines.line_types import line_of
from services.cleaner.lines.repeats import marked
from services.cleaner.lines.scores import WEIGHTS
from services.cleaner.page.blocks.boosted_trees import BoostedTrees, read
from training.cleaner import model
from training.cleaner.__main__ import FOLDS, fold_of, write
from training.cleaner.examples import Example, examples
from training.cleaner.labels import Numbers, page_weights
from training.cleaner.score import Tally
from training.lines.copies import ALONE, CROPPED, SHORT, WHOLE, Copy, copies

ROUNDS: Final = 150
SETTINGS: Final[dict[str, Any]] = {
    **model.SETTINGS,
    "learning_rate": 0.07,
    "min_data_in_leaf": 30,
    "min_sum_hessian_in_leaf": 1e-3,
    "feature_fraction": 0.5,
}
JUDGED: Final = "copied"
_SHARES: Final = {WHOLE: 1.0, CROPPED: 0.5, ALONE: 0.7, SHORT: 0.3}


@dataclass(frozen=True)
class Rows:
    """A copy as the model sees it: features, labels and weights of its lines."""

    matrix: Matrix
    known: Numbers
    counted: Numbers


def rows_of(copy: Copy) -> Rows:
    """The copy's rows; a page's copies count alike, but for what _SHARES says."""
    lines = marked(line_of(text, at, at + 1) for at, text in enumerate(copy.lines))
    counts = np.array([line.words for line in lines], np.float64)
    return Rows(
        matrix(lines),
        copy.known,
        _SHARES[copy.view] * page_weights(copy.known, copy.weights, counts),
    )


def fitted(rows: Sequence[Rows]) -> dict[str, Any]:
    """Trees for these copies, as ``trees.read`` takes them."""
    matrices, known, counted = (
        np.concatenate([getattr(each, name) for each in rows])
        for name in ("matrix", "known", "counted")
    )
    return model.trained(matrices, known, counted, FEATURES, SETTINGS, ROUNDS)


def judged(
    example: Example,
    copied: Sequence[Copy],
    trees: BoostedTrees,
    tallies: dict[tuple[str, str], Tally],
) -> None:
    """What is cut out of copies of a page that the trees have not seen; of a body alone, all of it should be."""
    for copy in copied:
        if copy.rendering != JUDGED:
            continue
        cut = cut_lines("\n".join(copy.lines), None, trees=trees)
        found = "\n".join(cut.paragraphs) if isinstance(cut, Extraction) else ""
        truths = [copy.article] if copy.view in {ALONE, SHORT} else example.bodies
        tallies.setdefault((copy.view, example.collection), Tally()).add(truths, found)


def _cross_validated(
    known: Sequence[Example], copied: Sequence[list[Copy]], rows: Sequence[list[Rows]], folder: Path
) -> Iterator[str]:
    """Lines of the report."""
    tallies: dict[tuple[str, str], Tally] = {}
    for fold in range(FOLDS):
        document = fitted(
            [
                row
                for example, page in zip(known, rows, strict=True)
                if fold_of(example.domain) != fold
                for row in page
            ]
        )
        write(
            folder / f"lines-fold-{fold}.json",
            document,
            f"all pages but those of fold {fold} of {FOLDS}",
            SETTINGS,
            ROUNDS,
        )
        trees = read(document, FEATURES)
        for example, page in zip(known, copied, strict=True):
            if fold_of(example.domain) == fold:
                judged(example, page, trees, tallies)
        print(f"lines, fold {fold} done", flush=True)
    for (view, collection), tally in sorted(tallies.items()):
        yield f"{f'{view}, {collection}':36}{tally.row}"


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--folds", type=Path, default=Path("var/cleaner-folds"))
    arguments = parser.parse_args()
    known = examples(arguments.data)
    copied = [list(copies(example)) for example in known]
    rows = [[rows_of(copy) for copy in page] for page in copied]
    write(
        WEIGHTS,
        fitted([row for page in rows for row in page]),
        f"make train-cleaner: {len(known)} pages as texts",
        SETTINGS,
        ROUNDS,
    )
    report = list(_cross_validated(known, copied, rows, arguments.folds))
    print("\n".join((f"\n{'texts, by domain':36}F1      P       R       exact", *report)))


if __name__ == "__main__":
    main()
