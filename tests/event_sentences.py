"""Load the sentences with marked events (tests/passages/events.txt), and tag them alike."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple

from services.tagger.data.gazetteer import Gazetteer
from services.tagger.pipeline import tag
from shared.messages.schemas import CleanArticle, TimeSource
from tests.builders import build_clean_article

FILE: Final = Path(__file__).parent / "passages" / "events.txt"
UNSEEN_FILE: Final = FILE.with_name("events-unseen.txt")
DAY: Final = datetime(2018, 9, 12, tzinfo=UTC)


class Roles(NamedTuple):
    """An event with who did it and to whom; "-" for nobody."""

    event: str
    source: str
    target: str


class Quality(NamedTuple):
    """Counts of events over sentences: of all, of those right in type, and right in all."""

    marked: int
    tagged: int
    right_types: int
    right_roles: int


def load_sentences(path: Path) -> Iterator[tuple[str, list[Roles]]]:
    """Yield each sentence with its events. Raises ValueError for a line without marks."""
    for line in path.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            sentence, bar, marks = line.partition(" | ")
            if not bar:
                raise ValueError(f"{path.name}: no marks: {line}")
            events = [mark.split() for mark in marks.split(";") if mark.strip() != "-"]
            yield sentence, [Roles(*event) for event in events]


def events_in(sentence: str, gazetteer: Gazetteer) -> list[Roles]:
    """Return the events that the tagger finds in a sentence."""
    return [
        Roles(event.event, event.who or "-", event.to or "-")
        for event in tag(_article(sentence), gazetteer).event_mentions
    ]


def measure(path: Path, gazetteer: Gazetteer) -> tuple[Quality, list[str]]:
    """Return the counts over a file's sentences, and a line for each sentence with a mistake."""
    total = Quality(0, 0, 0, 0)
    mistakes = []
    for sentence, marked in load_sentences(path):
        tagged = events_in(sentence, gazetteer)
        counts = Quality(
            len(marked),
            len(tagged),
            (
                Counter(role.event for role in marked) & Counter(role.event for role in tagged)
            ).total(),
            (Counter(marked) & Counter(tagged)).total(),
        )
        total = Quality(*map(sum, zip(total, counts, strict=True)))
        if counts.right_roles < max(counts.marked, counts.tagged):
            mistakes.append(f"{sentence}\n  tagged {_text(tagged)}\n  marked {_text(marked)}")
    return total, mistakes


def _text(events: list[Roles]) -> str:
    return "; ".join(" ".join(event) for event in events) or "-"


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
