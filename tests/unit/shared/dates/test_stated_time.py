"""Times as feeds, pages and wires state them, and what is none."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.dates.stated_time import EARLIEST, StatedTime, parse_stated_time
from tests.hypothesis_profiles import examples

PIECES = [
    *("2019", "27", "02", "Feb", "21:00", ":00", "PM", "+07:00", "KST", ",", "-", "/", ".", "T"),
    *("Z", "年", "月", "日", "(", ")", "GMT", "Wed"),
]


def as_written(text: str) -> str:
    """Return the moment as ISO 8601, a day as its date, a zoneless time without an offset."""
    stated = parse_stated_time(text)
    if stated is None:
        return "none"
    if stated.precision == "moment":
        return stated.moment.isoformat()
    assert stated.moment.tzinfo is UTC
    bare = stated.moment.replace(tzinfo=None)
    return bare.date().isoformat() if stated.precision == "day" else bare.isoformat()


@pytest.mark.parametrize(
    ("zone", "offset"),
    [
        ("CEST", "+02:00"),
        ("KST", "+09:00"),
        ("JST", "+09:00"),
        ("America/Los_Angeles", "-08:00"),
        ("GMT+0700 (Indochina Time)", "+07:00"),
        ("(Indochina Time)", "+07:00"),
        ("EST", "-05:00"),
        ("EDT", "-04:00"),
        ("CST", "-06:00"),
        ("ET", "-05:00"),
        ("AEDT", "+11:00"),
        ("Asia/Kathmandu", "+05:45"),
        ("UTC+9", "+09:00"),
        ("GMT-3", "-03:00"),
        ("GMT+5:30", "+05:30"),
        ("+07", "+07:00"),
        ("+0700", "+07:00"),
        ("\u221205:00", "-05:00"),
        ("-0000", "+00:00"),
        ("Z", "+00:00"),
        ("ut", "+00:00"),
        ("MEZ", "+01:00"),
        ("Pacific Standard Time", "-08:00"),
        ("[Asia/Ho_Chi_Minh]", "+07:00"),
        ("+07:00[Asia/Ho_Chi_Minh]", "+07:00"),
        ("HKT", "+08:00"),
        ("WIB", "+07:00"),
    ],
)
def test_the_worlds_zones_are_understood(zone: str, offset: str) -> None:
    """A name, an offset or a region says how far from UTC the clock is."""
    assert as_written(f"Wed, 27 Feb 2019 21:00:00 {zone}") == f"2019-02-27T21:00:00{offset}"


@pytest.mark.parametrize(
    "zone",
    [
        *("IST", "AST", "XYZ", "A", "local time", "Nowhere/Land", "America", "../etc/passwd"),
        *("+25:00", "+07:75", "0700", "GMT+0700 (a) (b)", "BST", "PST8PDT7", "UTC+", "+"),
    ],
)
def test_an_unknown_zone_gives_no_time(zone: str) -> None:
    """It is not UTC; neither is one that countries use for different times, like IST.

    BST is British in summer only.
    """
    assert as_written(f"Wed, 27 Feb 2019 21:00:00 {zone}") == "none"


def test_abbreviations_depend_on_the_day_and_the_form() -> None:
    """Summer time is known by the day; China's CST is written without am, pm or a mail's comma."""
    assert as_written("Wed, 27 Jun 2018 21:00:00 BST") == "2018-06-27T21:00:00+01:00"
    assert as_written("Jun 27, 2018 9:00 PM ET") == "2018-06-27T21:00:00-04:00"
    assert as_written("2019-06-27T21:00:00 Europe/Berlin") == "2019-06-27T21:00:00+02:00"
    assert as_written("Feb 27, 2019 9:00 PM CST") == "2019-02-27T21:00:00-06:00"
    assert as_written("Wed Feb 27 21:00:00 CST 2019") == "none"
    assert as_written("2019-02-27 21:00 CST") == "none"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2019-02-27T21:00:00.123456-04:30", "2019-02-27T21:00:00-04:30"),
        ("20190227T210000Z", "2019-02-27T21:00:00+00:00"),
        ("201902272100", "2019-02-27T21:00:00"),
        ("2019/2/27 21:00 UTC", "2019-02-27T21:00:00+00:00"),
        ("Wed, 27 Feb 2019 9:00:00 PM +0700", "2019-02-27T21:00:00+07:00"),
        ("27 Feb 19 21:00 GMT", "2019-02-27T21:00:00+00:00"),
        ("1551276000", "2019-02-27T14:00:00+00:00"),
        ("1551276000000", "2019-02-27T14:00:00+00:00"),
        ("Wed Feb 27 21:00:00 KST 2019", "2019-02-27T21:00:00+09:00"),
        ("Wed Feb 27 2019 21:00:00 GMT+0700 (Indochina Time)", "2019-02-27T21:00:00+07:00"),
        ("9:00 PM EST, February 27, 2019", "2019-02-27T21:00:00-05:00"),
        ("27/02/2019, 21:00 (GMT+7)", "2019-02-27T21:00:00+07:00"),
        ("Thứ tư, 27/02/2019, 21:00 (GMT+7)", "2019-02-27T21:00:00+07:00"),
        ("21:00, 27 Feb 2019", "2019-02-27T21:00:00"),
        ("Feb. 27, 2019, 9 p.m.", "2019-02-27T21:00:00"),
        ("Feb 27, 2019 12:30 AM", "2019-02-27T00:30:00"),
        ("Feb 27, 2019 12:30 PM", "2019-02-27T12:30:00"),
        ("2019年02月27日 21:00", "2019-02-27T21:00:00"),
        ("2019年2月27日(水) 午後9時30分", "2019-02-27T21:30:00"),
        ("2019年2月27日 星期三 下午9:30", "2019-02-27T21:30:00"),
        ("2019년 2월 27일 오전 9:30", "2019-02-27T09:30:00"),
        ("2019.02.27. 오후 9:30", "2019-02-27T21:30:00"),
        ("2019-02-27 오후 9:30 KST", "2019-02-27T21:30:00+09:00"),
        ("２０１９年２月２７日", "2019-02-27"),
        ("27. Februar 2019 um 21:00 Uhr", "2019-02-27T21:00:00"),
        ("Mittwoch, 27. Februar 2019, 21.00 Uhr MEZ", "2019-02-27T21:00:00+01:00"),
        ("Mi., 27.02.2019 - 21:00 Uhr", "2019-02-27T21:00:00"),
        ("mercredi 27 février 2019 à 21h30", "2019-02-27T21:30:00"),
        ("le 27 févr. 2019", "2019-02-27"),
        ("miércoles, 27 de febrero de 2019", "2019-02-27"),
        ("27 февраля 2019, 21:00", "2019-02-27T21:00:00"),
        ("27 Şubat 2019 21:00", "2019-02-27T21:00:00"),
        ("2019-02-27", "2019-02-27"),
        ("2019-02-27+07:00", "2019-02-27"),
        ("2019-02-27T00:00:00", "2019-02-27"),
        ("27/02/2019", "2019-02-27"),
        ("02-27-2019", "2019-02-27"),
        ("02/02/2019", "2019-02-02"),
        ("02.03.2019", "2019-03-02"),
    ],
)
def test_forms_of_the_world_are_understood(text: str, expected: str) -> None:
    """A time without a zone stays without one, and a day without a clock time stays a day."""
    assert as_written(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        *("", "soon", "2019", "February 2019", "21:00", "2019-02-27 21", "2019-W09-3", "2019-058"),
        *("02/03/2019", "2/3/2019 21:00 UTC", "02-03-2019", "2019-02-30", "2019-13-01"),
        *("1551276000.5", "-1551276000", "155127600", "15512760000", "2019022721"),
        *("2019-02-27T24:00:00Z", "2019-02-27T21:61:00Z", "Feb 27, 2019 13:00 AM"),
        *("1969-12-31T00:00:00Z", "Thu, 01 Jan 1970 00:00:00 +0000", "0001-01-01T00:00:00Z"),
        *("2019-02-27T21:00:00+07:00 junk", "circa 27 Feb 2019", "27 Foo 2019", "27 Feb 2019 x"),
        *("9999-12-31T23:59:59-12:00", "x" * 400, "2019-02-27 " * 9_000),
    ],
)
def test_what_is_not_understood_is_no_time(text: str) -> None:
    """It never becomes another time: no year 1551, no November, no day of the other order."""
    assert as_written(text) == "none"


@examples(2_000)
@given(
    st.one_of(
        st.text(max_size=120),
        st.lists(
            st.sampled_from(
                [
                    "2019",
                    "27",
                    "02",
                    "Feb",
                    "21:00",
                    ":00",
                    "PM",
                    "+07:00",
                    "KST",
                    ",",
                    "-",
                    "/",
                    ".",
                    "T",
                    "Z",
                    "年",
                    "月",
                    "日",
                    "(",
                    ")",
                    "GMT",
                    "Wed",
                ]
            ),
            max_size=14,
        ).map(" ".join),
    )
)
def test_any_text_is_a_time_since_the_web_or_none(text: str) -> None:
    """No text raises an error."""
    stated = parse_stated_time(text)
    assert stated is None or stated.moment.astimezone(UTC) >= EARLIEST


@examples(500)
@given(
    st.datetimes(datetime(1990, 1, 2), datetime(2100, 1, 1)),  # noqa: DTZ001 - as written
    st.sampled_from(
        ["%Y-%m-%dT%H:%M:%S+0900", "%a, %d %b %Y %H:%M:%S +0900", "%a %b %d %H:%M:%S KST %Y"]
    ),
)
def test_what_programs_print_is_read_back(moment: datetime, form: str) -> None:
    """ISO 8601, mail headers and C's own form keep every second."""
    stated = parse_stated_time(moment.strftime(form))
    assert isinstance(stated, StatedTime)
    assert stated.moment.replace(tzinfo=None) == moment.replace(microsecond=0)
    assert stated.precision == "moment"
