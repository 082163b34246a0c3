"""The period of a replay, the order of its articles, and what is counted beside them."""

import random
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime, timedelta

from services.console.replay.event_order import EventOrder
from services.console.replay.pace import event_time
from services.console.replay.selection import (
    ALWAYS,
    MAX_PROBLEMS,
    MAX_REASONS,
    OTHER_REASONS,
    Period,
    Tally,
    in_event_order,
    select,
)
from services.fetcher.seeds.seed_articles import Item, Skipped
from shared.files.yaml_document import Problem
from shared.messages.schemas import RawArticle
from tests.builders import build_raw_article

START = datetime(2018, 9, 11, tzinfo=UTC)


def article(minute: int, number: int = 0) -> RawArticle:
    moment = START + timedelta(minutes=minute)
    return build_raw_article(b"\xff\x00%d" % number, uri=f"urn:{number}", fetched_at=moment)


async def stream(items: Iterable[Item]) -> AsyncIterator[Item]:
    for item in items:
        yield item


async def articles(*found: RawArticle) -> AsyncIterator[RawArticle]:
    for each in found:
        yield each


async def test_articles_come_in_the_order_of_their_time() -> None:
    """Equal times as they came; and every article is what it was."""
    source = [article(random.Random(number).randrange(20), number) for number in range(200)]
    ordered = [each async for each in in_event_order(articles(*source))]
    assert ordered == sorted(source, key=event_time)


async def test_no_article_is_no_trouble() -> None:
    """An empty selection ends at once."""
    assert [each async for each in in_event_order(articles())] == []


def test_memory_has_two_numbers_an_article() -> None:
    """Its time and its place in the file."""
    order = EventOrder()
    order.add(article(1))
    order.add(article(0))
    assert len(order) == 2
    assert [event_time(each).minute for each in order] == [0, 1]
    order.close()


async def test_a_period_begins_with_its_first_moment_and_ends_before_its_last() -> None:
    """What lies outside is counted."""
    tally, period = Tally(), Period(START, START + timedelta(minutes=2))
    chosen = select(stream(article(minute) for minute in (-1, 0, 1, 2)), period, tally)
    assert [event_time(each).minute async for each in chosen] == [0, 1]
    assert tally.outside == 2


async def test_everything_else_is_counted_and_memory_stays_bounded() -> None:
    """Of a million problems a thousand are kept, and invented reasons are one count."""
    items: list[Item] = [Problem("f", n, 1, "broken") for n in range(MAX_PROBLEMS + 5)]
    items += [Skipped(f"reason {n % 80}") for n in range(800)]
    tally = Tally()
    assert [each async for each in select(stream(items), ALWAYS, tally)] == []
    assert (len(tally.problems), tally.problem_count) == (MAX_PROBLEMS, MAX_PROBLEMS + 5)
    assert len(tally.skipped) == MAX_REASONS + 1
    assert tally.skipped["reason 1"] == 10
    assert tally.skipped.total() == 800
    assert tally.skipped[OTHER_REASONS] == 300
