"""Trains the block model: cross-validates by domain, then fits all pages.

    python -m training.cleaner PATH [--folds var/cleaner-folds]

PATH holds the two collections that examples.py names. Writes services/cleaner/page/blocks/weights.json, and a model for each fold, which
bench/cleaner.py judges pages with that it has not seen. Some minutes on one core. The same pages give the same bytes.
"""

import argparse
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import orjson

from services.cleaner.decoding.decode import decoded
from services.cleaner.page.blocks import boosted_trees
from services.cleaner.page.body import find_body
from services.cleaner.page.head import read_head
from services.cleaner.page.page_blocks import walked
from services.cleaner.page.parse import parsed
from training.cleaner import model
from training.cleaner.examples import Example, examples
from training.cleaner.labels import labels
from training.cleaner.model import Page
from training.cleaner.score import Tally

FOLDS: Final = 10


def fold_of(domain: str) -> int:
    """The fold that a domain's pages are tested in: all of them in one, so that no model is judged on a site that it knows."""
    return zlib.crc32(domain.encode()) % FOLDS


def page_of(example: Example) -> Page:
    """The example as the model sees it."""
    tree = parsed(decoded(example.content, "").text)
    head = read_head(tree)
    page = walked(tree)
    known, weights = labels(page.texts, example)
    return Page(page.matrix(head), known, weights)


def write(
    path: Path,
    document: dict[str, Any],
    made: str,
    settings: dict[str, Any] = model.SETTINGS,
    rounds: int = model.ROUNDS,
) -> None:
    """The weights with a header that says how they were made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    header = {"made": made, "settings": settings, "rounds": rounds}
    path.write_bytes(orjson.dumps(header | document, option=orjson.OPT_APPEND_NEWLINE))


def cross_validated(
    known: Sequence[Example], pages: Sequence[Page], folder: Path
) -> dict[str, Tally]:
    """A model for each fold, and what each makes of the pages that it has not seen, by collection."""
    tallies: dict[str, Tally] = {}
    for fold in range(FOLDS):
        seen = [
            page
            for example, page in zip(known, pages, strict=True)
            if fold_of(example.domain) != fold
        ]
        document = model.fitted(seen)
        write(
            folder / f"fold-{fold}.json", document, f"all pages but those of fold {fold} of {FOLDS}"
        )
        weights = boosted_trees.read(document)
        for example in known:
            if fold_of(example.domain) == fold:
                tallies.setdefault(example.collection, Tally()).add(
                    example.bodies, _body(example, weights)
                )
        print(f"fold {fold}: trained on {len(seen)} pages")
    return tallies


def _body(example: Example, weights: boosted_trees.BoostedTrees) -> str:
    text = decoded(example.content, "").text
    tree = parsed(text)
    head = read_head(tree)
    return "\n".join(find_body(walked(tree), head, "", weights).paragraphs)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--folds", type=Path, default=Path("var/cleaner-folds"))
    arguments = parser.parse_args()
    known = examples(arguments.data)
    pages = [page_of(example) for example in known]
    tallies = cross_validated(known, pages, arguments.folds)
    collections = ", ".join(
        f"{sum(each.collection == name for each in known)} of {name}" for name in sorted(tallies)
    )
    write(boosted_trees.WEIGHTS, model.fitted(pages), f"make train-cleaner: {collections}")
    print(f"\n{'bodies, by domain':24}F1      P       R       exact")
    for name, tally in sorted(tallies.items()):
        print(f"{name:24}{tally.row}")


if __name__ == "__main__":
    main()
