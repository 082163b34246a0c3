"""The tables of cues: forms, classes, and what the automaton finds."""

from datetime import date

import pytest

from services.tagger.scan.candidate_spans import FieldScan
from services.tagger.scan.normalise import normalise
from services.tagger.status.cue_classes import CueClass, bits_of, classes_of
from services.tagger.status.cue_scan import CueScan
from services.tagger.status.cue_table import LANGUAGES, cue_table, expand_forms


def cues_in(text: str, language: str = "en", day: date = date(2018, 9, 9)) -> dict[str, str]:
    """Return the first class of each cue by its words."""
    return {words: kinds[0] for words, kinds in kinds_in(text, language, day).items()}


def kinds_in(text: str, language: str = "en", day: date = date(2018, 9, 9)) -> dict[str, list[str]]:
    """Return all the classes of each cue by its words."""
    table = cue_table(language)
    assert table
    scan = CueScan(FieldScan("body", normalise(text), {}, is_case_uninformative=False), table, day)
    return {scan.words(index): list(classes_of(bits)) for index, bits in enumerate(scan.bits)}


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_every_table_names_known_classes_and_all_months(language: str) -> None:
    """A table loads, which fails for an unknown class, and names the twelve months."""
    table = cue_table(language)
    assert table
    assert {cue.month for cue in table.cues} == set(range(13))


def test_other_languages_have_no_table() -> None:
    assert cue_table("it") is None


def test_forms_are_expanded() -> None:
    """A star marks a regular verb, braces a choice."""
    assert list(expand_forms("deny*")) == ["deny", "denies", "denied", "denying"]
    assert list(expand_forms("rule* out"))[2] == "ruled out"
    assert list(expand_forms("push*"))[1] == "pushes"
    assert list(expand_forms("{a,b} c")) == ["a c", "b c"]


def test_a_set_of_classes_is_one_number() -> None:
    classes = (CueClass.NEGATION, CueClass.MODAL)
    assert classes_of(bits_of(classes)) == classes


def test_cues_are_whole_words_and_the_longest_phrase_wins() -> None:
    cues = cues_in("Nothing notable: he ruled out a visit, yet not now.")
    assert cues["ruled out"] == "refusal"
    assert "not" in cues
    assert "notable" not in cues


def test_contractions_curly_quotes_and_zero_width_characters() -> None:
    """The words are those of the original text, wherever characters were dropped before."""
    cues = cues_in("A\u200bB \u201cdidn\u2019t\u201d re\u00adfuse")
    assert cues["didn\u2019t"] == "negation"
    assert cues["re\u00adfuse"] == "refusal"


def test_where_a_longer_phrase_ends_inside_a_word_the_shorter_one_counts() -> None:
    assert cues_in("Le ministre n'a pas démissionné.", "fr")["pas"] == "negation"
    assert "no sign" not in cues_in("There was no signature.")
    assert cues_in("There was no signature.")["no"] == "absence"
    assert cues_in("He was reportedly shot.") == {"was": "past be", "reportedly": "doubt"}
    assert list(cues_in("He was reportedx,yes.")) == ["was", ","]


def test_a_colon_in_a_time_of_day_divides_nothing() -> None:
    assert ":" not in cues_in("It fell at 23:48.")
    assert cues_in("Live: it fell.")[":"] == "stop"


@pytest.mark.parametrize(
    ("text", "speaking"),
    [
        ("A Seoul daily says he fled.", "says"),
        ("He fled, a cable channel claimed.", "claimed"),
        ("He fled, according to an activist.", "activist"),
    ],
)
def test_the_word_of_a_weak_source_is_hearsay(text: str, speaking: str) -> None:
    assert "hearsay" in kinds_in(text)[speaking]
    assert "hearsay" not in kinds_in("The ministry says he fled, according to its files.")["says"]


@pytest.mark.parametrize(
    ("text", "denying"),
    [
        ("The army rejects a report that he left.", "report that"),
        ("It denied responsibility for the blast.", "responsibility for"),
        ("Images show no preparations for a test.", "preparations for"),
        ("The king is not preparing to go.", "preparing"),
    ],
)
def test_what_a_denied_report_or_plan_says_is_denied(text: str, denying: str) -> None:
    assert cues_in(text)[denying] in {"negation", "absence", "refusal"}


@pytest.mark.parametrize(
    ("text", "words", "time"),
    [
        ("They met on 7 September.", "7 September", "time of this week"),
        ("They met on Sept. 8, 2018.", "Sept. 8, 2018", "time of this week"),
        ("They met on August 20.", "August 20", "time of this month"),
        ("They met in June 2018.", "June 2018", "time long ago"),
        ("They meet in October.", "October", "time ahead"),
        ("They met in April.", "April", "time long ago"),
        ("They will travel to Beijing in April.", "April", "time ahead"),
        ("The vote is due in early March.", "March", "time ahead"),
        ("They plan it for May 2018.", "May 2018", "time long ago"),
        ("He may go, but they met in April.", "April", "time long ago"),
        ("They met in November.", "November", "time ahead"),
        ("They met last May.", "last May", "background"),
        ("They met in 2017.", "2017", "time long ago"),
        ("Songs of the 1960s.", "1960s", "time long ago"),
        ("The games of 2024.", "2024", "time ahead"),
        ("The 1950-53 war.", "1950", "time long ago"),
    ],
)
def test_times_are_read_against_the_articles_day(text: str, words: str, time: str) -> None:
    """The article is of 9 September 2018; a month without a year is the nearest."""
    assert cues_in(text)[words] == time


@pytest.mark.parametrize(
    "text",
    ["He may go.", "They march on.", "It has 2000 troops.", "It cost $2017.", "A year like 2018."],
)
def test_no_time_is_read_where_there_is_none(text: str) -> None:
    assert not any(kind.startswith("time ") for kind in cues_in(text).values())


def test_months_of_other_languages() -> None:
    assert cues_in("Im März 2017 trafen sie sich.", "de")["März 2017"] == "time long ago"
    assert cues_in("Le 7 septembre 2018, ils", "fr")["7 septembre 2018"] == "time of this week"
    assert cues_in("El 3 de mayo de 2016", "es")["3 de mayo de 2016"] == "time long ago"
