"""Quality of the tagger on passages with marked names.

Precision, recall and F1 of mentions and countries; offices of the day, metonyms and decoys. The
passages are those of tests/passages/tagger, or the files given; `--show` prints each mistake.

Run: python -m bench.tagger_quality [FILE…] [--show]
"""

import sys
from collections import Counter
from pathlib import Path

from services.tagger.data.gazetteer import load_gazetteer
from tests.tagger_passages import FOLDER, f1, load_passages, score_passages

SEEDS = Path(__file__).parents[1] / "seeds"


def main() -> None:
    show = "--show" in sys.argv
    files = [Path(argument) for argument in sys.argv[1:] if argument != "--show"]
    paths = files or sorted(FOLDER.glob("*.txt"))
    gazetteer = load_gazetteer(SEEDS / "actors", SEEDS / "keywords")
    for path in paths:
        total: Counter[str] = Counter()
        for _passage, counts, wrong in score_passages(load_passages(path), gazetteer):
            total += counts
            if show:
                print("\n".join(wrong), end="\n" if wrong else "")
        _print(path.name, total)


def _print(name: str, total: Counter[str]) -> None:
    print(name)
    for kind in ("mentions", "countries"):
        precision, recall, f = f1(total, kind)
        scores = f"P {precision:.3f}  R {recall:.3f}  F1 {f:.3f}"
        print(f"  {kind:10} {scores}  ({total[f'{kind} marked']} marked)")
    for kind, part in (("offices", "right"), ("metonyms", "right"), ("decoys", "hit")):
        count, marked = total[f"{kind} {part}"], total[f"{kind} marked"]
        share = count / marked if marked else 0
        print(f"  {kind:10} {part} {share:.3f}  ({count} of {marked})")


if __name__ == "__main__":
    main()
