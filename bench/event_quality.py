"""Quality of the events on sentences with marked events: precision and recall.

An event must be right in tense, negation and quotation, too. The sentences are those of
tests/passages/events.txt, or of the file given; `--show` prints each mistake.

Run: python -m bench.event_quality [FILE] [--show]
"""

import sys
from pathlib import Path

from services.tagger.data.gazetteer import load_gazetteer
from tests.event_sentences import FILE, events_in, load_sentences

SEEDS = Path(__file__).parents[1] / "seeds"


def main() -> None:
    path = next((Path(argument) for argument in sys.argv[1:] if argument != "--show"), FILE)
    gazetteer = load_gazetteer(SEEDS / "actors", SEEDS / "keywords")
    right = tagged = marked = none_right = nones = 0
    for sentence, events in load_sentences(path):
        predicted = events_in(sentence, gazetteer)
        right += len(predicted & events)
        tagged += len(predicted)
        marked += len(events)
        nones += not events
        none_right += not events and not predicted
        if predicted != events and "--show" in sys.argv:
            print(f"{sentence}\n  found {sorted(predicted)}, marked {sorted(events)}")
    precision, recall = right / tagged if tagged else 1, right / marked
    print(f"events: precision {precision:.3f} ({right} of {tagged})", end=", ")
    print(f"recall {recall:.3f} ({right} of {marked})")
    print(f"sentences without events: none found in {none_right} of {nones}")


if __name__ == "__main__":
    main()
