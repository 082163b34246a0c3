"""A word beside a name that makes a longer name of the two."""

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
    """Nothing is found in it, though a Johnson, a Hunt and a Sessions are named before."""
    before = "Boris Johnson, Jeremy Hunt and Jeff Sessions met. "
    article = tagged(before + text)
    assert [one.surface for one in article.mentions if one.start >= len(before)] == []
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
def test_the_states_own(text: str, iso3: str, tagged: Tagging) -> None:
    """Bodies of the state, and people of a country, name the country."""
    assert iso3 in [one.iso3 for one in tagged(text).countries]


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
    """A particle may follow a name, another syllable makes another name."""
    assert [one.actor for one in tagged(text).mentions] == people


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
def test_the_and_a_people(text: str, iso3: list[str], tagged: Tagging) -> None:
    """After "the" and a people's name unknown capitals are a thing's name; bodies of state and people are not."""
    assert [one.iso3 for one in tagged(text).countries] == iso3


def test_a_given_name_of_two_parts_goes_on(tagged: Tagging) -> None:
    """Cho Hyun-woo is not Cho Hyun, and Cho Hyun-led is."""
    assert [
        one.actor for one in tagged("Cho Hyun-woo saved. Talks were Cho Hyun-led.").mentions
    ] == ["cho-hyun"]
