"""Facts that a sentence states otherwise than one before it."""

import pytest

from services.alerting.stories.news.changed_facts import (
    EarlierSentence,
    compare_sentences,
    may_correct,
)
from services.alerting.stories.reading.read_article import ReadArticle, read_article
from tests.story_articles import story_article

BEFORE = "The court in Kosice sentenced Jan Kovac to nine years in prison on Monday for bribery."


def read(body: str, hours: float = 0.0) -> ReadArticle:
    return read_article(story_article("a", "Court", body, hours=hours))


@pytest.mark.parametrize(
    ("before", "after"),
    [("nine", "eight"), ("Monday", "Sunday"), ("Kosice", "Zilina"), ("Kovac", "Novak")],
)
def test_another_fact_in_its_place(before: str, after: str) -> None:
    """A figure, a day, a place, a name."""
    new, old = read(BEFORE.replace(before, after)).sentences[0], read(BEFORE).sentences[0]
    change = compare_sentences(new, old)
    assert change is not None
    assert [(fact.before, fact.after) for fact in change.changes] == [
        (before.lower(), after.lower())
    ]


@pytest.mark.parametrize(
    "sentence",
    [
        BEFORE,
        BEFORE.replace("nine", "9"),
        BEFORE.replace("sentenced", "sent"),
        "His lawyers said that they would appeal against the sentence of the court.",
    ],
)
def test_the_same_facts_are_no_change(sentence: str) -> None:
    """In other words, or with a number in digits."""
    change = compare_sentences(read(sentence).sentences[0], read(BEFORE).sentences[0])
    assert change is None or not change.changes


def test_a_toll_that_rises() -> None:
    """ "14 people were killed", "17 people were killed": later, no correction."""
    old = read("At least 14 people were killed when the ferry sank off Sulawesi.").sentences[0]
    new = read("At least 17 people were killed when the ferry sank off Sulawesi.").sentences[0]
    rise, fall = compare_sentences(new, old), compare_sentences(old, new)
    assert rise is not None
    assert fall is not None
    assert (rise.is_rise, fall.is_rise) == (True, False)


def test_a_denial() -> None:
    """The same words with "not"."""
    old = read("The two sides have reached an agreement on steel tariffs.").sentences[0]
    new = read("The two sides have not reached an agreement on steel tariffs.").sentences[0]
    change = compare_sentences(new, old)
    assert change is not None
    assert change.is_denial


def test_a_day_after_the_earlier_article_is_another_event() -> None:
    """The next launch in the same words corrects nothing."""
    earlier = read(BEFORE)
    later = read(BEFORE.replace("Monday", "Thursday"), hours=80)
    old = EarlierSentence(earlier.sentences[0], earlier, is_version=False)
    assert not may_correct(later.sentences[0], old)
    sooner = read(BEFORE.replace("Monday", "Sunday"), hours=2)
    assert may_correct(sooner.sentences[0], old)
    again = old._replace(is_version=True)
    assert may_correct(later.sentences[0], again)
