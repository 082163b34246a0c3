"""Spellings by rule."""

import pytest

from services.tagger.data.entries import Actor
from services.tagger.data.variants import variants
from services.tagger.scan.normalise import normalise_name


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
        (
            "Xi Jinping",
            "CHN",
            {"Xi Jin Ping": "given name in two words", "Jinping Xi": "family name last"},
        ),
        ("Hua Changan", "CHN", {"Changan Hua": "family name last"}),
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


ROMANISED = {
    "김정은": "Kim Jong-eun, Kim Jong-Un, Kim Chong-un, Kim Jung Un, Kim Čong-un, Kim Dschong Un,"
    " Kim Chŏng-ŭn, Kim Jeong-eun, Kim Dzong Un, Kim Dzsongun, Kim Djong-eun, Gim Jeongeun",
    "문재인": "Moon Jae In, Mun Chae-in, Mun Jae-in, Mun Če-in, Mun Dschä In",
    "김여정": "Kim Yeo-jeong, Kim Yo Jong, Kim Yŏ-jŏng, Kim Jo-čong, Kim Jo Dschong, Kim Yo-jung",
    "김대중": "Kim Dae-jung, Kim Tae-jung, Kim Dae-joong, Kim Te-čung",
    "박정희": "Park Chung-hee, Pak Chŏng-hŭi, Park Jeong-hui, Park Jung Hee, Pak Čong-hui",
    "노무현": "Roh Moo-hyun, No Mu-hyŏn, Noh Mu-hyeon, Ro Mu-hyon",
    "최룡해": "Choe Ryong Hae, Choi Yong-hae, Choi Ryong-hae",
    "강경화": "Kang Kyung-hwa, Gang Gyeong-hwa, Kang Kyŏng-hwa, Kang Kyong-hwa",
}


@pytest.mark.parametrize(("hangul", "spellings"), ROMANISED.items(), ids=ROMANISED)
def test_a_korean_name_is_known_however_it_is_romanised(hangul: str, spellings: str) -> None:
    """By the tables of sounds, from the Hangul that its entry lists."""
    first, *_ = spellings.split(", ")
    family = {"Pak": "Park"}.get(first.split()[0], first.split()[0])
    entry = actor("a", f"{family} X-x", "KOR", hangul)
    keys = {normalise_name(form.name) for form in variants([entry])["a"]}
    missing = [one for one in spellings.split(", ") if normalise_name(one) not in keys]
    assert missing == []


@pytest.mark.parametrize(
    ("hangul", "spelling"),
    [
        ("김여정", "Kim Yoo Jung"),
        ("리용호", "Lee Young-ho"),
        ("김정은", "Kim Jong Il"),
        ("김정은", "Kim Jin-eun"),
    ],
)
def test_a_romanisation_of_another_name_is_not_taken(hangul: str, spelling: str) -> None:
    """The vowels of open and closed syllables, and different Hangul, are told apart."""
    entry = actor("a", f"{spelling.split(maxsplit=1)[0]} X-x", "KOR", hangul)
    keys = {normalise_name(form.name) for form in variants([entry])["a"]}
    assert normalise_name(spelling) not in keys


def test_a_romanisation_yields_to_listed_names_and_their_variants() -> None:
    """Kim Jung Un is another's where he is listed, or two share the sound."""
    first = actor("a", "Kim Jong Un", "PRK", "김정은")
    other, namesake = actor("b", "Kim Jung Un", "KOR"), actor("c", "Kim Jeong-eun", "KOR", "김정은")
    assert "Kim Jung Un" not in {form.name for form in variants([first, other])["a"]}
    assert "Kim Chong Un" not in {form.name for form in variants([first, namesake])["a"]}
