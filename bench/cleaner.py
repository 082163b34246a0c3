"""Quality and speed of the cleaner beside trafilatura and readability.

    make train-cleaner DATA=PATH && python bench/cleaner.py PATH

PATH holds what training/cleaner/examples.py names. Training leaves a model for each fold, trained
on all other domains; each page is extracted with the model that does not know its site.
training/cleaner/score.py says how bodies are compared. A title is right if it is the page's,
character by character; a date if its day is; authors are compared as sets of normalised names. The
systems take turns page by page.
"""

import argparse
import html
import logging
import re
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

import orjson
import trafilatura
from readability import Document

from services.cleaner.extract import extract_article
from services.cleaner.page.blocks import boosted_trees
from services.cleaner.pipeline import STEPS, build_draft
from services.cleaner.sign import sign
from services.cleaner.text.characters import normalise, tidy
from shared.base.outcomes import Drop
from tests.builders import build_raw_article
from training.cleaner.examples import Example, examples
from training.cleaner.folds import FOLDS, fold_of
from training.cleaner.score import Tally, f1

FETCHED: Final = datetime(2026, 11, 1, tzinfo=UTC)
_TAG: Final = re.compile(r"<[^<>]*>")


@dataclass(frozen=True)
class Result:
    """What a system extracted from a page; ``day`` as YYYY-MM-DD."""

    body: str = ""
    title: str = ""
    day: str = ""
    authors: tuple[str, ...] = ()


def by_cleaner(models: list[boosted_trees.BoostedTrees], example: Example) -> Result:
    """Run the whole pipeline: title, date, authors, body, sentences, language, signature."""
    raw = build_raw_article(
        example.content,
        source="bench",
        uri=example.name,
        url=example.url or None,
        content_type="text/html",
        fetched_at=FETCHED,
        origin="push",
    )
    steps = [
        partial(extract_article, model=models[fold_of(example.domain)])
        if step is extract_article
        else step
        for step in STEPS
    ]
    draft = build_draft(raw, steps)
    if isinstance(draft, Drop):
        return Result()
    article = sign(draft)
    day = article.event_time.date().isoformat() if article.firstcreated else ""
    return Result(article.body, article.headline, day, article.authors)


def by_trafilatura(example: Example) -> Result:
    """Extract body, title, date and authors with trafilatura's precision settings."""
    result = trafilatura.bare_extraction(
        example.content,
        url=example.url or None,
        favor_precision=True,
        include_comments=False,
        with_metadata=True,
    )
    if not result:
        return Result()
    return Result(
        result.text or "",
        result.title or "",
        result.date or "",
        tuple(filter(None, (result.author or "").split("; "))),
    )


def by_readability(example: Example) -> Result:
    """Extract body and title with readability."""
    document = Document(example.content.decode("utf-8", "replace"))
    return Result(
        html.unescape(_TAG.sub(" ", document.summary(html_partial=True))), document.short_title()
    )


@dataclass
class Score:
    """The figures of a system on a collection."""

    bodies: Tally = field(default_factory=Tally)
    titles: list[bool] = field(default_factory=list)
    dates: list[bool] = field(default_factory=list)
    authors: list[float] = field(default_factory=list)
    seconds: float = 0.0

    def add(self, example: Example, result: Result) -> None:
        """Add one page; only what its truth has counts."""
        self.bodies.add(example.bodies, result.body)
        if example.titles:
            self.titles.append(tidy(result.title) in map(tidy, example.titles))
        if example.date:
            published = datetime.fromisoformat(example.date)
            self.dates.append(
                result.day
                in {published.date().isoformat(), published.astimezone(UTC).date().isoformat()}
            )
        if example.authors:
            self.authors.append(
                _same(
                    {normalise(name) for name in example.authors},
                    {normalise(name) for name in result.authors},
                )
            )

    def row(self, reference: float) -> str:
        """Return the line of the table; ``reference``: the seconds that trafilatura took."""
        pages = len(self.bodies.precisions)
        means = "  ".join(
            f"{sum(values) / len(values):.3f}" if values else "  –  "
            for values in (self.titles, self.dates, self.authors)
        )
        return (
            f"{self.bodies.row}  {means}    {pages / self.seconds:7.1f}  "
            f"{reference / self.seconds:5.2f}"
        )


def _same(true: set[str], names: set[str]) -> float:
    common = len(true & names)
    return f1(common / max(1, len(names)), common / len(true))


def measure(
    pages: list[Example], systems: dict[str, Callable[[Example], Result]]
) -> dict[str, Score]:
    """Run every system on every page in turn, so that all of them see the same machine."""
    scores = {name: Score() for name in systems}
    names = list(systems)
    for index, example in enumerate(pages):
        for name in names[index % len(names) :] + names[: index % len(names)]:
            start = time.process_time()
            result = systems[name](example)
            scores[name].seconds += time.process_time() - start
            scores[name].add(example, result)
    return scores


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path, nargs="?")
    parser.add_argument("--folds", type=Path, default=Path("var/cleaner-folds"))
    arguments = parser.parse_args()
    if arguments.data is None or not arguments.folds.is_dir():
        print(
            "nothing to compare: say where the pages are, and train first (see the top of "
            "this file)"
        )
        return
    logging.disable(logging.CRITICAL)
    models = [
        boosted_trees.parse_model(
            orjson.loads((arguments.folds / f"fold-{fold}.json").read_bytes())
        )
        for fold in range(FOLDS)
    ]
    systems: dict[str, Callable[[Example], Result]] = {
        "ours": partial(by_cleaner, models),
        "trafilatura precision": by_trafilatura,
        "readability": by_readability,
    }
    pages = examples(arguments.data)
    for system in systems.values():
        system(pages[0])  # what is loaded or compiled at first use
    for collection in dict.fromkeys(example.collection for example in pages):
        scores = measure(
            [example for example in pages if example.collection == collection], systems
        )
        print(
            f"\n{collection:24}F1      P       R       exact  title  date   authors  pages/s  ratio"
        )
        for name, score in scores.items():
            print(f"{name:24}{score.row(scores['trafilatura precision'].seconds)}")
    print(
        "\nlargest memory, all systems in one process: "
        f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MiB"
    )


if __name__ == "__main__":
    main()
