"""Cache-Control, Age, Expires and Date: how long a response is fresh."""

from datetime import UTC, datetime

import pytest

from services.fetcher.timing.freshness import LONGEST_S, fresh_s

NOW = datetime(2018, 9, 12, 10, 0, tzinfo=UTC)
AT_TEN = "Wed, 12 Sep 2018 10:00:00 GMT"
AT_ELEVEN = "Wed, 12 Sep 2018 11:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, 0),
        ({"cache-control": "max-age=300"}, 300),
        ({"cache-control": "public, MAX-AGE=60, must-revalidate"}, 60),
        ({"cache-control": 'max-age="90"'}, 90),
        ({"cache-control": "s-maxage=600"}, 0),
        ({"cache-control": "s-maxage=600, max-age=30"}, 30),
        ({"cache-control": "max-age=300", "age": "100"}, 200),
        ({"cache-control": "max-age=300", "age": "400"}, 0),
        ({"cache-control": "max-age=300", "age": "-7"}, 300),
        ({"cache-control": "no-cache, max-age=300"}, 0),
        ({"cache-control": "max-age=300", "expires": AT_ELEVEN}, 300),
        ({"expires": AT_ELEVEN}, 3_600),
        ({"expires": AT_ELEVEN, "date": AT_TEN}, 3_600),
        ({"expires": AT_TEN, "date": AT_ELEVEN}, 0),
        ({"expires": "0"}, 0),
        ({"expires": "-1"}, 0),
        ({"cache-control": "max-age=999999999"}, LONGEST_S),
        ({"cache-control": "max-age=99999999999999999999"}, 0),
        ({"cache-control": "max-age=-5"}, 0),
        ({"cache-control": "max-age=" + "9" * 100_000}, 0),
        ({"cache-control": "," * 100_000, "expires": "x" * 100_000}, 0),
    ],
)
def test_how_long_a_response_is_fresh(headers: dict[str, str], expected: float) -> None:
    """RFC 9111, 4.2; what is not understood is as if it were not there."""
    assert fresh_s(headers, NOW) == expected
