"""How well the tagger does on passages with marked names: precision, recall and F1, offices of the day, decoys, countries, metonyms.

Passages: tests/passages/tagger, or files given. `--show` prints each mistake. Run: python -m bench.tagger_quality [FILE…] [--show]
"""

import sys
from collections import Counter
from pathlib import Path

from services.tagger.data.gazetteer import load_gazetteer
from tests.tagger_passages import FOLDER, f1, load_passages, score_passages

SEEDS = Path(__file__).parents[1] / "seeds"


def main() -> None:
    show = "--show" in sys.argv
    paths = [Path(given) for given in sys.argv[1:] if given != "--show"] or sorted(
        FOLDER.glob("*.txt")
    )
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
    for what in ("mentions", "countries"):
        precision, recall, f = f1(total, what)
        print(
            f"  {what:10} P {precision:.3f}  R {recall:.3f}  F1 {f:.3f}  ({total[f'{what} marked']} marked)"
        )
    for what, part in (("offices", "right"), ("metonyms", "right"), ("decoys", "hit")):
        marked = total[f"{what} marked"]
        print(
            f"  {what:10} {part} {total[f'{what} {part}'] / marked if marked else 0:.3f}  ({total[f'{what} {part}']} of {marked})"
        )


if __name__ == "__main__":
    main()
