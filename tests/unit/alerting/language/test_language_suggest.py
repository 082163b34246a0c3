import pytest

from services.alerting.language.names import NO_NAMES
from services.alerting.language.suggest import suggest_ids
from services.alerting.language.tree import TagKind

ACTORS = ("donald-trump", "kim-jong-un", "kim-yo-jong", "mike-pompeo", "sung-kim")
COUNTRIES = ("aus", "chn", "deu", "gbr", "kor", "prk", "ukr", "usa")
NAMED = {"north korea": ("prk",), "united kingdom": ("gbr",), "kim": ("kim-jong-un", "sung-kim")}


class Names:
    """Finds a few names, and for parts of them the two Koreas."""

    def find(self, kind: TagKind, name: str) -> tuple[str, ...]:  # noqa: ARG002 - the protocol's
        return NAMED.get(name, ())

    def find_containing(self, kind: TagKind, name: str) -> tuple[str, ...]:  # noqa: ARG002 - the protocol's
        return ("kor", "prk") if name == "korea" else ()


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
    assert suggest_ids("actor", written, ACTORS, NO_NAMES) == likely


@pytest.mark.parametrize(
    ("kind", "written", "ids"),
    [
        ("country", "us", ["usa"]),
        ("country", "kr", ["kor"]),
        ("country", "gb", ["gbr"]),
        ("country", "cn", ["chn"]),
        ("country", "north-korea", ["prk"]),
        ("country", "united-kingdom", ["gbr"]),
        ("country", "usaa", ["usa"]),
        ("country", "korea", ["kor", "prk"]),
        ("actor", "kim", ["kim-jong-un", "sung-kim"]),
    ],
)
def test_names_are_looked_up_first(kind: TagKind, written: str, ids: list[str]) -> None:
    """By its name, by its code of two letters, by a part of its name, or by a code like it."""
    assert suggest_ids(kind, written, ACTORS if kind == "actor" else COUNTRIES, Names()) == ids
