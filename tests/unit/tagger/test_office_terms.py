"""Who holds an office on a day, compared with looking at every term."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.tagger.data.entries import Office, OfficeTerm
from services.tagger.data.gazetteer import Gazetteer
from services.tagger.office_terms import holder_on, offices_on, terms_on
from shared.messages.schemas import MentionReason

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
    """On the first day of each term its holder holds that office."""
    for office in gazetteer.offices.values():
        for term in office.terms:
            offices = offices_on(term.holder, term.start, gazetteer)
            assert office.id in [office.office for office in offices], (office.id, term.holder)
