"""Events on sets of sentences; `python -m bench.event_quality --show` lists each mistake."""

from collections import Counter
from pathlib import Path

import pytest

from services.tagger.data.gazetteer import Gazetteer
from tests.event_sentences import FILE, UNSEEN_FILE, load_sentences, measure


@pytest.mark.parametrize("path", [FILE, UNSEEN_FILE], ids=lambda path: path.stem)
def test_nearly_all_events_are_right(path: Path, gazetteer: Gazetteer) -> None:
    """Both in type and in who did it to whom, and nearly all that are marked are tagged."""
    quality, _mistakes = measure(path, gazetteer)
    assert quality.right_types >= 0.97 * max(quality.marked, quality.tagged)
    assert quality.right_roles >= 0.95 * max(quality.marked, quality.tagged)


def test_every_type_has_sentences(gazetteer: Gazetteer) -> None:
    """At least six for each type of event, at least two of them in the second set."""
    both: list[Counter[str]] = [
        Counter(role.event for _sentence, events in load_sentences(path) for role in events)
        for path in (FILE, UNSEEN_FILE)
    ]
    assert [id_ for id_ in gazetteer.events if both[0][id_] + both[1][id_] < 6] == []
    assert [id_ for id_ in gazetteer.events if both[1][id_] < 2] == []
