"""Load the sentences with marked events (tests/passages/events.txt), and tag them alike."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from services.tagger.data.gazetteer import Gazetteer
from services.tagger.pipeline import tag
from shared.messages.schemas import CleanArticle, TimeSource
from tests.builders import build_clean_article

FILE: Final = Path(__file__).parent / "passages" / "events.txt"
DAY: Final = datetime(2018, 9, 12, tzinfo=UTC)


def load_sentences(path: Path) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield each sentence with its events. Raises ValueError for a line without marks."""
    for line in path.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            sentence, bar, marks = line.partition(" | ")
            if not bar:
                raise ValueError(f"{path.name}: no marks: {line}")
            yield (
                sentence,
                frozenset(mark.strip() for mark in marks.split(";") if mark.strip() != "-"),
            )


def events_in(sentence: str, gazetteer: Gazetteer) -> frozenset[str]:
    """Return the events that the tagger finds in a sentence, in the format of the marks."""
    return frozenset(
        " ".join(
            [
                event.event,
                event.source,
                event.target or "-",
                event.tense,
                *["not"] * event.negated,
                *["quoted"] * event.quoted,
            ]
        )
        for event in tag(_article(sentence), gazetteer).events
    )


def _article(body: str) -> CleanArticle:
    return build_clean_article(
        body,
        article_id="",
        revision="",
        uri="urn:sentence",
        source="sentences",
        event_time=DAY,
        event_time_source=TimeSource.MANIFEST,
    )
