"""Words beside a name that make a longer name of the two."""

from collections.abc import Callable

import pytest

from shared.messages.schemas import TaggedArticle

Tagging = Callable[..., TaggedArticle]


@pytest.mark.parametrize(
    "text",
    [
        "She left from Ronald Reagan National Airport.",
        "The carrier Ronald Reagan left port.",
        "American Airlines fell.",
        "A Canadian Imperial Bank branch closed.",
        "The Royal Bank of Canada rose.",
        "He read the Times of India.",
        "A French bulldog barked.",
        "He plays for AS Monaco.",
        "Lebanon, Pa., voted.",
        "Shares of Johnson & Johnson fell.",
        "Hunt for the boy goes on.",
        "Three Sessions were held.",
    ],
)
def test_part_of_another_name(text: str, tagged: Tagging) -> None:
    """It has no mention, though a Johnson, a Hunt and a Sessions are named before."""
    before = "Boris Johnson, Jeremy Hunt and Jeff Sessions met. "
    article = tagged(before + text)
    assert [mention.surface for mention in article.mentions if mention.start >= len(before)] == []
    assert article.countries == ()


@pytest.mark.parametrize(
    ("text", "iso3"),
    [
        ("The Russian Air Force flew.", "RUS"),
        ("The Central Bank of Iran said so.", "IRN"),
        ("The Iranian Central Bank said so.", "IRN"),
        ("The French foreign ministry spoke.", "FRA"),
        ("Australian Timothy Weeks was freed.", "AUS"),
        ("The U.S. Forest Service came.", "USA"),
        ("A former U.S. ambassador to Ukraine Marie Smith spoke.", "UKR"),
        ("A China Mobile shop opened. China said no.", "CHN"),
    ],
)
def test_bodies_of_state(text: str, iso3: str, tagged: Tagging) -> None:
    """Bodies of state and citizens name the country."""
    assert iso3 in [country.iso3 for country in tagged(text).countries]


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("조현재는 배우다.", []),
        ("조현은 차관이다.", ["cho-hyun"]),
        ("김정은이 왔다.", ["kim-jong-un"]),
        ("김정은 위원장", ["kim-jong-un"]),
    ],
)
def test_names_in_hangul_end(text: str, people: list[str], tagged: Tagging) -> None:
    """A particle may follow a name; another syllable makes another name."""
    assert [mention.actor for mention in tagged(text).mentions] == people


@pytest.mark.parametrize(
    ("text", "iso3"),
    [
        ("They crossed the Irish Sea.", []),
        ("She saw “Italian Job”.", []),
        ("It left the German Parliament.", ["DEU"]),
        ("He met the American Michael Smith.", ["USA"]),
        ("The Chinese CDC spoke.", ["CHN"]),
        ("The Chinese Center for Disease Control spoke.", ["CHN"]),
    ],
)
def test_demonyms_after_an_article(text: str, iso3: list[str], tagged: Tagging) -> None:
    """With unknown capitals they name a thing; with bodies of state or people they do not."""
    assert [country.iso3 for country in tagged(text).countries] == iso3


def test_the_second_part_of_a_given_name(tagged: Tagging) -> None:
    """Cho Hyun-woo is not Cho Hyun, and Cho Hyun-led is."""
    assert [
        mention.actor for mention in tagged("Cho Hyun-woo saved. Talks were Cho Hyun-led.").mentions
    ] == ["cho-hyun"]
