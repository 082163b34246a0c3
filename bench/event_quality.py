"""How well who-did-what-to-whom is found in sentences with marked events: precision and recall, with tense, negation and quotation.

Sentences: tests/passages/events.txt, or a file given. `--show` prints each mistake. Run: python -m bench.event_quality [FILE] [--show]
"""

import sys
from pathlib import Path

from services.tagger.data.gazetteer import load_gazetteer
from tests.event_sentences import FILE, events_in, load_sentences

SEEDS = Path(__file__).parents[1] / "seeds"


def main() -> None:
    path = next((Path(given) for given in sys.argv[1:] if given != "--show"), FILE)
    gazetteer = load_gazetteer(SEEDS / "actors", SEEDS / "keywords")
    right = said = marked = none_right = nones = 0
    for sentence, events in load_sentences(path):
        seen = events_in(sentence, gazetteer)
        right, said, marked = right + len(seen & events), said + len(seen), marked + len(events)
        nones, none_right = nones + (not events), none_right + (not events and not seen)
        if seen != events and "--show" in sys.argv:
            print(f"{sentence}\n  found {sorted(seen)}, marked {sorted(events)}")
    print(
        f"events: precision {right / said if said else 1:.3f} ({right} of {said}), recall {right / marked:.3f} ({right} of {marked})"
    )
    print(f"sentences without: {none_right} of {nones} left alone")


if __name__ == "__main__":
    main()
