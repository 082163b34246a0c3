"""The time for statuses and scopes does not grow faster than the text."""

from collections.abc import Callable

import pytest

from services.tagger.status.event_kind import EventKind, TriggerSpan
from services.tagger.status.status_reader import StatusReader
from tests.hostile_texts import TEXTS, Shape
from tests.status_articles import read
from tests.time_per_byte import MOST_TIMES_SLOWER, slowdown

UNITS = [
    "not ",
    "denied, ",
    "in 2017 ",
    "May 2017, ",
    "it was called off ",
    "if he may not have ",
    "In 2017 it. ",
    "In 2017 it.\n\n",
    "rejects a report that ",
    "'",
    "could not be verified ",
]


@pytest.mark.parametrize("shape", [*map(Shape, UNITS), *TEXTS.values()])
def test_time_is_proportional_to_length(shape: Shape) -> None:
    """With a trigger every hundred characters, and all scopes."""

    def status_of(text: str) -> Callable[[], object]:
        kind = EventKind("launch")
        triggers = [
            TriggerSpan("body", start, start + 4, kind) for start in range(0, len(text) - 4, 100)
        ]

        def run() -> object:
            reader: StatusReader = read("", text)
            return reader.statuses(triggers), reader.scopes()

        return run

    assert slowdown(status_of, shape) <= MOST_TIMES_SLOWER
