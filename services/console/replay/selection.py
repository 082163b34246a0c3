"""Which of a source's articles are replayed, in which order, and what became of all the others."""

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from services.console.replay.event_order import EventOrder
from services.console.replay.pace import event_time
from services.console.replay.sources import Items
from services.fetcher.seeds.seed_articles import Skipped
from shared.files.yaml_document import Problem
from shared.messages.schemas import RawArticle

MAX_PROBLEMS: Final = 1_000
"""How many problems are remembered; all are counted."""
MAX_REASONS: Final = 50
OTHER_REASONS: Final = "other"


@dataclass(frozen=True, slots=True)
class Period:
    """A period of event time: ``begin`` belongs to it, ``end`` does not; None is open."""

    begin: datetime | None = None
    end: datetime | None = None

    def __contains__(self, moment: datetime) -> bool:
        return (self.begin is None or self.begin <= moment) and (
            self.end is None or moment < self.end
        )


ALWAYS: Final = Period()


@dataclass(slots=True)
class Tally:
    """What a source held besides the articles that are replayed."""

    problems: list[Problem] = field(default_factory=list)
    problem_count: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    outside: int = 0

    def add_problem(self, problem: Problem) -> None:
        """Count a problem, and remember it unless there are too many."""
        self.problem_count += 1
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(problem)

    def add_skipped(self, skipped: Skipped) -> None:
        """Count by reason something that is no article."""
        is_new = skipped.reason not in self.skipped
        is_full = is_new and len(self.skipped) >= MAX_REASONS
        self.skipped[OTHER_REASONS if is_full else skipped.reason] += 1


async def select(items: Items, period: Period, tally: Tally) -> AsyncIterator[RawArticle]:
    """Yield the articles of the period; count everything else."""
    async for item in items:
        if isinstance(item, Problem):
            tally.add_problem(item)
        elif isinstance(item, Skipped):
            tally.add_skipped(item)
        elif event_time(item) in period:
            yield item
        else:
            tally.outside += 1


async def in_event_order(articles: AsyncIterator[RawArticle]) -> AsyncIterator[RawArticle]:
    """Yield the articles in the order of their event time, once all have been read."""
    order = EventOrder()
    try:
        async for article in articles:
            order.add(article)
        for article in order:
            yield article
    finally:
        order.close()
