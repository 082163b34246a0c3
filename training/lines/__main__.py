"""Train the line model for plain text: cross-validate by domain, then fit all pages.

    python -m training.lines PATH [--folds var/cleaner-folds]

PATH holds the two collections that training/cleaner/examples.py names. Writes weights.json in
services/cleaner/lines, and a model for each fold, with which bench/lines.py scores texts that it
has not seen. It takes some minutes on one core. The same pages give the same bytes.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from services.cleaner.article_draft import Extraction
from services.cleaner.lines.context_features import Matrix
from services.cleaner.lines.extract import extract_from_text
from services.cleaner.lines.features import FEATURES, feature_matrix
from services.cleaner.lines.line_types import line_of
from services.cleaner.lines.repeats import mark_repeats
from services.cleaner.lines.scores import WEIGHTS
from services.cleaner.page.blocks.boosted_trees import BoostedTrees, parse_model
from training.cleaner import model
from training.cleaner.__main__ import write
from training.cleaner.examples import Example, examples
from training.cleaner.folds import FOLDS, fold_of
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
TESTED_RENDERING: Final = "copied"
_SHARES: Final = {WHOLE: 1.0, CROPPED: 0.5, ALONE: 0.7, SHORT: 0.3}


@dataclass(frozen=True)
class Rows:
    """A copy as the model sees it: features, labels and weights of its lines."""

    matrix: Matrix
    labels: Numbers
    weights: Numbers


def rows_of(copy: Copy) -> Rows:
    """Return the copy's rows. The copies of a page count by the shares of their views."""
    lines = mark_repeats(line_of(text, index, index + 1) for index, text in enumerate(copy.lines))
    counts = np.array([line.words for line in lines], np.float64)
    weights = _SHARES[copy.view] * page_weights(copy.labels, copy.weights, counts)
    return Rows(feature_matrix(lines), copy.labels, weights)


def fit(rows: Sequence[Rows]) -> dict[str, Any]:
    """Fit trees to these copies, as ``parse_model`` takes them."""
    matrix, labels, weights = (
        np.concatenate([getattr(row, name) for row in rows])
        for name in ("matrix", "labels", "weights")
    )
    return model.train(matrix, labels, weights, FEATURES, SETTINGS, ROUNDS)


def tally_copies(
    example: Example,
    page_copies: Sequence[Copy],
    trees: BoostedTrees,
    tallies: dict[tuple[str, str], Tally],
) -> None:
    """Tally what is extracted from copies of a page that the trees have not seen.

    Of a body alone, everything should be.
    """
    for copy in page_copies:
        if copy.rendering != TESTED_RENDERING:
            continue
        extraction = extract_from_text("\n".join(copy.lines), None, model=trees)
        paragraphs = extraction.paragraphs if isinstance(extraction, Extraction) else ()
        truths = [copy.article] if copy.view in {ALONE, SHORT} else example.bodies
        tally = tallies.setdefault((copy.view, example.collection), Tally())
        tally.add(truths, "\n".join(paragraphs))


def _cross_validate(
    pages: Sequence[Example],
    all_copies: Sequence[list[Copy]],
    all_rows: Sequence[list[Rows]],
    folder: Path,
) -> Iterator[str]:
    """Yield the lines of the report."""
    tallies: dict[tuple[str, str], Tally] = {}
    for fold in range(FOLDS):
        document = fit(
            [
                row
                for example, rows in zip(pages, all_rows, strict=True)
                if fold_of(example.domain) != fold
                for row in rows
            ]
        )
        made = f"all pages but those of fold {fold} of {FOLDS}"
        write(folder / f"lines-fold-{fold}.json", document, made, SETTINGS, ROUNDS)
        trees = parse_model(document, FEATURES)
        for example, page_copies in zip(pages, all_copies, strict=True):
            if fold_of(example.domain) == fold:
                tally_copies(example, page_copies, trees, tallies)
        print(f"lines, fold {fold} done", flush=True)
    for (view, collection), tally in sorted(tallies.items()):
        yield f"{f'{view}, {collection}':36}{tally.row}"


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--folds", type=Path, default=Path("var/cleaner-folds"))
    arguments = parser.parse_args()
    pages = examples(arguments.data)
    all_copies = [list(copies(example)) for example in pages]
    all_rows = [[rows_of(copy) for copy in page_copies] for page_copies in all_copies]
    document = fit([row for rows in all_rows for row in rows])
    write(WEIGHTS, document, f"make train-cleaner: {len(pages)} pages as texts", SETTINGS, ROUNDS)
    report = list(_cross_validate(pages, all_copies, all_rows, arguments.folds))
    print("\n".join((f"\n{'texts, by domain':36}F1      P       R       exact", *report)))


if __name__ == "__main__":
    main()
