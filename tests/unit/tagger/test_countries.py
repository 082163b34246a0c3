"""Countries by name, demonym, metonym and group."""

from collections.abc import Callable

import pytest

from shared.messages.schemas import TaggedArticle


def mentions(article: TaggedArticle) -> list[tuple[str, str, bool]]:
    return [(country.surface, country.iso3, country.metonym) for country in article.countries]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            "North Korea and South Koreans",
            [("North Korea", "PRK", False), ("South Koreans", "KOR", False)],
        ),
        (
            "Pyongyang told Seoul and the Kremlin",
            [("Pyongyang", "PRK", True), ("Seoul", "KOR", True), ("Kremlin", "RUS", True)],
        ),
        ("both Koreas", [("both Koreas", "KOR", False), ("both Koreas", "PRK", False)]),
        (
            "the Democratic People's Republic of Korea",
            [("Democratic People's Republic of Korea", "PRK", False)],
        ),
        ("N. Korea and S. Korea", [("N. Korea", "PRK", False), ("S. Korea", "KOR", False)]),
        ("it told us of polish and china", []),
        ("the North won", []),
        (
            "North Korea said the North won at the North Pole",
            [("North Korea", "PRK", False), ("the North", "PRK", False)],
        ),
        ("the North Korean side", [("North Korean", "PRK", False)]),
        ("voters in Georgia", []),
        ("Tbilisi said Georgia won", [("Tbilisi", "GEO", True), ("Georgia", "GEO", False)]),
        ("Chad Wolf left", []),
        ("朝鲜说", [("朝鲜", "PRK", False)]),
        ("U.S.-led talks", [("U.S.", "USA", False)]),
    ],
)
def test_countries(
    body: str, expected: list[tuple[str, str, bool]], tagged: Callable[..., TaggedArticle]
) -> None:
    """Short names need the country named in another way; the North alone is no mention."""
    assert mentions(tagged(body)) == expected


N, S = ("the North", "PRK", False), ("the South", "KOR", False)
RELATIVE = [
    ("North Korea fired. The North said so.", [("The North", "PRK", False)]),
    ("South Korea said the North had fired.", [N]),
    ("Seoul says the North's missile fell into the sea; the South’s army saw it.", [N, S]),
    ("Both Koreas met. The North and the South agreed.", [("The North", "PRK", False), S]),
    ("North Korea and South Korea will form one team. The North wants its anthem, the South agreed.",
     [("The North", "PRK", False), S]),
    ("South Korea helps North Korea. Workers in the South want it.", [S]),
    # not established, or not a country
    ("The North won. In the South it rained.", []),
    ("The North won, North Korea said.", []),
    ("North Korea spoke. The North of England voted.", []),
    ("North Korea spoke. Trump won the South.", []),
    ("South Korea spoke. The North Atlantic is cold, the South Side of Chicago hot.", []),
    ("North Korea spoke. The north is cold. the south, too.", []),
    ("Trump spoke of North Korea." + " He went on." * 30
     + " In South Carolina he won; the South likes him, and South Korea does not.", []),
    ("South Korea spoke." + " He went on." * 30 + " He is popular in the South.", []),
    ("North Korea spoke. The North-South line is a border.", []),
    ("North Korean ships left the South China Sea.", []),
    ("Sudan split. The South has oil.", []),
]  # fmt: skip


@pytest.mark.parametrize(("body", "expected"), RELATIVE, ids=[body[:60] for body, _ in RELATIVE])
def test_the_north_and_the_south_are_countries_once_the_article_says_which(
    body: str, expected: list[tuple[str, str, bool]], tagged: Callable[..., TaggedArticle]
) -> None:
    """A Korea must be named before; near by, where other Norths and Souths are about."""
    relative = [one for one in mentions(tagged(body)) if one[0].lower().startswith("the ")]
    assert relative == expected


def test_a_headline_may_say_the_north_before_the_body_says_which(
    tagged: Callable[..., TaggedArticle],
) -> None:
    """The headline is read with its article."""
    article = tagged("North Korea fired a missile.", "The North fires again")
    assert mentions(article)[0] == ("The North", "PRK", False)
    assert mentions(tagged("It rained.", "The North fires again")) == []
