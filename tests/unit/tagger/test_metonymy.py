"""A capital that acts is its government; otherwise it is a place."""

from collections.abc import Callable

import pytest

from shared.messages.schemas import TaggedArticle

Tagging = Callable[..., TaggedArticle]


@pytest.mark.parametrize(
    "text",
    [
        "Pyongyang said no.",
        "He warned Pyongyang.",
        "Talks between Washington and Pyongyang stalled.",
        "A message to Pyongyang was sent.",
        "They sent a letter to Pyongyang.",
        "Pressure on Pyongyang grew.",
        "Pyongyang's missiles fly far.",
        "Ties with Pyongyang improved.",
        "Officials said Pyongyang, which denies it, knew.",
    ],
)
def test_it_is_the_government(text: str, tagged: Tagging) -> None:
    """As subject, object, owner, receiver, or side of a relation."""
    assert ("PRK", True) in [(country.iso3, country.metonym) for country in tagged(text).countries]


@pytest.mark.parametrize(
    "text",
    [
        "They met in Pyongyang.",
        "He flew from Beijing to Pyongyang.",
        "A visit to Pyongyang and Wonsan ended.",
        "In Beijing and Pyongyang, shops closed.",
        "PYONGYANG, Sept. 9 (KCNA) -- Shops closed.",
        "PYONGYANG — Shops closed.",
        "The Pyongyang summit ended.",
        "A Pyongyang-based envoy left.",
        "He left Pyongyang, where it rained.",
        "The capital, Pyongyang, was dark.",
        "Flights to Pyongyang were full.",
    ],
)
def test_it_is_a_place(text: str, tagged: Tagging) -> None:
    """Where something happens, where somebody goes, in a dateline, as part of another noun."""
    assert [country.surface for country in tagged(text).countries if country.iso3 == "PRK"] == []


@pytest.mark.parametrize(
    ("text", "iso3"),
    [
        ("Moscow, Idaho, said no.", []),
        ("Jordan Peele said no. Jordan left.", []),
        ("Ada Washington came. Washington left.", []),
        ("Ada Washington came. Washington warned Iran.", ["USA", "IRN"]),
        ("Ada Washington came. Washington left. Iran stayed.", ["IRN"]),
        ("Jordan Peele met Jordanian envoys. Jordan was glad.", ["JOR", "JOR"]),
        ("Georgia and Armenia signed.", ["GEO", "ARM"]),
        ("Georgia voted.", []),
        ("A town called Peru voted.", []),
        ("The Iran Foreign Ministry spoke.", ["IRN"]),
        ("CHINA TELECOM RISES", ["CHN"]),
        ("Shares of China Telecom rose.", []),
    ],
)
def test_parts_of_other_names(text: str, iso3: list[str], tagged: Tagging) -> None:
    """They are no country, nor is the word later, unless the country is named in another way."""
    assert [country.iso3 for country in tagged(text).countries] == iso3
