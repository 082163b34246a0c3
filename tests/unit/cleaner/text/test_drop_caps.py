"""A drop cap is joined to its word at the start of an article, and nothing else is."""

import pytest

from services.cleaner.text.drop_caps import joined_paragraphs

REST = "The two leaders met in Hanoi on Wednesday for a second summit on nuclear arms."


@pytest.mark.parametrize(
    ("first", "joined"),
    [
        (
            "T rump said on Wednesday he was in no rush.",
            "Trump said on Wednesday he was in no rush.",
        ),
        ("N orth Korea fired two missiles.", "North Korea fired two missiles."),
        ("T he president left.", "The president left."),
        ("“W e are ready,” he said.", "“We are ready,” he said."),
        ("A fter months of talks they met.", "After months of talks they met."),
        ("I n Hanoi it rained.", "In Hanoi it rained."),
        ("O fficials in Seoul said so.", "Officials in Seoul said so."),
        ("S\u00a0eoul said so on Friday.", "Seoul said so on Friday."),
        ("U nited Nations inspectors left.", "United Nations inspectors left."),
    ],
)
def test_a_drop_cap_is_joined(first: str, joined: str) -> None:
    """Whatever the word; a list knows the words that begin with A, I and O."""
    assert joined_paragraphs((first, REST)) == (joined, REST)


@pytest.mark.parametrize(
    "first",
    [
        "A summit is near.",
        "I think so, he said.",
        "I ran as fast as I could.",
        "X marks the spot where they met.",
        "E coli was found in the salad.",
        "T shirt sellers did well in Hanoi.",
        "K pop stars sang for the leaders.",
        "C major is a key, he said.",
        "Trump said so. T rump said so.",
        "J. Edgar Hoover was there.",
        "B Troops moved in.",
        "O what a day it was for them.",
    ],
)
def test_a_letter_that_is_a_word_stays(first: str) -> None:
    """One that no listed word continues, one that stands for itself, and all further on."""
    assert joined_paragraphs((first, REST)) == (first, REST)


def test_a_drop_cap_may_be_a_paragraph_of_its_own() -> None:
    """Its word is the next paragraph."""
    assert joined_paragraphs(("T", "rump said so.", REST)) == ("Trump said so.", REST)
    assert joined_paragraphs(("T", "The rest", REST)) == ("T", "The rest", REST)
    assert joined_paragraphs(()) == ()


def test_a_preposition_of_one_letter_stays_in_its_language() -> None:
    """Czech and Polish write them."""
    czech = "V pátek se v Hanoji sešli oba vůdci k jednání o jaderných zbraních."
    assert joined_paragraphs((czech, czech)) == (czech, czech)
