"""Bare surnames that mean a country's leader."""

from datetime import date

import pytest

from shared.messages.schemas import Mention, MentionReason
from tests.unit.tagger.conftest import Tagging


def of(
    surname: str, mentions: tuple[Mention, ...]
) -> list[tuple[str, str | tuple[str, ...] | None]]:
    return [
        (one.field, one.actor or one.ambiguous)
        for one in mentions
        if one.surface.lower() == surname
    ]


@pytest.mark.parametrize(
    ("headline", "body", "expected"),
    [
        (
            "Talks",
            "He brought a letter from North Korea's Kim. Nobody has read it. Kim wants to meet.",
            ["kim-jong-un", "kim-jong-un"],
        ),
        ("Trump says Kim wants to meet", "The letter was warm.", ["kim-jong-un"]),
        (
            "KIM AND MOON SIGN DECLARATION",
            "Kim Jong-un and Moon Jae-in brought their wives. Kim Jung-sook wore white.",
            ["kim-jong-un"],
        ),
        (
            "Pompeo leaves Pyongyang without meeting Kim",
            "He met Kim Yong Chol.",
            [("kim-jong-un", "kim-yong-chol")],
        ),
        ("Kim arrives", "Kim Yong Chol is in New York.", ["kim-yong-chol"]),
        ("Talks", "Kim met Moon.", []),
        ("Talks", "Ms. Kim has never seen North Korea.", []),
        ("Talks", "Andy Kim won. North Korea matters, Kim said.", []),
        ("Talks", "Kim Yong Chol came. North Korea trusts Kim.", ["kim-yong-chol"]),
    ],
)
def test_a_leader_is_known_by_what_stands_beside(
    headline: str, body: str, expected: list[object], tagged: Tagging
) -> None:
    """By the country or another leader in the sentence: in a headline before others, in a text only where nobody else is named."""
    assert [who for _field, who in of("kim", tagged(body, headline=headline).mentions)] == expected


def test_only_who_leads_on_the_day(tagged: Tagging) -> None:
    """In 2016 South Korea's Moon led nothing."""
    article = tagged("He brought a letter from South Korea's Moon.", day=date(2018, 9, 12))
    assert [(one.actor, one.reason) for one in article.mentions if one.surface == "Moon"] == [
        ("moon-jae-in", MentionReason.LEADER)
    ]
    assert (
        of(
            "moon",
            tagged("He brought a letter from South Korea's Moon.", day=date(2017, 1, 12)).mentions,
        )
        == []
    )
