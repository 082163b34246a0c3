"""Train the block model: cross-validate by domain, then fit all pages.

    python -m training.cleaner PATH [--folds var/cleaner-folds]

PATH holds the two collections that examples.py names. Writes weights.json in
services/cleaner/page/blocks, and a model for each fold, with which bench/cleaner.py scores pages
that it has not seen. It takes some minutes on one core. The same pages give the same bytes.
"""

import argparse
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson

from services.cleaner.decoding.decode import decode_bytes
from services.cleaner.page.blocks import boosted_trees
from services.cleaner.page.blocks.boosted_trees import BoostedTrees, parse_model
from services.cleaner.page.body.find_body import find_body
from services.cleaner.page.head import parse_head
from services.cleaner.page.page_blocks import walk_page
from services.cleaner.page.parse import parse_page
from training.cleaner import model
from training.cleaner.components import as_components
from training.cleaner.examples import Example, examples
from training.cleaner.folds import FOLDS, fold_of
from training.cleaner.labels import label_blocks
from training.cleaner.model import Page
from training.cleaner.score import Tally


def page_of(example: Example) -> Page:
    """Return the example as the model sees it."""
    tree = parse_page(decode_bytes(example.content, "").text)
    head = parse_head(tree)
    page = walk_page(tree)
    labels, weights = label_blocks(page.texts, example)
    return Page(page.feature_matrix(head), labels, weights)


def write(
    path: Path,
    document: dict[str, Any],
    made: str,
    settings: dict[str, Any] = model.SETTINGS,
    rounds: int = model.ROUNDS,
) -> None:
    """Write the weights with a header that says how they were made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    header = {"made": made, "settings": settings, "rounds": rounds}
    path.write_bytes(orjson.dumps(header | document, option=orjson.OPT_APPEND_NEWLINE))


def cross_validate(
    pages: Sequence[Example],
    rows: Sequence[Page],
    rebuilt: Sequence[tuple[Example, Page]],
    folder: Path,
) -> dict[str, Tally]:
    """Train a model for each fold and test it on the pages that it has not seen.

    Returns a tally for each collection, of the pages and of the rebuilt ones.
    """
    tallies: dict[str, Tally] = {}
    for fold in range(FOLDS):
        training = [
            page
            for example, page in zip(pages, rows, strict=True)
            if fold_of(example.domain) != fold
        ]
        components = [page for example, page in rebuilt if fold_of(example.domain) != fold]
        document = model.fit(training, components)
        write(
            folder / f"fold-{fold}.json",
            document,
            f"all pages but those of fold {fold} of {FOLDS}",
        )
        trees = parse_model(document)
        for example in (*pages, *(example for example, _ in rebuilt)):
            if fold_of(example.domain) == fold:
                tally = tallies.setdefault(example.collection, Tally())
                tally.add(example.bodies, _extract_body(example, trees))
        print(f"fold {fold}: trained on {len(training)} pages")
    return tallies


def _extract_body(example: Example, trees: BoostedTrees) -> str:
    text = decode_bytes(example.content, "").text
    tree = parse_page(text)
    head = parse_head(tree)
    return "\n".join(find_body(walk_page(tree), head, "", trees).paragraphs)


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--folds", type=Path, default=Path("var/cleaner-folds"))
    arguments = parser.parse_args()
    pages = examples(arguments.data)
    rows = [page_of(example) for example in pages]
    rebuilt = [(example, page_of(example)) for example in filter(None, map(as_components, pages))]
    tallies = cross_validate(pages, rows, rebuilt, arguments.folds)
    examples_by_name = Counter(example.collection for example in pages)
    collections = ", ".join(
        f"{examples_by_name[name]} of {name}" for name in sorted(examples_by_name)
    )
    document = model.fit(rows, [page for _, page in rebuilt])
    write(boosted_trees.WEIGHTS, document, f"make train-cleaner: {collections}")
    print(f"\n{'bodies, by domain':32}F1      P       R       exact")
    for name, tally in sorted(tallies.items()):
        print(f"{name:32}{tally.row}")


if __name__ == "__main__":
    main()
