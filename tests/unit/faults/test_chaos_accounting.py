"""What a chaos run counts as lost, doubled and repeated."""

from collections.abc import Sequence

from tests.faults.chaos.accounting import Account, SeenAlert, SeenPost, account


def of(
    alerts: Sequence[int], posts: Sequence[tuple[int, bool]], raw: Sequence[int] = (1, 2)
) -> Account:
    """The account of two articles, 1 and 2."""
    return account(
        {1, 2},
        raw=raw,
        alerts=[SeenAlert(alert_id=f"a{place}", number=n) for place, n in enumerate(alerts)],
        posts=[SeenPost(number=number, marked=marked) for number, marked in posts],
        dead_letters={"a.dlq": 0, "b.dlq": 2},
    )


def test_exact() -> None:
    """One alert and one message of each article is all there should be."""
    found = of([1, 2], [(1, False), (2, False)])
    assert found.is_exact
    assert (found.articles, found.alerts, found.posts) == (2, 2, 2)
    assert found.dead_letters == {"b.dlq": 2}


def test_a_lost_alert() -> None:
    """No alert of an article; its message is missing, too."""
    found = of([1], [(1, False)])
    assert (found.alerts_lost, found.posts_lost) == ([2], [2])
    assert not found.is_exact


def test_a_lost_notification() -> None:
    """The alert is there, and Slack never took its message."""
    found = of([1, 2], [(2, False)])
    assert (found.alerts_lost, found.posts_lost) == ([], [1])
    assert not found.is_exact


def test_a_doubled_alert() -> None:
    """Two alerts of one article, even under two ids."""
    found = of([1, 2, 2], [(1, False), (2, False)])
    assert found.alerts_doubled == [2]
    assert not found.is_exact


def test_a_marked_repeat_is_no_fault() -> None:
    """It says what it is."""
    found = of([1, 2], [(1, False), (2, False), (1, True)])
    assert found.repeats_marked == [1]
    assert found.is_exact


def test_an_unmarked_repeat_is_one() -> None:
    """Also where the first message was marked."""
    found = of([1, 2], [(1, True), (1, False), (2, False)])
    assert (found.repeats_unmarked, found.first_marked) == ([1], 1)
    assert not found.is_exact


def test_something_about_nothing() -> None:
    """An alert or a message about no article that went in."""
    assert of([1, 2, 9], [(1, False), (2, False)]).strays == [9]
    assert of([1, 2], [(1, False), (2, False), (-1, False)]).strays == [-1]


def test_an_article_that_was_fetched_twice() -> None:
    """It is told, whatever became of it."""
    assert of([1, 2], [(1, False), (2, False)], raw=[1, 2, 2]).raw_doubled == [2]
