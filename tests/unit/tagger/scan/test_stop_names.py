"""What only looks like a name."""

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
def test_decoys_name_nobody(phrase: str, tagged: Callable[..., TaggedArticle]) -> None:
    """Nothing inside a decoy is tagged, though the people are named elsewhere."""
    article = tagged(f"Moon Jae-in read of {phrase} today.")
    assert [mention.actor for mention in article.mentions] == ["moon-jae-in"]
    assert article.countries == ()


def test_a_name_that_reaches_beyond_stays(tagged: Callable[..., TaggedArticle]) -> None:
    """Only what lies inside the decoy goes: the same names outside it stay."""
    article = tagged("Trump left Trump Tower, said Washington.")
    assert [mention.start for mention in article.mentions] == [0]
    assert [country.surface for country in article.countries] == ["Washington"]
