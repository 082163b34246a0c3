"""Listed names are found as whole words in any script; compared with a plain search."""

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
        text[span.start : span.end]
        for span in longest_spans(finder.find(normalise(text)).get(kind, ()))
    ]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
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
def test_names_stand_alone(name: str, text: str, expected: list[str]) -> None:
    """No name inside a word; any hyphen or blank between; Han in a run, hangul with a particle."""
    assert surfaces(text, name) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
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
def test_the_pronoun_is_never_the_country(text: str, expected: list[str]) -> None:
    """US needs its capitals, in a line that is not in capitals; U.S. needs no last stop."""
    assert surfaces(text, "US", "U.S.", kind=NameKind.COUNTRY) == expected


@pytest.mark.parametrize(
    ("spelling", "case"),
    [
        ("US", Case.EXACT),
        ("U.S.", Case.EXACT),
        ("NATO", Case.CAPITAL),
        ("China", Case.CAPITAL),
        ("North Korea", Case.ANY),
    ],
)
def test_required_capitals(spelling: str, case: Case) -> None:
    """A short abbreviation matches as written, one word with its capital, several in any case."""
    assert case_of(Name(NameKind.COUNTRY, "x", spelling)) is case


@given(
    st.lists(st.text("ab ", min_size=1, max_size=4).filter(str.strip), min_size=1, max_size=6),
    st.text("ab ,.'\n", max_size=40),
)
def test_the_automaton_finds_what_plain_search_finds(names: list[str], text: str) -> None:
    """All matches of all names as whole words: the same as trying every position."""
    finder = Finder([Name(NameKind.STOP_NAME, name, name) for name in names])
    fast = {
        (span.start, span.end) for span in finder.find(normalise(text)).get(NameKind.STOP_NAME, ())
    }
    slow, plain = set(), text.replace("\n", " ")
    for pattern in {normalise_name(name) for name in names}:
        for match in re.finditer(f"(?=({re.escape(pattern)}))", plain):
            start, end = match.span(1)
            if not re.search(r"\w'?\Z", plain[:start]) and not re.match(r"'?\w", plain[end:]):
                slow.add((start, end))
    assert fast == slow


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 6)), max_size=8))
def test_longest_spans_do_not_overlap_and_none_is_dropped_needlessly(
    places: list[tuple[int, int]],
) -> None:
    """A dropped span overlaps a selected one that is at least as long."""
    spans = [CandidateSpan(start, start + length, ()) for start, length in places]
    selected = longest_spans(spans)
    assert all(span.end <= following.start for span, following in pairwise(selected))
    for span in set(spans) - set(selected):
        rivals = [rival for rival in selected if rival.start < span.end and span.start < rival.end]
        assert any(rival.end - rival.start >= span.end - span.start for rival in rivals)


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 8)), max_size=30))
def test_longest_spans_are_those_of_comparing_each_with_all(places: list[tuple[int, int]]) -> None:
    """The longest first, the first of equals, then those that do not overlap with it."""
    spans = [CandidateSpan(start, start + length, ()) for start, length in places]
    selected: list[CandidateSpan] = []
    for span in sorted(sorted(spans), key=lambda span: span.start - span.end):
        if all(span.end <= rival.start or rival.end <= span.start for rival in selected):
            selected.append(span)
    assert longest_spans(spans) == sorted(selected)
