"""The daily line: once on each local day, with everything that was counted in between."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.alerting.routes.local_times import EVERY_DAY, DigestTime
from services.alerting.watch.daily_line import (
    build_figures,
    build_line,
    describe,
    find_due_line,
    format_span,
)
from services.alerting.watch.tallies import MAX_MATCHED, NotificationHead, Tallies
from shared.messages.codec import encode
from shared.messages.schemas import (
    AlertOutcome,
    DailyFigures,
    DailyTally,
    Notification,
    QuietSource,
    Severity,
)
from tests.hypothesis_profiles import examples

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
BERLIN = DigestTime(name="daily", zone="Europe/Berlin", at=(420,))
ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Asia/Pyongyang",
    "Pacific/Apia",
    "Africa/Casablanca",
)


def tally(since: datetime, **changes: object) -> DailyTally:
    return replace(
        DailyTally(destination="slack:asia", since=since, articles_before=0),
        **changes,  # type: ignore[arg-type]
    )


@examples(150)
@given(
    zone=st.sampled_from(ZONES),
    minute=st.integers(0, 1439),
    days=st.one_of(st.just(EVERY_DAY), st.frozensets(st.integers(0, 6), min_size=1)),
    begin=st.integers(1_262_304_000, 1_893_456_000),
    step_h=st.sampled_from((0.5, 1.0, 7.0)),
)
def test_each_local_day_has_one_line(
    zone: str, minute: int, days: frozenset[int], begin: int, step_h: float
) -> None:
    """Whatever clocks do, over three weeks, looked at in steps; on its days, and on no other."""
    daily = DigestTime(name="daily", zone=zone, at=(minute,), days=days)
    now = datetime.fromtimestamp(begin, UTC)
    current, sent = tally(now), list[date]()
    for _ in range(int(21 * 24 / step_h)):
        due = find_due_line(daily, current, now)
        if due is not None:
            local = due.astimezone(ZoneInfo(zone))
            assert now - timedelta(hours=step_h) <= due <= now
            assert find_due_line(daily, replace(current, since=due, due=due), now) is None
            current = replace(current, since=due, due=due)
            sent.append(local.date())
        now += timedelta(hours=step_h)
    assert sent == sorted(set(sent))
    first = datetime.fromtimestamp(begin, UTC).astimezone(ZoneInfo(zone)).date()
    last = (now - timedelta(hours=step_h)).astimezone(ZoneInfo(zone)).date()
    span = [first + timedelta(days=n) for n in range(1, (last - first).days)]
    if zone != "Pacific/Apia":  # it left out a day
        assert [day for day in sent if day in span] == [d for d in span if d.weekday() in days]


def test_the_days_on_which_clocks_change_have_one_line_each() -> None:
    """At 02:30, which comes twice in October and not at all in March."""
    daily = replace(BERLIN, at=(150,))
    for day in (datetime(2026, 10, 25, tzinfo=UTC), datetime(2026, 3, 29, tzinfo=UTC)):
        current, sent = tally(day - timedelta(days=1)), 0
        for minute in range(0, 3 * 1440, 10):
            now = day - timedelta(days=1) + timedelta(minutes=minute)
            due = find_due_line(daily, current, now)
            if due is not None:
                current, sent = replace(current, since=due, due=due), sent + 1
        assert sent == 3


def test_an_outage_of_days_has_one_line() -> None:
    """It is the latest, and counts everything since the last."""
    current = tally(NOON - timedelta(days=4), due=NOON - timedelta(days=4, hours=6))
    assert find_due_line(BERLIN, current, NOON) == datetime(2026, 11, 30, 6, tzinfo=UTC)
    long_ago = tally(NOON - timedelta(days=400), due=NOON - timedelta(days=400))
    assert find_due_line(BERLIN, long_ago, NOON) == datetime(2026, 11, 30, 6, tzinfo=UTC)


def test_a_later_hour_in_the_file_gives_no_second_line_that_day() -> None:
    """The hour was changed after the line had gone out."""
    current = tally(NOON, due=datetime(2026, 11, 30, 6, tzinfo=UTC))
    later = replace(BERLIN, at=(14 * 60,))
    assert find_due_line(later, current, NOON + timedelta(hours=8)) is None
    assert find_due_line(later, current, NOON + timedelta(hours=26)) == datetime(
        2026, 12, 1, 13, tzinfo=UTC
    )


def fact(outcome: AlertOutcome, *articles: str, kind: str = "first") -> NotificationHead:
    alerts = [{"article_id": article * 8} for article in articles]
    value = {"destination": "slack:asia", "outcome": outcome, "kind": kind, "alerts": alerts}
    return msgspec.convert(value, NotificationHead)


def test_a_line_says_what_was_read_and_what_became_of_it() -> None:
    """An article counts once, whatever became of its alerts; other destinations do not count."""
    tallies = Tallies()
    tallies.follow({"slack:asia"}, NOON - timedelta(days=1), 1_000)
    for each in (
        fact(AlertOutcome.NOTIFIED, "a", "b"),
        fact(AlertOutcome.FOLDED, "b", "c"),
        fact(AlertOutcome.SILENCED, "d"),
        fact(AlertOutcome.NOTIFIED, kind="notice"),
        msgspec.structs.replace(fact(AlertOutcome.NOTIFIED, "z"), destination="slack:other"),
    ):
        tallies.add(each)
    quiet = (QuietSource(source="Yonhap", quiet_s=32_400, usual_s=2_400),)
    figures = build_figures(
        tallies.by_destination["slack:asia"],
        due=NOON,
        articles=1_214,
        quiet=quiet,
        waiting=2,
        parked=1,
    )
    line = build_line("slack:asia", BERLIN, figures)
    assert line.reason == (
        "Since Sun 29 Nov 13:00: 214 articles read, 4 matched, 1 source quiet three times longer "
        "than usual\nQuiet: Yonhap for 9 h (usually 40 min at most)\n1 message sent\nAlerts that "
        "were not sent: 2 folded because they say nothing new, 1 silenced\nNot delivered yet: 2 waiting, 1 parked"
    )
    assert (line.kind, line.severity, line.daily) == ("notice", Severity.INFO, figures)
    assert build_line("slack:asia", BERLIN, figures) == line
    tallies.begin_next("slack:asia", NOON, line.reason, 1_214)
    after = tallies.by_destination["slack:asia"]
    assert (after.matched, after.messages, after.withheld) == ((), 0, {})
    assert (after.since, after.due, after.articles_before) == (NOON, NOON, 1_214)


def test_what_was_counted_and_then_sent_with_its_burst_was_sent() -> None:
    """Two alerts count, the third brings the burst; a fourth counts anew."""
    tallies = Tallies()
    tallies.follow({"slack:asia"}, NOON, 0)
    for each in (
        fact(AlertOutcome.COUNTED, "a", kind="burst"),
        fact(AlertOutcome.COUNTED, "b", kind="burst"),
        fact(AlertOutcome.NOTIFIED, "c", "a", "b", kind="burst"),
        fact(AlertOutcome.COUNTED, "d", kind="burst"),
    ):
        tallies.add(each)
    tally_now = tallies.by_destination["slack:asia"]
    assert (len(tally_now.matched), tally_now.messages) == (4, 1)
    assert tally_now.withheld == {"counted": 1}


def test_a_day_without_anything_says_so() -> None:
    """No message means something: the articles were read."""
    figures = DailyFigures(
        since=NOON - timedelta(days=1), until=NOON, articles=1, matched=0, messages=0
    )
    assert describe(figures, ZoneInfo("UTC")) == "Since Sun 29 Nov 12:00: 1 article read, 0 matched"


def test_long_lists_are_cut() -> None:
    """Five quiet sources are named, with names that fit; matched articles are counted up to 5 000."""
    quiet = tuple(QuietSource(source="x" * 500, quiet_s=9_000, usual_s=60) for _ in range(300))
    figures = DailyFigures(
        since=NOON,
        until=NOON,
        articles=10**6,
        matched=MAX_MATCHED,
        messages=9,
        quiet=quiet,
    )
    text = describe(figures, ZoneInfo("UTC"))
    assert len(text) < 700
    assert "5000 or more matched" in text
    assert text.count("x" * 59 + "…") == 5
    assert "and 295 more" in text


def test_destinations_come_and_go_with_the_file() -> None:
    """Who is new is counted from now on; who is gone is forgotten."""
    tallies = Tallies()
    tallies.follow({"slack:a", "slack:b"}, NOON, 7)
    tallies.changed.clear()
    tallies.follow({"slack:b", "slack:c"}, NOON, 9)
    assert tallies.changed == {"slack:a", "slack:c"}
    assert {name: each.articles_before for name, each in tallies.by_destination.items()} == {
        "slack:b": 7,
        "slack:c": 9,
    }


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (5, "1 min"),
        (2_400, "40 min"),
        (5_399, "90 min"),
        (5_400, "2 h"),
        (172_799, "48 h"),
        (172_800, "2 d"),
        (864_000, "10 d"),
    ],
)
def test_spans_are_said_as_people_say_them(seconds: int, text: str) -> None:
    """In one unit."""
    assert format_span(seconds) == text


def test_the_head_of_a_notification_is_what_deliver_writes() -> None:
    """The fields that are counted are those of the message."""
    written = Notification(
        notification_id="n",
        destination="slack:asia",
        outcome=AlertOutcome.MUTED,
        reason="muted: nights",
        alerts=(),
        omitted=3,
    )
    head = msgspec.json.decode(encode(written), type=NotificationHead)
    assert (head.destination, head.outcome, head.kind, head.omitted) == (
        "slack:asia",
        "muted",
        "first",
        3,
    )


def test_every_outcome_that_is_not_sent_has_words() -> None:
    """A new one must not be left out of the line in silence."""
    withheld = {str(outcome): 1 for outcome in AlertOutcome if outcome != AlertOutcome.NOTIFIED}
    figures = DailyFigures(
        since=NOON, until=NOON, articles=1, matched=1, messages=0, withheld=withheld
    )
    last = describe(figures, ZoneInfo("UTC")).splitlines()[-1]
    assert last.count(",") == len(withheld) - 1
    assert describe(figures, ZoneInfo("UTC")).splitlines()[1] == "0 messages sent"
