"""Quality of the status of event mentions on marked triggers: precision, recall, confusion.

With --cross-validate the model is fitted anew for each tenth of the stories of the files given,
without that tenth; with --by-writer for each writer, without all that the writer wrote, which tells
what a new hand will meet. --also names files that are added to each fit. Without these the model
of the package judges, which may have seen the files. --show prints each mistake.

Run: python -m bench.status FILE [FILE ...] [--cross-validate | --by-writer] [--also FILE ...]
     [--show]
"""

import argparse
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from services.tagger.status.event_kind import StatusVerdict
from services.tagger.status.model import STATUSES, StatusModel, status_model
from training.status.examples import Example, read_examples
from training.status.fit import fit
from training.status.judge import verdict_on

FOLDS = 10

Judged = list[tuple[Example, StatusVerdict]]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--cross-validate", action="store_true")
    parser.add_argument("--by-writer", action="store_true")
    parser.add_argument("--also", type=Path, nargs="+", default=[])
    parser.add_argument("--show", action="store_true")
    args = parser.parse_args()
    examples = list(read_examples(args.files))
    if args.cross_validate or args.by_writer:
        folds = _writers(examples) if args.by_writer else _folds(examples)
        judged = list(_cross_validate(examples, folds, list(read_examples(args.also))))
    else:
        model = status_model()
        judged = [(example, verdict_on(example, model)) for example in examples]
    if args.show:
        _show(judged)
    if args.by_writer:
        _report_writers(judged)
    _report(judged)


def _cross_validate(
    examples: Sequence[Example], folds: Sequence[int], also: Sequence[Example]
) -> Iterator[tuple[Example, StatusVerdict]]:
    for fold in sorted(set(folds)):
        pairs = list(zip(examples, folds, strict=True))
        model = _fit([*(example for example, number in pairs if number != fold), *also])
        for example, number in pairs:
            if number == fold:
                yield example, verdict_on(example, model)


def _folds(examples: Sequence[Example]) -> list[int]:
    """Divide the stories, not the sentences: those of a story resemble each other."""
    stories = sorted({example.story for example in examples})
    random.Random(1).shuffle(stories)
    numbers = {story: number % FOLDS for number, story in enumerate(stories)}
    return [numbers[example.story] for example in examples]


def _writers(examples: Sequence[Example]) -> list[int]:
    writers = sorted({example.writer for example in examples})
    return [writers.index(example.writer) for example in examples]


def _fit(examples: Sequence[Example]) -> StatusModel:
    return fit([example.features() for example in examples], [e.status for e in examples])


def _report_writers(judged: Judged) -> None:
    """Print for each writer the precision and recall of "asserted"."""
    for writer in sorted({example.writer for example, _ in judged}):
        pairs = [(e.status, v.status) for e, v in judged if e.writer == writer]
        right = pairs.count(("asserted", "asserted"))
        said = sum(status == "asserted" for _, status in pairs)
        marked = sum(status == "asserted" for status, _ in pairs)
        print(f"{writer:16}{right / max(said, 1):8.3f}{right / max(marked, 1):8.3f}")


def _report(judged: Judged) -> None:
    print(f"{len(judged)} triggers")
    print(f"{'status':10}{'marked':>8}{'said':>8}{'precision':>11}{'recall':>8}")
    for status in STATUSES:
        marked = sum(example.status == status for example, _ in judged)
        said = sum(verdict.status == status for _, verdict in judged)
        right = sum(status == e.status == verdict.status for e, verdict in judged)
        precision, recall = right / max(said, 1), right / max(marked, 1)
        print(f"{status:10}{marked:8}{said:8}{precision:11.3f}{recall:8.3f}")
    confusion = Counter(f"{e.status} {verdict.status or 'none'}" for e, verdict in judged)
    print("\nmarked \\ said" + "".join(f"{column:>10}" for column in (*STATUSES, "none")))
    for status in STATUSES:
        counts = (confusion[f"{status} {column}"] for column in (*STATUSES, "none"))
        print(f"{status:13}" + "".join(f"{count:10}" for count in counts))


def _show(judged: Judged) -> None:
    for example, verdict in judged:
        if verdict.status != example.status:
            text = example.text
            trigger = f"[{text[example.start : example.end]}]"
            marked = text[: example.start] + trigger + text[example.end :]
            print(f"{example.id} is {example.status}, said {verdict.status} ({verdict.reason})")
            print(f"    {example.day} {'HEADLINE ' if example.is_headline else ''}{marked}")


if __name__ == "__main__":
    main()
