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
        ("North Korea said the North won at the North Pole", [("North Korea", "PRK", False)]),
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
