"""What a poll that was committed leaves in the log."""

from datetime import UTC, datetime

import pytest
from structlog.testing import capture_logs

from services.fetcher.polling.poll_feed import PollResult
from services.fetcher.polling.report_poll import ProblemLog, report_poll
from services.fetcher.sources.feeds_file import FeedSpec
from services.fetcher.timing.schedule import PollOutcome
from shared.messages.schemas import FeedState

SPEC = FeedSpec(url="https://n.example/f?key=s3cr3t", source="n", interval_s=60)
OTHER = FeedSpec(url="https://m.example/f", source="m", interval_s=60)
NOW = datetime(2026, 11, 30, tzinfo=UTC)


def report_problems(log: ProblemLog, *problems: str, spec: FeedSpec = SPEC) -> list[str]:
    """Report a poll with these problems, and return those that are logged."""
    state = FeedState(url=spec.url, polled_at=NOW)
    result = PollResult(outcome=PollOutcome.UNCHANGED, state=state, problems=problems)
    with capture_logs() as lines:
        report_poll(spec, result, 0, log)
    assert not any("s3cr3t" in str(line) for line in lines)
    return [line["because"] for line in lines if line["event"] == "feed has problems"]


def test_a_problem_that_stays_is_logged_once() -> None:
    """An unchanged list has the same problems at every poll; a new one is logged, too."""
    log = ProblemLog()
    assert report_problems(log, "a", "b") == ["a", "b"]
    assert report_problems(log, "a", "b") == []
    assert report_problems(log, "b", "c") == ["c"]
    assert report_problems(log, "b", "c") == []


def test_a_poll_without_an_answer_does_not_bring_the_problems_back() -> None:
    """A 304 and a failure say nothing about them."""
    log = ProblemLog()
    assert report_problems(log, "a") == ["a"]
    assert report_problems(log) == []
    assert report_problems(log, "a") == []


def test_each_feed_has_problems_of_its_own() -> None:
    """The same text at another feed is another problem; a feed that is left out is forgotten."""
    log = ProblemLog()
    assert report_problems(log, "a") == ["a"]
    assert report_problems(log, "a", spec=OTHER) == ["a"]
    log.forget_all_but({OTHER.url})
    assert report_problems(log, "a", spec=OTHER) == []
    assert report_problems(log, "a") == ["a"]


def test_of_many_problems_three_are_logged() -> None:
    """With their number, so that a broken feed does not fill the log."""
    assert len(report_problems(ProblemLog(), *map(str, range(50)))) == 3


@pytest.mark.parametrize(
    ("articles", "waiting", "level"), [(0, 0, "debug"), (1, 0, "info"), (0, 9, "info")]
)
def test_entries_that_wait_are_seen_at_the_usual_level(
    articles: int, waiting: int, level: str
) -> None:
    """A host that asked for a pause gives no pages, though its feeds answer."""
    state = FeedState(url=SPEC.url, polled_at=NOW)
    result = PollResult(outcome=PollOutcome.CHANGED, state=state, waiting=waiting)
    with capture_logs() as lines:
        report_poll(SPEC, result, articles, ProblemLog())
    assert [(line["log_level"], line["waiting"]) for line in lines] == [(level, waiting)]
