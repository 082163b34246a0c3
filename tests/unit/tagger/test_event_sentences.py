"""Events on a set of sentences; `python -m bench.event_quality --show` lists each mistake."""

from services.tagger.data.gazetteer import Gazetteer
from tests.event_sentences import FILE, events_in, load_sentences


def test_precision_before_recall(gazetteer: Gazetteer) -> None:
    """Nearly all events found are right, most are found, none in sentences without events."""
    sentences = list(load_sentences(FILE))
    pairs = [(events_in(sentence, gazetteer), events) for sentence, events in sentences]
    right = sum(len(tagged & events) for tagged, events in pairs)
    assert len(sentences) >= 80
    assert right >= 0.95 * sum(len(tagged) for tagged, _events in pairs)
    assert right >= 0.9 * sum(len(events) for _tagged, events in pairs)
    assert sum(not tagged for tagged, events in pairs if not events) >= 39
