"""Quality of the events on sentences with marked events: precision and recall.

Once of the type of event alone, once with both participants. The sentences are those of both files
in tests/passages, or of the file given; `--show` prints each mistake.

Run: python -m bench.event_quality [FILE] [--show]
"""

import sys
from pathlib import Path

from services.tagger.data.gazetteer import load_gazetteer
from tests.event_sentences import FILE, UNSEEN_FILE, measure

SEEDS = Path(__file__).parents[1] / "seeds"


def main() -> None:
    paths = [Path(argument) for argument in sys.argv[1:] if argument != "--show"]
    gazetteer = load_gazetteer(SEEDS / "actors", SEEDS / "keywords")
    for path in paths or [FILE, UNSEEN_FILE]:
        quality, mistakes = measure(path, gazetteer)
        print(f"{path.name}: {quality.marked} events marked, {quality.tagged} tagged")
        for name, right in (("type", quality.right_types), ("roles", quality.right_roles)):
            precision, recall = right / quality.tagged, right / quality.marked
            print(f"  {name:5} right: precision {precision:.3f}, recall {recall:.3f}")
        if "--show" in sys.argv:
            print("\n".join(mistakes))


if __name__ == "__main__":
    main()
