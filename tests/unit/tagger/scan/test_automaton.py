"""Names are found where they stand, whole, in any script; compared with the slow obvious way."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.tagger.scan.automaton import (
    CandidateSpan,
    Case,
    Finder,
    Name,
    NameKind,
    case_of,
    longest_spans,
)
from services.tagger.scan.normalise import normalise, normalise_name


def surfaces(text: str, *names: str, kind: NameKind = NameKind.PERSON) -> list[str]:
    finder = Finder([Name(kind, name, name) for name in names], ["US"])
    return [
        text[found.start : found.end]
        for found in longest_spans(finder.find(normalise(text)).get(kind, ()))
    ]


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("Trump", "Trump, Trump's; Trump’s (Trump) \"Trump\" 'Trump'", ["Trump"] * 6),
        ("Trump", "trumpet Trumpism trump's unTrump Trump's' O'Trump", ["Trump"]),
        ("Trump", "Trump-Kim Trump–Kim Trump/Kim TRUMP", ["Trump", "Trump", "Trump", "TRUMP"]),
        (
            "Kim Jong Un",
            "Kim Jong-un Kim Jong-Un KIM JONG UN Kim\nJong Un Kim Jong Unite Kim\n\nJong Un",
            ["Kim Jong-un", "Kim Jong-Un", "KIM JONG UN", "Kim\nJong Un"],
        ),
        ("Hans", "Hans' Hans's Hansen", ["Hans", "Hans"]),
        ("金正恩", "朝鲜领导人金正恩说", ["金正恩"]),
        ("김정은", "김정은은 김정은이 북김정은", ["김정은", "김정은"]),
        ("トランプ", "米国のトランプ大統領", ["トランプ"]),
        ("ทรัมป์", "ประธานาธิบดีทรัมป์กล่าว", ["ทรัมป์"]),
        (
            "Margot Wallström",
            "Margot Wallstro\u0308m Margot Wallstrom",
            ["Margot Wallstro\u0308m", "Margot Wallstrom"],
        ),
        ("Владимир Путин", "ВЛАДИМИР ПУТИН", ["ВЛАДИМИР ПУТИН"]),
    ],
)
def test_names_stand_alone(name: str, text: str, found: list[str]) -> None:
    """No name inside a word, possessives cut off, any hyphen or blank between; Han and kana in a run, hangul before a particle."""
    assert surfaces(text, name) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("US troops", ["US"]),
        ("it told us", []),
        ("It told Us", []),
        ("the U.S. and the U.S", ["U.S.", "U.S"]),
        ("U.S.-North Korea, U.S.'s", ["U.S.", "U.S."]),
        ("TELL US WHY", []),
        ("They said: TELL US WHY", []),
        ("US and UK", ["US"]),
        ("U.S.A.", []),
    ],
)
def test_the_pronoun_is_never_the_country(text: str, found: list[str]) -> None:
    """US needs its capitals, and among capitals it is not told from the word; U.S. is found with or without its last stop."""
    assert surfaces(text, "US", "U.S.", kind=NameKind.COUNTRY) == found


@pytest.mark.parametrize(
    ("written", "case"),
    [
        ("US", Case.EXACT),
        ("U.S.", Case.EXACT),
        ("NATO", Case.CAPITAL),
        ("China", Case.CAPITAL),
        ("North Korea", Case.ANY),
    ],
)
def test_capitals_asked_for(written: str, case: Case) -> None:
    """A short abbreviation is matched as written, one word with its capital, several words in any case."""
    assert case_of(Name(NameKind.COUNTRY, "x", written)) is case


@given(
    st.lists(st.text("ab ", min_size=1, max_size=4).filter(str.strip), min_size=1, max_size=6),
    st.text("ab ,.'\n", max_size=40),
)
def test_the_automaton_finds_what_plain_search_finds(names: list[str], text: str) -> None:
    """All places of all names that no word runs on beside: the same as trying every place."""
    finder = Finder([Name(NameKind.STOP_NAME, name, name) for name in names])
    found = {
        (place.start, place.end)
        for place in finder.find(normalise(text)).get(NameKind.STOP_NAME, ())
    }
    slow, plain = set(), text.replace("\n", " ")
    for pattern in {normalise_name(name) for name in names}:
        for match in re.finditer(f"(?=({re.escape(pattern)}))", plain):
            start, end = match.span(1)
            if not re.search(r"\w'?\Z", plain[:start]) and not re.match(r"'?\w", plain[end:]):
                slow.add((start, end))
    assert found == slow


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 6)), max_size=8))
def test_longest_keeps_no_overlap_and_loses_nothing_needlessly(
    places: list[tuple[int, int]],
) -> None:
    """What is kept never overlaps, and whatever was left out overlaps something at least as long."""
    found = [CandidateSpan(start, start + length, ()) for start, length in places]
    kept = longest_spans(found)
    assert all(one.end <= following.start for one, following in pairwise(kept))
    for place in set(found) - set(kept):
        rivals = [one for one in kept if one.start < place.end and place.start < one.end]
        assert any(one.end - one.start >= place.end - place.start for one in rivals)


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 8)), max_size=30))
def test_longest_is_as_comparing_each_with_all(places: list[tuple[int, int]]) -> None:
    """Of places that overlap the longest is kept, the first of equals, and then what is free of it: found by comparing each with every other."""
    found = [CandidateSpan(start, start + length, ()) for start, length in places]
    kept: list[CandidateSpan] = []
    for place in sorted(sorted(found), key=lambda place: place.start - place.end):
        if all(place.end <= other.start or other.end <= place.start for other in kept):
            kept.append(place)
    assert longest_spans(found) == sorted(kept)
