"""Who holds an office on a day, compared with looking at every term."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.tagger.data.entries import KnownPeriod, Office, OfficeTerm
from services.tagger.data.gazetteer import Gazetteer
from services.tagger.offices.terms import (
    describe_expired_offices,
    describe_limit,
    holder_on,
    is_known_on,
    listed_terms_on,
    offices_on,
    terms_on,
)
from services.tagger.pipeline import tag
from shared.messages.schemas import MentionReason
from tests.builders import build_clean_article

FIRST = date(2018, 1, 1)
OFFICE = Office(
    id="o",
    names=("o",),
    body="b",
    terms=(
        OfficeTerm(holder="a", start=date(2018, 1, 1), end=date(2018, 3, 1), verified=True),
        OfficeTerm(holder="b", start=date(2018, 3, 1), end=date(2018, 3, 31), acting=True),
        OfficeTerm(holder="c", start=date(2018, 5, 1), end=None),
    ),
)


@given(st.integers(0, 200))
def test_at_most_one_holder_and_the_successor_on_the_handover_day(days: int) -> None:
    """The holder is the last whose term has begun, as long as it has not ended."""
    day = FIRST + timedelta(days=days)
    begun = [term for term in OFFICE.terms if term.start <= day]
    expected = begun[-1].holder if begun[-1].end is None or day <= begun[-1].end else None
    assert holder_on(OFFICE, day)[:2] == (expected, ())


def test_a_gap_has_nobody() -> None:
    """Between two terms no holder is known."""
    assert terms_on(OFFICE, date(2018, 4, 15)) == ()
    assert holder_on(OFFICE, date(2017, 12, 31)) == (None, (), MentionReason.NO_HOLDER)


def test_predecessor_has_no_office_on_the_handover_day(gazetteer: Gazetteer) -> None:
    """On 2017-01-20 only one man is president."""
    day = date(2017, 1, 20)
    assert [office.office for office in offices_on("donald-trump", day, gazetteer)] == [
        "us-president"
    ]
    assert offices_on("barack-obama", day, gazetteer) == ()


def test_every_term_of_the_data_is_found(gazetteer: Gazetteer) -> None:
    """On the first day of each term its holder holds that office, if it is known that day."""
    for office in gazetteer.offices.values():
        for term in office.terms:
            offices = offices_on(term.holder, term.start, gazetteer)
            is_held = office.id in [office.office for office in offices]
            assert is_held is is_known_on(office, term.start), (office.id, term.holder)


def test_every_office_of_the_data_has_a_last_known_day(gazetteer: Gazetteer) -> None:
    """No office of the seeds is known for ever; on the day after its last, nobody is asserted."""
    for office in gazetteer.offices.values():
        assert office.known is not None, office.id
        assert office.known.end is not None, office.id
        day = office.known.end + timedelta(days=1)
        assert holder_on(office, day) == (None, (), MentionReason.NO_HOLDER)
        assert describe_limit(office, day).startswith(f"not known after {office.known.end}")
        assert not describe_limit(office, office.known.end)


@given(st.integers(-200, 400))
def test_outside_the_known_days_nobody_holds_it(days: int) -> None:
    """Within them the known days change nothing; outside them there is no holder, only a reason."""
    day = FIRST + timedelta(days=days)
    known = KnownPeriod(start=date(2018, 1, 15), end=date(2018, 6, 1), basis="a list")
    office = replace(OFFICE, known=known)
    if date(2018, 1, 15) <= day <= date(2018, 6, 1):
        assert holder_on(office, day) == holder_on(OFFICE, day)
        assert describe_limit(office, day) == ""
    else:
        assert holder_on(office, day) == (None, (), MentionReason.NO_HOLDER)
        assert terms_on(office, day) == ()
        assert listed_terms_on(office, day) == terms_on(OFFICE, day)
        assert describe_limit(office, day) == (
            "not known after 2018-06-01 (a list)"
            if day > date(2018, 6, 1)
            else "not known before 2018-01-15"
        )


def test_expired_offices_are_counted_by_their_last_day() -> None:
    """The summary counts offices whose last known day has passed; without any it is empty."""
    offices = [
        replace(OFFICE, known=KnownPeriod(end=end))
        for end in (date(2019, 12, 31), date(2019, 12, 31), date(2026, 1, 1), None)
    ]
    assert describe_expired_offices(offices, date(2020, 1, 1)) == (
        "who holds 2 of 4 offices is not known on 2020-01-01: 2 not known after 2019-12-31"
    )
    assert describe_expired_offices(offices, date(2019, 12, 31)) == ""


def test_a_surname_is_resolved_after_the_last_known_day(gazetteer: Gazetteer) -> None:
    """The article says that Putin is president; that the data end before does not hide who he is."""
    known = gazetteer.offices["rus-president"].known
    assert known is not None
    assert known.end is not None
    article = build_clean_article(
        "Russian President Putin spoke. The Russian president left.",
        event_time=datetime.combine(known.end + timedelta(days=1), time(), UTC),
    )
    tagged = tag(article, gazetteer)
    assert [(mention.surface, mention.actor) for mention in tagged.mentions] == [
        ("Putin", "vladimir-putin"),
        ("Russian president", None),
    ]
    assert [actor.offices for actor in tagged.actors] == [()]
