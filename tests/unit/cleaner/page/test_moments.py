"""Times as pages and wires write them."""

from datetime import UTC, datetime, timedelta

import pytest

from services.cleaner.page.dates.moments import parse_moment
from services.cleaner.page.dates.published import find_published
from services.cleaner.page.head import Head

NOW = datetime(2018, 9, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("2018-09-11T09:30:00+09:00", "2018-09-11T09:30:00+09:00"),
        ("2018-09-11T09:30+0900", "2018-09-11T09:30:00+09:00"),
        ("2018-09-10T22:30:00.123-04:30", "2018-09-10T22:30:00-04:30"),
        ("2018-09-11T00:30:0Z", "2018-09-11T00:30:00+00:00"),
        ("20180911T003000Z", "2018-09-11T00:30:00+00:00"),
        ("2018/9/11 00:30 UTC", "2018-09-11T00:30:00+00:00"),
        ("2018-09-11 00:30:15", "2018-09-11T00:30:15+00:00"),
        ("Tue, 11 Sep 2018 09:30:00 +0900", "2018-09-11T09:30:00+09:00"),
        ("Tue, Sep 11 2018 10:01:41 EDT", "2018-09-11T10:01:41-04:00"),
        ("Di., 11.09.2018 - 14:45 Uhr", "2018-09-11T14:45:00+00:00"),
        ("11.9.2018", "2018-09-11T00:00:00+00:00"),
    ],
)
def test_a_moment_keeps_its_zone(words: str, expected: str) -> None:
    """ISO 8601 as pages write it, a mail header's date, and day.month.year are parsed.

    The zone is UTC if none is named.
    """
    published = parse_moment(words, "meta")
    assert published is not None
    assert published.moment.isoformat() == expected
    assert (published.precision == "day") == (len(words) <= 10)


@pytest.mark.parametrize(
    "words",
    [
        "soon",
        "",
        "11/01/2018",
        "2018-13-41",
        "2018-02-30",
        "0001-01-01",
        "1969-12-31T00:00:00Z",
        "9" * 400,
        "2018-09-11T99:00",
    ],
)
def test_other_words_are_no_moment(words: str) -> None:
    """Neither is what can be read in two ways, or is from before the web."""
    assert parse_moment(words, "meta") is None


@pytest.mark.parametrize(
    ("address", "provenance", "day"),
    [
        ("https://example.org/2018/09/10/talks", "time", 10),
        ("https://example.org/2018/09/09/talks", None, None),
        (None, None, None),
    ],
)
def test_time_elements_of_other_articles_do_not_count(
    address: str | None, provenance: str | None, day: int | None
) -> None:
    """If marked times name different days, only that of the address's day counts.

    The address by itself is no time of publication.
    """
    head = Head(
        times=[
            (True, "2018-09-11T08:00:00Z"),
            (True, "2018-09-10T08:00:00Z"),
            (False, "2018-09-09T08:00:00Z"),
        ]
    )
    published, _ = find_published(head, "", address, NOW)
    assert (published and published.provenance, published and published.moment.day) == (
        provenance,
        day,
    )


@pytest.mark.parametrize("text", ["© 2017 Example Post", "Published on 01.01.2017"])
def test_the_pages_footer_is_no_date(text: str) -> None:
    """Only lines near the headline are read; a wrong year would give offices to wrong people."""
    page = f"<html><body><p>Talks were held.</p><footer>{text}</footer></body></html>"
    assert find_published(Head(), page, None, NOW + timedelta(days=1))[0] is None
