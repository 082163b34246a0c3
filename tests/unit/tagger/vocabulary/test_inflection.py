"""English verbs and nouns in every form."""

import pytest

from services.tagger.vocabulary.inflection import WordForm, noun_forms, verb_forms


@pytest.mark.parametrize(
    ("verb", "forms"),
    [
        ("visit", ["visit", "visits", "visited", "visiting"]),
        ("fire", ["fire", "fires", "fired", "firing"]),
        ("deny", ["deny", "denies", "denied", "denying"]),
        ("launch", ["launch", "launches", "launched", "launching"]),
        ("step", ["step", "steps", "stepped", "stepping"]),
        ("flee", ["flee", "flees", "fled", "fleeing"]),
        ("die", ["die", "dies", "died", "dying"]),
        ("call off", ["call off", "calls off", "called off", "calling off"]),
        ("test-fire", ["test-fire", "test-fires", "test-fired", "test-firing"]),
        ("shake hands", ["shake hands", "shakes hands", "shook hands", "shaken hands"]),
        ("cancel", ["cancel", "cancels", "canceled", "cancelled", "canceling", "cancelling"]),
    ],
)
def test_verbs(verb: str, forms: list[str]) -> None:
    """The first word is inflected, in both spellings where there are two."""
    assert set(forms) <= set(verb_forms(verb))


def test_the_past_and_the_participle_are_told_apart() -> None:
    """Where they differ: withdrew is no passive."""
    forms = verb_forms("withdraw")
    assert forms["withdrew"] is WordForm.PAST
    assert forms["withdrawn"] is WordForm.PARTICIPLE
    assert verb_forms("meet")["met"] is WordForm.PAST_OR_PARTICIPLE


@pytest.mark.parametrize(
    ("noun", "plural"),
    [
        ("missile test", "missile tests"),
        ("launch", "launches"),
        ("launch of", "launches of"),
        ("lifting of sanctions", "liftings of sanctions"),
        ("penalty", "penalties"),
        ("survey", "surveys"),
    ],
)
def test_nouns(noun: str, plural: str) -> None:
    """The head takes the ending."""
    assert noun_forms(noun) == (noun, plural)
