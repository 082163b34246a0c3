"""Retry-After as seconds or as a date."""

from datetime import UTC, datetime

import pytest

from shared.http.retry_after import LONGEST_S, retry_after_s

NOW = datetime(2018, 9, 12, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("Wed, 12 Sep 2018 10:01:30 GMT", 90.0),
        ("Wed, 12 Sep 2018 12:01:30 +0200", 90.0),
        ("Wed, 12 Sep 2018 09:00:00 GMT", 0.0),
        ("9" * 400, LONGEST_S),
        ("Fri, 31 Dec 9999 23:59:59 GMT", LONGEST_S),
        (None, None),
        ("", None),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("²", None),
    ],
)
def test_readable_values_give_seconds_from_now_and_others_none(
    value: str | None, seconds: float | None
) -> None:
    """Both forms of RFC 9110 are parsed and bounded; an unreadable value counts as none."""
    assert retry_after_s(value, NOW) == seconds
