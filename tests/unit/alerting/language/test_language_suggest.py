import pytest

from services.alerting.language.suggest import suggest_ids

ACTORS = ("donald-trump", "kim-jong-un", "kim-yo-jong", "mike-pompeo", "sung-kim")
COUNTRIES = ("aus", "chn", "deu", "gbr", "kor", "prk", "ukr", "usa")
NAMES = {"north-korea": "prk", "united-kingdom": "gbr"}


@pytest.mark.parametrize(
    ("written", "likely"),
    [
        ("kim-jon-un", ["kim-jong-un"]),
        ("pompeo", ["mike-pompeo"]),
        ("kim", ["sung-kim", "kim-jong-un", "kim-yo-jong"]),
        ("un-jong-kim", ["kim-jong-un"]),
        ("nobody-at-all", []),
    ],
)
def test_who_was_meant(written: str, likely: list[str]) -> None:
    """Ids with every part of the unknown one come first, then one that is spelt like it.

    The shortest ids come foremost, three at most.
    """
    assert suggest_ids(written, ACTORS, {}) == likely


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("us", "usa"),
        ("kr", "kor"),
        ("gb", "gbr"),
        ("cn", "chn"),
        ("north-korea", "prk"),
        ("united-kingdom", "gbr"),
        ("usaa", "usa"),
    ],
)
def test_which_country_was_meant(written: str, code: str) -> None:
    """By its name, by its code of two letters, or by a code spelt like it."""
    assert suggest_ids(written, COUNTRIES, NAMES) == [code]
