"""Spellings by rule."""

import pytest

from services.tagger.data.entries import Actor
from services.tagger.data.variants import variants


def actor(
    id_: str, name: str, country: str, *names: str, surnames: tuple[str, ...] | None = None
) -> Actor:
    return Actor(id=id_, name=name, names=names, country=country, gender="m", surnames=surnames)


@pytest.mark.parametrize(
    ("name", "country", "expected"),
    [
        (
            "Kim Jong Un",
            "PRK",
            {
                "Kim Jongun": "given name in one word",
                "Gim Jong Un": "Kim also written Gim",
                "Jong Un Kim": "family name last",
            },
        ),
        (
            "Moon Jae-in",
            "KOR",
            {
                "Moon Jaein": "given name in one word",
                "Mun Jae in": "Moon also written Mun",
                "Jae-in Moon": "family name last",
            },
        ),
        ("Shinzo Abe", "JPN", {"Abe Shinzo": "family name first"}),
        ("Xi Jinping", "CHN", {"Jinping Xi": "family name last"}),
        ("Stephen Biegun", "USA", {"Steve Biegun": "Stephen also called Steve"}),
        (
            "Michael R. Pompeo",
            "USA",
            {
                "Michael Pompeo": "without the middle initial",
                "Mike R. Pompeo": "Michael also called Mike",
            },
        ),
        ("Lee Hsien Loong", "SGP", {}),
        ("김정은", "PRK", {}),
    ],
)
def test_each_rule(name: str, country: str, expected: dict[str, str]) -> None:
    """Each spelling has its rule; names of other countries and scripts have no variants."""
    assert dict(variants([actor("a", name, country)]).get("a", ())) == expected


def test_no_variant_is_another_persons_name() -> None:
    """None that another has or that two share; short first names need a unique surname."""
    ri, lee = actor("ri", "Ri Yong Ho", "PRK"), actor("lee", "Lee Yong-ho", "KOR")
    assert not {form.name for form in variants([ri, lee])["ri"]} & {
        "Lee Yong Ho",
        "Rhee Yong Ho",
        "Yi Yong Ho",
    }
    assert variants([actor("a", "Andrew Kim", "USA"), actor("b", "Sung Kim", "USA")]) == {}
