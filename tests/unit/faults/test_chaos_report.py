"""The report of a chaos run, as text and JSON."""

import orjson

from tests.faults.chaos import material
from tests.faults.chaos.accounting import SeenAlert, SeenPost, account
from tests.faults.chaos.figures import recovery
from tests.faults.chaos.report import Report, ServiceFigures, table


def report(numbers: tuple[int, ...]) -> Report:
    """Of one article that went in."""
    found = account(
        [1],
        raw=[1],
        alerts=[SeenAlert(alert_id="a", number=n) for n in numbers],
        posts=[SeenPost(number=n, marked=False) for n in numbers],
        dead_letters={},
    )
    tagger = ServiceFigures(
        exits={-9: 2, 75: 1},
        memory_mb=210.4,
        slope_mb_per_min=0.123,
        files_start=20,
        files_end=21,
        false_green_s=0.0,
        lines_per_min=3.0,
        most_lines_per_min=9,
    )
    never = {"kill -9": recovery([None])}
    return Report(
        seed=4,
        seconds=60,
        account=found,
        recovery=never,
        caught_up=never,
        services={"tagger": tagger},
        troubles=(),
        settled=True,
    )


def test_the_table() -> None:
    """It shows the verdict, the exits and what grew."""
    text = table(report((1,)))
    assert "nothing lost, nothing doubled unmarked" in text
    assert "2 × -9, 1 × 75" in text
    assert "+0.12" in text
    assert "20 → 21" in text


def test_a_loss_is_named() -> None:
    """With the number of the article, so that it can be looked for."""
    text = table(report(()))
    assert "1 (1)" in text
    assert "LOST OR DOUBLED" in text


def test_json() -> None:
    """It can be written, and has the verdict."""
    assert orjson.loads(orjson.dumps(report((1,)).as_json()))["good"] is True
    assert orjson.loads(orjson.dumps(report((1, 1)).as_json()))["account"]["alerts_doubled"] == [1]


def test_numbers_are_read_back() -> None:
    """From a headline, a message and both kinds of address; every desk has a word of its own."""
    assert material.number_of(material.headline(17)) == 17
    assert material.number_of(f"possible repeat · id ab12 · LOW · {material.headline(3)}") == 3
    assert material.number_of("Lost: somebody else's") == -1
    assert material.number_of_uri(material.article(5).uri) == 5
    assert material.number_of_uri("http://127.0.0.1:4000/story/1000007") == 1_000_007
    assert len(set(material.DESKS)) == len(material.DESKS) == 24
