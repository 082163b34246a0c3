"""Countries and people in texts of other languages and scripts."""

from collections.abc import Callable

import pytest

from services.tagger.data.russian_cases import decline_name
from shared.messages.schemas import TaggedArticle

Tagging = Callable[..., TaggedArticle]


@pytest.mark.parametrize(
    ("language", "text", "iso3"),
    [
        ("ko", "북한은 미국과 한국에 답했다.", ["PRK", "USA", "KOR"]),
        ("ja", "北朝鮮は米国と韓国に答えた。アメリカは", ["PRK", "USA", "KOR", "USA"]),
        ("zh", "朝鲜对美国和韩国说", ["PRK", "USA", "KOR"]),
        ("zh", "北韓對美國說", ["PRK", "USA"]),
        (
            "ru",
            "Лидер Северной Кореи и США говорили о северокорейских ракетах с Китаем",
            ["PRK", "USA", "PRK", "CHN"],
        ),
        ("ar", "قالت كوريا الشمالية للصين", ["PRK", "CHN"]),
        (
            "de",
            "Nordkorea droht den Vereinigten Staaten mit nordkoreanischen Raketen.",
            ["PRK", "USA", "PRK"],
        ),
        (
            "fr",
            "La Corée du Nord menace les États-Unis, selon des sources sud-coréennes.",
            ["PRK", "USA", "KOR"],
        ),
        ("es", "Corea del Norte amenaza a Estados Unidos.", ["PRK", "USA"]),
    ],
)
def test_countries(language: str, text: str, iso3: list[str], tagged: Tagging) -> None:
    """By their names in the language, with its cases, adjectives and particles."""
    assert [country.iso3 for country in tagged(text, language=language).countries] == iso3


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "La Corée du Nord, Nordkorea, chino"),
        ("zh", "中美日韩 马里兰 朝鲜半岛"),
        ("ja", "アルバイト マリア 朝鮮半島 日本海"),
        ("ko", "수단과 인도를 가나"),
        ("de", "Er aß einen deutlichen Apfel."),
    ],
)
def test_no_countries(language: str, text: str, tagged: Tagging) -> None:
    """Not in another language, by single characters, within other words, or by lookalikes."""
    assert tagged(text, language=language).countries == ()


@pytest.mark.parametrize(
    ("language", "text", "people"),
    [
        ("ko", "김정은은 트럼프와 문재인을 만났다", ["kim-jong-un", "donald-trump", "moon-jae-in"]),
        ("ja", "金正恩委員長はトランプ大統領と", ["kim-jong-un", "donald-trump"]),
        ("zh", "金正恩与特朗普、文在寅", ["kim-jong-un", "donald-trump", "moon-jae-in"]),
        (
            "ru",
            "Трамп встретился с Ким Чен Ыном и позвонил Владимиру Путину. О Помпео молчали.",
            ["donald-trump", "kim-jong-un", "vladimir-putin", "mike-pompeo"],
        ),
    ],
)
def test_people(language: str, text: str, people: list[str], tagged: Tagging) -> None:
    """In Hangul, kana, Han and Cyrillic, with particles and cases."""
    assert [mention.actor for mention in tagged(text, language=language).mentions] == people


@pytest.mark.parametrize(
    ("name", "gender", "family_first", "cases"),
    [
        (
            "Владимир Путин",
            "m",
            False,
            [
                "Владимира Путина",
                "Владимиру Путину",
                "Владимира Путина",
                "Владимиром Путиным",
                "Владимире Путине",
            ],
        ),
        (
            "Ким Чен Ын",
            "m",
            True,
            ["Ким Чен Ына", "Ким Чен Ыну", "Ким Чен Ына", "Ким Чен Ыном", "Ким Чен Ыне"],
        ),
        (
            "Мария Захарова",
            "f",
            False,
            [
                "Марии Захаровой",
                "Марии Захаровой",
                "Марию Захарову",
                "Марией Захаровой",
                "Марии Захаровой",
            ],
        ),
        ("Ким Ё Чжон", "f", True, ["Ким Ё Чжон"] * 5),
        (
            "Сергей Шойгу",
            "m",
            False,
            ["Сергея Шойгу", "Сергею Шойгу", "Сергея Шойгу", "Сергеем Шойгу", "Сергее Шойгу"],
        ),
    ],
)
def test_russian_cases(name: str, gender: str, family_first: bool, cases: list[str]) -> None:
    """As in a Russian grammar."""
    assert list(decline_name(name, gender, family_first=family_first)) == cases
