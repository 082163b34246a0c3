"""Quality and speed of the cleaner on plain text, beside hand-made rules and keeping everything.

    make train-cleaner DATA=PATH && python bench/lines.py PATH

PATH holds what training/cleaner/examples.py names; training/lines/renderings.py makes texts of its
pages, as --rendering says. They are whole, cropped around the article, the body alone, its first
paragraphs with what is behind the article, and a wire's form: headline and body, wrapped at 72
columns. Training leaves a model for each fold, trained on all other domains; each text is extracted
with the model that does not know its site. training/cleaner/score.py says how bodies are compared.
Of a body alone nothing may be lost. The systems take turns text by text.
"""

import argparse
import textwrap
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
import orjson

from services.cleaner.article_draft import Extraction
from services.cleaner.lines import stretch
from services.cleaner.lines.extract import extract_from_text
from services.cleaner.lines.features import FEATURES
from services.cleaner.lines.line_types import TextLine, is_paragraph, lines_of
from services.cleaner.lines.repeats import mark_repeats
from services.cleaner.page.blocks import boosted_trees
from training.cleaner.examples import Example, examples
from training.cleaner.folds import FOLDS, fold_of
from training.cleaner.score import Tally
from training.lines.copies import ALONE, SHORT, Copy, copies
from training.lines.renderings import RENDERINGS

WIRE: Final = "wrapped at 72"
COLUMN: Final = 72


@dataclass(frozen=True)
class Text:
    """A text and its true bodies."""

    view: str
    example: Example
    text: str
    truths: list[str]


@dataclass
class Score:
    """The figures of a system on texts of one kind."""

    bodies: Tally = field(default_factory=Tally)
    seconds: float = 0.0


def texts_of(example: Example, rendering: str) -> Iterator[Text]:
    """Yield all texts of a page.

    For whole and cropped pages any true body is right, for the others the lines that were copied.
    """
    for copy in copies(example):
        if copy.rendering == rendering:
            truths = [copy.article] if copy.view in {ALONE, SHORT} else example.bodies
            yield Text(copy.view, example, "\n\n".join(copy.lines), truths)
            if copy.view == ALONE and example.titles:
                yield Text(WIRE, example, _wrap(copy, example.titles[0]), [copy.article])


def _wrap(copy: Copy, title: str) -> str:
    return (
        "\r\n\r\n".join("\r\n".join(textwrap.wrap(line, COLUMN)) for line in (title, *copy.lines))
        + "\r\n"
    )


def by_cleaner(models: list[boosted_trees.BoostedTrees], text: Text) -> str:
    """Extract with the line model, as the service does."""
    extraction = extract_from_text(text.text, None, model=models[fold_of(text.example.domain)])
    return "\n".join(extraction.paragraphs) if isinstance(extraction, Extraction) else ""


def by_hand(text: Text) -> str:
    """Extract with the hand-made rules alone.

    That is the stretch with the most running text, from its first paragraph on, without lines of
    types that are never body.
    """
    lines = mark_repeats(lines_of(text.text))
    start, end = stretch.best_stretch(lines)
    if start < end:
        start, end = (
            stretch.widen(lines, start, end)
            if any(line.junk for line in lines)
            else (0, len(lines))
        )
    article = [line for line in lines[start:end] if not line.junk]
    return "\n".join(line.text for line in article[_lead(article) :])


def _lead(article: list[TextLine]) -> int:
    return next((index for index, line in enumerate(article) if is_paragraph(line)), 0)


def everything(text: Text) -> str:
    """Return the text as it is."""
    return text.text


def measure(texts: list[Text], systems: dict[str, Callable[[Text], str]]) -> dict[str, Score]:
    """Run every system on every text in turn, so that all of them see the same machine."""
    scores = {name: Score() for name in systems}
    names = list(systems)
    for index, text in enumerate(texts):
        for name in names[index % len(names) :] + names[: index % len(names)]:
            start = time.process_time()
            body = systems[name](text)
            scores[name].seconds += time.process_time() - start
            scores[name].bodies.add(text.truths, body)
    return scores


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path, nargs="?")
    parser.add_argument("--folds", type=Path, default=Path("var/cleaner-folds"))
    parser.add_argument("--rendering", choices=RENDERINGS, default="copied")
    arguments = parser.parse_args()
    if arguments.data is None or not (arguments.folds / "lines-fold-0.json").is_file():
        print(
            "nothing to compare: say where the pages are, and train first (see the top of "
            "this file)"
        )
        return
    models = [
        boosted_trees.parse_model(
            orjson.loads((arguments.folds / f"lines-fold-{fold}.json").read_bytes()), FEATURES
        )
        for fold in range(FOLDS)
    ]
    systems: dict[str, Callable[[Text], str]] = {
        "ours": partial(by_cleaner, models),
        "hand-made rules": by_hand,
        "everything": everything,
    }
    texts = [
        text
        for example in examples(arguments.data)
        for text in texts_of(example, arguments.rendering)
    ]
    for system in systems.values():
        system(texts[0])  # what is loaded or compiled at first use
    for view, collection in dict.fromkeys((text.view, text.example.collection) for text in texts):
        chosen = [
            text for text in texts if (text.view, text.example.collection) == (view, collection)
        ]
        words = np.mean([len(text.text.split()) for text in chosen])
        print(
            f"\n{f'{view}, {collection}':40}F1      P       R       exact  texts/s   "
            f"({len(chosen)} texts, {words:.0f} words each)"
        )
        for name, score in measure(chosen, systems).items():
            print(f"{name:40}{score.bodies.row}  {len(chosen) / max(score.seconds, 1e-9):8.0f}")


if __name__ == "__main__":
    main()
