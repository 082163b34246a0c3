"""Quality of the status of event mentions on marked triggers: precision, recall, confusion.

With --cross-validate the model is fitted anew for each tenth of the stories of the files given,
without that tenth; --also names files that are added to each fit. Without it the model of the
package judges, which may have seen the files. --show prints each mistake.

Run: python -m bench.status FILE [FILE ...] [--cross-validate] [--also FILE ...] [--show]
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
    parser.add_argument("--also", type=Path, nargs="+", default=[])
    parser.add_argument("--show", action="store_true")
    args = parser.parse_args()
    examples = list(read_examples(args.files))
    if args.cross_validate:
        judged = list(_cross_validate(examples, list(read_examples(args.also))))
    else:
        model = status_model()
        judged = [(example, verdict_on(example, model)) for example in examples]
    if args.show:
        _show(judged)
    _report(judged)


def _cross_validate(
    examples: Sequence[Example], also: Sequence[Example]
) -> Iterator[tuple[Example, StatusVerdict]]:
    folds = _folds(examples)
    for fold in range(FOLDS):
        seen = [example for example in examples if folds[example.story] != fold]
        model = _fit([*seen, *also])
        for example in examples:
            if folds[example.story] == fold:
                yield example, verdict_on(example, model)


def _folds(examples: Sequence[Example]) -> dict[str, int]:
    """Divide the stories, not the sentences: those of a story resemble each other."""
    stories = sorted({example.story for example in examples})
    random.Random(1).shuffle(stories)
    return {story: number % FOLDS for number, story in enumerate(stories)}


def _fit(examples: Sequence[Example]) -> StatusModel:
    return fit([example.features() for example in examples], [e.status for e in examples])


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
