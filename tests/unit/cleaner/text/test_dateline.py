import pytest

from services.cleaner.text.dateline import parse_dateline, parse_place


@pytest.mark.parametrize(
    ("paragraph", "expected"),
    [
        ("WASHINGTON/SEOUL -- The president said", "WASHINGTON/SEOUL"),
        ("SEOUL, South Korea (AP) — The leader said", "SEOUL, South Korea (AP)"),
        ("SINGAPORE, June 12 (Reuters) - The two men", "SINGAPORE, June 12 (Reuters)"),
        ("Berlin (dpa) - Der Minister", "Berlin (dpa)"),
        ("HANOI – The summit", "HANOI"),
        ("(서울=연합뉴스) 김 기자 = 두 나라", "(서울=연합뉴스)"),
        ("The president – no friend of treaties – said", None),
        ("A no-fly zone - of sorts - began", None),
        ("Trump's lawyer -- the fourth -- resigned", None),
        ("Nothing of the kind.", None),
        ("", None),
    ],
)
def test_datelines_are_known_by_their_form(paragraph: str, expected: str | None) -> None:
    """A dateline is a place in capitals, or with an agency, before a dash."""
    assert parse_dateline(paragraph) == expected


@pytest.mark.parametrize(
    ("dateline", "expected"),
    [
        ("WASHINGTON/SEOUL", "WASHINGTON/SEOUL"),
        ("SEOUL, South Korea (AP)", "SEOUL"),
        ("SINGAPORE, June 12 (Reuters)", "SINGAPORE"),
        ("Berlin (dpa)", "Berlin"),
        ("NEW YORK 12 Sept", "NEW YORK"),
        ("(서울=연합뉴스)", "서울"),
    ],
)
def test_a_dateline_names_a_place(dateline: str, expected: str) -> None:
    """The place is without region, date and agency."""
    assert parse_place(dateline) == expected
