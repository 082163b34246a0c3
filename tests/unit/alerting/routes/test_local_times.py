"""Mute times and digests in local time, against a model that looks at every minute."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.alerting.routes.local_times import DigestTime, MuteTime, active_mute_time
from shared.messages.schemas import Severity
from tests.hypothesis_profiles import examples

ZONES = (
    "UTC",
    "Asia/Singapore",
    "Asia/Pyongyang",
    "Asia/Kathmandu",
    "Europe/London",
    "America/New_York",
    "Australia/Lord_Howe",
    "Pacific/Apia",
)
MOMENTS = st.integers(1_262_304_000, 1_893_456_000).map(lambda s: datetime.fromtimestamp(s, UTC))
DAYS = st.frozensets(st.integers(0, 6), min_size=1)


def at(text: str, zone: str = "UTC") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


@examples(300)
@given(
    zone=st.sampled_from(ZONES),
    start=st.integers(0, 1439),
    end=st.integers(0, 1440),
    days=DAYS,
    moment=MOMENTS,
)
def test_a_mute_time_counts_local_minutes_from_its_start_to_its_end(
    zone: str, start: int, end: int, days: frozenset[int], moment: datetime
) -> None:
    """The model lists the local minutes of the periods that begin yesterday and today."""
    mute = MuteTime(name="n", zone=zone, start=start, end=end, days=days)
    local = moment.astimezone(ZoneInfo(zone)).replace(second=0, microsecond=0, tzinfo=None)
    length = (end - start) % 1440 or 1440
    muted = set()
    for back in (0, 1):
        day = local.date() - timedelta(days=back)
        if day.weekday() in days:
            begin = datetime.combine(day, time()) + timedelta(minutes=start)
            muted |= {begin + timedelta(minutes=minute) for minute in range(length)}
    assert mute.is_active(moment) is (local in muted)


@examples(200)
@given(
    zone=st.sampled_from(ZONES),
    at_=st.sets(st.integers(0, 1439), min_size=1, max_size=3),
    days=DAYS,
    moment=MOMENTS,
)
def test_a_digest_goes_out_at_the_next_of_its_times(
    zone: str, at_: set[int], days: frozenset[int], moment: datetime
) -> None:
    """It is later than now, on one of its days, and no minute between is one of its times."""
    digest = DigestTime(name="d", zone=zone, at=tuple(sorted(at_)), days=days)
    due = digest.next_after(moment)
    assert moment < due <= moment + timedelta(days=9)
    assert digest.next_after(due - timedelta(seconds=1)) == due
    between = moment.replace(second=0, microsecond=0) + timedelta(minutes=1)
    step = timedelta(minutes=1)
    for number in range(min(3_000, int((due - between) / step))):
        local = (between + number * step).astimezone(ZoneInfo(zone))
        minute = local.hour * 60 + local.minute
        assert minute not in at_ or local.weekday() not in days or local.fold


@pytest.mark.parametrize(
    ("moment", "is_active"),
    [
        ("2026-03-06T23:00", True),  # Friday
        ("2026-03-07T05:59", True),  # belongs to Friday
        ("2026-03-07T06:00", False),
        ("2026-03-07T23:00", False),  # Saturday
        ("2026-03-09T05:00", False),  # Monday morning belongs to Sunday
        ("2026-03-09T22:00", True),
        ("2026-03-09T21:59", False),
    ],
)
def test_a_night_belongs_to_the_day_on_which_it_begins(moment: str, is_active: bool) -> None:
    """``mon-fri`` does not mute Monday's early morning."""
    nights = MuteTime(
        name="n", zone="Asia/Singapore", start=1320, end=360, days=frozenset(range(5))
    )
    assert nights.is_active(at(moment, "Asia/Singapore")) is is_active


def test_clocks_that_change() -> None:
    """New York's clocks go forward on 8 March 2026 at 2:00, and back on 1 November at 2:00."""
    early = MuteTime(name="n", zone="America/New_York", start=90, end=210)
    assert early.is_active(at("2026-03-08T06:59"))  # 1:59 EST
    assert early.is_active(at("2026-03-08T07:00"))  # 3:00 EDT, a minute later
    assert not early.is_active(at("2026-03-08T07:30"))
    assert early.is_active(at("2026-11-01T05:30"))
    assert early.is_active(at("2026-11-01T06:30"))
    left_out = DigestTime(name="d", zone="America/New_York", at=(150,))
    assert left_out.next_after(at("2026-03-08T00:00")) == at("2026-03-08T07:30")
    twice = DigestTime(name="d", zone="America/New_York", at=(90,))
    assert twice.next_after(at("2026-11-01T05:00")) == at("2026-11-01T05:30")
    assert twice.next_after(at("2026-11-01T05:30")) == at("2026-11-02T06:30")


def test_what_is_urgent_is_not_muted() -> None:
    """Up to high unless it says otherwise."""
    now = at("2026-03-06T23:00")
    nights = MuteTime(name="n", zone="UTC", start=1320, end=360)
    everything = MuteTime(name="e", zone="UTC", start=1380, end=1440, up_to=Severity.CRITICAL)
    assert active_mute_time([nights], Severity.HIGH, now) is nights
    assert active_mute_time([nights], Severity.CRITICAL, now) is None
    assert active_mute_time([nights, everything], Severity.CRITICAL, now) is everything
    assert active_mute_time([everything], Severity.LOW, at("2026-03-06T22:59")) is None
    morning = DigestTime(name="d", zone="UTC", at=(420,), up_to=Severity.LOW)
    assert morning.holds(Severity.INFO)
    assert not morning.holds(Severity.MEDIUM)
