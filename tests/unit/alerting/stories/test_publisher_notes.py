"""What a publisher says in a text: it is corrected, or withdrawn."""

import pytest

from services.alerting.stories.publisher_notes import (
    corrects,
    is_correction,
    is_withdrawal,
    withdraws,
    without_note,
)
from tests.story_articles import story_article


@pytest.mark.parametrize(
    "sentence",
    [
        "Corrects to say that the reporters watched from 500 yards away.",
        "An earlier version of this story misspelled the minister's name.",
        "This article has been corrected to show that the vote was on Tuesday.",
        "(Corrects day in first paragraph)",
        "Harbor Wire corrects its earlier report to say the distance was 240 kilometres.",
        "Eight soldiers, and not seven as we wrote in our first report, were hurt.",
        "Meridian Post misstated the place of the factory.",
        "In a report on Monday we wrote that a thousand people were taken off.",
        "Berichtigung: Die Sitzung war am Dienstag.",
        "Clarification: the company says that it was not paid.",
    ],
)
def test_a_sentence_that_corrects(sentence: str) -> None:
    """In many forms."""
    assert corrects(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "The minister corrected course on taxes.",
        "Stocks saw a correction on Monday.",
        "The law was withdrawn after protests.",
        "She said that the report was wrong.",
        "An earlier version of the bill failed in the Senate.",
        "He was not as tall as his brother.",
    ],
)
def test_a_sentence_that_is_news(sentence: str) -> None:
    """Others correct and withdraw things, too."""
    assert not corrects(sentence)
    assert not withdraws(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Baltic Wire withdraws its story headed “Telvia in talks”.",
        "Northline has withdrawn its report on the miners.",
        "Please do not publish it.",
        "The story is withdrawn.",
        "Editors, please kill the item on the bank.",
        "Bitte nicht verwenden.",
    ],
)
def test_a_sentence_that_withdraws(sentence: str) -> None:
    """In many forms."""
    assert withdraws(sentence)


@pytest.mark.parametrize(
    ("headline", "is_corrected", "is_withdrawn"),
    [
        ("CORRECTED: Trump and Kim sign", True, False),
        ("CORRECTS: Trump and Kim sign", True, False),
        ("Correction: Tourists stranded", True, False),
        ("CORRECTED-Trump and Kim sign", True, False),
        ("Clarification: Owner arrested", True, False),
        ("KILL: Telvia in talks", False, True),
        ("WITHDRAWN: Four miners found", False, True),
        ("STORY WITHDRAWN: Four miners found", False, True),
        ("UPDATE 2-Trump and Kim sign", False, False),
        ("Kill bill passes", False, False),
        ("Correctional officers strike", False, False),
    ],
)
def test_marks_before_a_headline(headline: str, is_corrected: bool, is_withdrawn: bool) -> None:
    """Forms count, not words."""
    article = story_article("a", headline, "A sentence.")
    assert is_correction(article) is is_corrected
    assert is_withdrawal(article) is is_withdrawn


def test_what_the_cleaner_says_counts() -> None:
    """Its signal, and the status of a wire item."""
    assert is_correction(story_article("a", "News", "A sentence.", signal="correction"))
    assert is_withdrawal(story_article("a", "News", "A sentence.", signal="kill"))
    assert is_withdrawal(story_article("a", "News", "A sentence.", is_canceled=True))


def test_a_headline_without_its_note() -> None:
    """By which a correction finds its story."""
    assert without_note("CORRECTED (OFFICIAL)-Trump and Kim sign") == "Trump and Kim sign"
    assert without_note("UPDATE 2-Trump and Kim sign") == "Trump and Kim sign"
    assert without_note("Trump: we sign") == "Trump: we sign"
