"""Phrases that only look like a name."""

from collections.abc import Callable

import pytest

from shared.messages.schemas import TaggedArticle


@pytest.mark.parametrize(
    "phrase",
    [
        "Trump Tower",
        "the Moon landing",
        "The Washington Post",
        "the New York Times",
        "George Washington",
        "South America",
        "the Korea Herald",
        "Voice of America",
    ],
)
def test_stop_names_refer_to_nobody(phrase: str, tagged: Callable[..., TaggedArticle]) -> None:
    """Nothing inside a stop name is tagged, though the people are named elsewhere."""
    article = tagged(f"Moon Jae-in read of {phrase} today.")
    assert [mention.actor for mention in article.mentions] == ["moon-jae-in"]
    assert article.countries == ()


def test_the_same_names_outside_stay(tagged: Callable[..., TaggedArticle]) -> None:
    """Only names inside the stop name are dropped."""
    article = tagged("Trump left Trump Tower, said Washington.")
    assert [mention.start for mention in article.mentions] == [0]
    assert [country.surface for country in article.countries] == ["Washington"]
