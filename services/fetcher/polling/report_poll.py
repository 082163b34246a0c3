"""Count and log what a poll that was committed came to."""

from collections.abc import Container, Sequence
from typing import Final

from services.fetcher.pages.page_kinds import TRANSIENT
from services.fetcher.polling.poll_feed import PollResult
from services.fetcher.sources.feeds_file import FeedSpec
from services.fetcher.timing.schedule import PollOutcome
from shared.base import metrics
from shared.base.log import get

log = get(__name__)

MAX_PROBLEMS: Final = 3
"""Problems of a poll that are logged."""


class ProblemLog:
    """Logs the problems of feeds once, though each poll finds them again."""

    def __init__(self) -> None:
        self._logged = dict[str, frozenset[int]]()

    def report(self, spec: FeedSpec, problems: Sequence[str]) -> None:
        """Log the problems that the feed's last poll with problems did not have."""
        if not problems:  # also a poll without an answer, or of an unchanged feed
            return
        logged = self._logged.get(spec.url, frozenset())
        appeared = [problem for problem in problems if hash(problem) not in logged]
        self._logged[spec.url] = frozenset(map(hash, problems))
        feed = without_parameters(spec.url)
        for problem in appeared[:MAX_PROBLEMS]:
            log.info("feed has problems", feed=feed, because=problem, problems=len(problems))

    def forget_all_but(self, urls: Container[str]) -> None:
        """Forget the problems of feeds that are not polled any more."""
        self._logged = {url: logged for url, logged in self._logged.items() if url in urls}


def report_poll(spec: FeedSpec, result: PollResult, articles: int, problems: ProblemLog) -> None:
    """Count and log a poll that was committed; ``problems``: what was logged before."""
    metrics.FEED_POLLS.labels(spec.source, str(result.outcome)).inc()
    if result.error_kind is not None:
        metrics.FEED_ERRORS.labels(spec.source, str(result.error_kind)).inc()
    metrics.FEED_ENTRIES.labels(spec.source, "article").inc(articles)
    metrics.FEED_ENTRIES.labels(spec.source, "given_up").inc(len(result.abandoned))
    metrics.FEED_ENTRIES.labels(spec.source, "unchanged").inc(result.unchanged)
    for reason, entries in result.decisions.items():
        metrics.FEED_IDENTITIES.labels(str(reason)).inc(entries)
    feed = without_parameters(spec.url)
    _report_abandoned(spec, result, feed)
    problems.report(spec, result.problems)
    if result.outcome is PollOutcome.GONE:
        since = result.state.gone_since
        log.warning(
            "feed is gone: polled once a day",
            feed=feed,
            since=since.isoformat(timespec="seconds") if since else None,
            revive="summitwire feeds revive",
        )
    elif result.outcome is PollOutcome.FAILED:
        # A feed that keeps failing is logged after 1, 2, 4, 8, … polls.
        write = log.warning if result.state.failures.bit_count() <= 1 else log.debug
        write(
            "feed failed",
            feed=feed,
            because=result.state.last_error,
            kind=str(result.error_kind),
            failures=result.state.failures,
        )
    else:
        write = log.info if articles or result.waiting else log.debug
        write(
            "feed polled",
            feed=feed,
            outcome=str(result.outcome),
            articles=articles,
            unchanged=result.unchanged,
            waiting=result.waiting,
        )


def _report_abandoned(spec: FeedSpec, result: PollResult, feed: str) -> None:
    """Report entries without an article; that some link to videos is no reason to look."""
    for entry in result.abandoned:
        if entry.kind is not None:
            metrics.PAGES_LEFT_OUT.labels(spec.source, str(entry.kind)).inc()
        is_expected = entry.kind is not None and entry.kind not in TRANSIENT
        write = log.info if is_expected else log.warning
        write("entry abandoned", feed=feed, url=entry.url, because=entry.reason)


def without_parameters(url: str) -> str:
    """Return a feed's address without its parameters, which may contain a key."""
    return url.partition("?")[0]
