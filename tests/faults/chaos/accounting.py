"""Compare what came out with what went in. Pure.

An article is identified by its number; it must raise one alert, and that alert one message.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenAlert:
    """A committed alert: its id and its article's number."""

    alert_id: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenPost:
    """A message that Slack accepted: its article's number, and whether it is marked as a repeat."""

    number: int
    marked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The result of a run; the lists hold article numbers."""

    articles: int
    raw_doubled: list[int]
    alerts: int
    alerts_lost: list[int]
    alerts_doubled: list[int]
    posts: int
    posts_lost: list[int]
    repeats_marked: list[int]
    repeats_unmarked: list[int]
    first_marked: int
    strays: list[int]
    dead_letters: Mapping[str, int]

    @property
    def is_exact(self) -> bool:
        """Whether nothing was lost, and nothing doubled without a mark."""
        lost = self.alerts_lost or self.posts_lost
        return not (lost or self.alerts_doubled or self.repeats_unmarked or self.strays)


def account(
    wanted: Iterable[int],
    *,
    raw: Iterable[int],
    alerts: Sequence[SeenAlert],
    posts: Sequence[SeenPost],
    dead_letters: Mapping[str, int],
) -> Account:
    """Count what was lost and doubled; ``posts`` are in the order in which they were accepted.

    Two alerts of one article are a double whether or not their ids are equal: both go out.
    """
    numbers, raised = set(wanted), Counter(alert.number for alert in alerts)
    marked, unmarked, first_marked = _repeats(posts)
    posted = {post.number for post in posts}
    return Account(
        articles=len(numbers),
        raw_doubled=_more_than_once(Counter(raw)),
        alerts=len(alerts),
        alerts_lost=sorted(numbers - set(raised)),
        alerts_doubled=_more_than_once(raised),
        posts=len(posts),
        posts_lost=sorted(numbers - posted),
        repeats_marked=marked,
        repeats_unmarked=unmarked,
        first_marked=first_marked,
        strays=sorted((set(raised) | posted) - numbers),
        dead_letters={topic: count for topic, count in dead_letters.items() if count},
    )


def _more_than_once(counted: Counter[int]) -> list[int]:
    return sorted(number for number, count in counted.items() if count > 1)


def _repeats(posts: Sequence[SeenPost]) -> tuple[list[int], list[int], int]:
    """Count marked repeats, unmarked repeats, and first messages that are marked needlessly."""
    seen, marked, unmarked, first_marked = set[int](), list[int](), list[int](), 0
    for post in posts:
        if post.number in seen:
            (marked if post.marked else unmarked).append(post.number)
        else:
            seen.add(post.number)
            first_marked += post.marked
    return marked, unmarked, first_marked
