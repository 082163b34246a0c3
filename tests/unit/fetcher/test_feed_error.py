"""Each failed poll has a kind that survives the way from a child process."""

import pickle

import pytest

from services.fetcher.feed_error import (
    FeedErrorKind,
    UnreadableFeed,
    kind_of_error,
    kind_of_status,
)
from shared.base.outcomes import InvalidMessage, LimitExceeded
from shared.http.errors import HttpError, HttpErrorKind


def test_no_value_is_in_both_enums() -> None:
    """A label means one kind."""
    assert not {kind.value for kind in HttpErrorKind} & {kind.value for kind in FeedErrorKind}


@pytest.mark.parametrize("kind", list(FeedErrorKind))
def test_a_child_s_error_keeps_its_text_and_kind(kind: FeedErrorKind) -> None:
    """Errors of the parser are pickled on their way to the poll."""
    error = pickle.loads(pickle.dumps(UnreadableFeed("it is empty", kind)))  # noqa: S301 - our own
    assert (str(error), kind_of_error(error)) == ("it is empty", kind)


def test_the_kind_of_an_error_is_its_own_or_that_of_its_class() -> None:
    """Downloads, limits, and what a parser refuses without saying more."""
    assert kind_of_error(HttpError(HttpErrorKind.PORT, "it")) is HttpErrorKind.PORT
    assert kind_of_error(LimitExceeded("time")) is FeedErrorKind.LIMITS
    assert kind_of_error(InvalidMessage("no object")) is FeedErrorKind.NO_FEED


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (101, FeedErrorKind.STATUS),
        (204, FeedErrorKind.STATUS),
        (206, FeedErrorKind.STATUS),
        (304, FeedErrorKind.STATUS),
        (401, FeedErrorKind.UNAUTHORIZED),
        (403, FeedErrorKind.FORBIDDEN),
        (404, FeedErrorKind.NOT_FOUND),
        (410, FeedErrorKind.GONE),
        (418, FeedErrorKind.STATUS),
        (429, FeedErrorKind.RATE_LIMITED),
        (500, FeedErrorKind.SERVER_ERROR),
        (999, FeedErrorKind.SERVER_ERROR),
    ],
)
def test_the_kind_of_a_status(status: int, kind: FeedErrorKind) -> None:
    """Statuses that call for different remedies are told apart."""
    assert kind_of_status(status) is kind
