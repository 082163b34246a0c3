"""What is not asserted: the reach of cues, and background paragraphs."""

from itertools import pairwise

import pytest

from tests.status_articles import read, scopes_of


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        ("Kim denied meeting Trump.", ("denied", "meeting Trump.")),
        ("The parade kept missiles out of view.", ("denied", "The parade kept missiles")),
        ("There was no sign of missiles.", ("denied", "missiles.")),
        ("Iran suspended enrichment, the minister said.", ("denied", "enrichment")),
        ("The North refrained from testing missiles.", ("denied", "from testing missiles.")),
        ("The summit was called off.", ("denied", "The summit")),
        ("A moratorium on missile tests holds.", ("denied", "missile tests holds.")),
        ("He vowed to test a bomb, but left.", ("planned", "to test a bomb")),
        ("Kim may visit Seoul.", ("planned", "visit Seoul.")),
        ("It is ready to sign a deal.", ("planned", "sign a deal.")),
        ("Fears of a nuclear test grew.", ("planned", "a nuclear test grew.")),
        ("The alleged coup shook Gabon.", ("claimed", "coup shook Gabon.")),
        ("Rebels claimed they shot down a jet.", ("claimed", "they shot down a jet.")),
        ("It tested a bomb in 2017.", ("past", "It tested a bomb in 2017.")),
        ("Last year it showed missiles.", ("past", "Last year it showed missiles.")),
    ],
)
def test_a_cue_reaches_to_the_end_of_its_clause(text: str, scope: tuple[str, str]) -> None:
    """The cue itself is outside, so that a rule can ask for it."""
    assert scope in scopes_of(text)


@pytest.mark.parametrize(
    "text",
    [
        "North Korea fired two missiles on Sunday.",
        "Kim met Trump in Singapore, and they signed a document.",
        "The launch drew condemnation from Tokyo.",
        "Trump was asked about the missile test.",
    ],
)
def test_what_is_asserted_is_in_no_scope(text: str) -> None:
    assert scopes_of(text) == []


def test_a_border_ends_the_reach() -> None:
    """What follows "but", "which" or "while" is judged by itself."""
    scopes = scopes_of("He will not go, but Kim arrived on Sunday.")
    assert all("arrived" not in text for _status, text in scopes)


def test_a_dated_noun_in_news_is_past_alone() -> None:
    """The clause is about this week; only the words of the old date are background."""
    scopes = scopes_of("Trump said on Sunday the 2015 nuclear deal helped.")
    assert ("past", "2015 nuclear deal helped.") in scopes
    assert all("said" not in text for _status, text in scopes)


def test_a_paragraph_that_opens_in_the_past_stays_there() -> None:
    """Until a sentence with a mark of the present, or the next paragraph."""
    body = (
        "In 2017 the North tested a bomb. It fired missiles over Japan. Kim has since met Moon."
        " He smiled.\n\nThe launch was on Sunday."
    )
    past = [text for status, text in scopes_of(body) if status == "past"]
    assert "It fired missiles over Japan." in past
    assert not any("smiled" in text or "launch" in text for text in past)


def test_scopes_are_ordered_and_do_not_overlap() -> None:
    body = "If he refused to deny that no test may have failed in 2017, it would not matter. " * 20
    scopes = read("Kim may not meet Trump", body).scopes()
    assert [scope.field for scope in scopes] == sorted(
        (scope.field for scope in scopes), reverse=True
    )
    in_body = [scope for scope in scopes if scope.field == "body"]
    assert all(first.end <= second.start for first, second in pairwise(in_body))
    assert all(scope.start < scope.end and scope.reason for scope in scopes)


@pytest.mark.parametrize(
    ("language", "text", "scope"),
    [
        ("de", "Der Gipfel in Hanoi wurde abgesagt.", ("denied", "Der Gipfel in Hanoi wurde")),
        ("de", "Im Jahr 2017 testete er sie.", ("past", "Im Jahr 2017 testete er sie.")),
        ("fr", "Kim pourrait rencontrer Trump.", ("planned", "rencontrer Trump.")),
        ("fr", "Le sommet a été annulé.", ("denied", "Le sommet")),
        ("es", "Trump no se reunió con Kim.", ("denied", "se reunió con Kim.")),
        ("es", "La cumbre fue cancelada.", ("denied", "La cumbre")),
    ],
)
def test_tables_of_other_languages(language: str, text: str, scope: tuple[str, str]) -> None:
    assert scope in scopes_of(text, language=language)


def test_a_language_without_a_table_has_no_scopes() -> None:
    assert scopes_of("Kim non ha lanciato missili nel 2017.", language="it") == []
