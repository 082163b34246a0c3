"""Bare surnames that refer to a country's leader."""

from datetime import date

import pytest

from shared.messages.schemas import Mention, MentionReason
from tests.unit.tagger.conftest import Tagging


def mentioned(
    surname: str, mentions: tuple[Mention, ...]
) -> list[tuple[str, str | tuple[str, ...] | None]]:
    return [
        (mention.field, mention.actor or mention.ambiguous)
        for mention in mentions
        if mention.surface.lower() == surname
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
def test_a_leader_is_inferred_from_the_sentence(
    headline: str, body: str, expected: list[object], tagged: Tagging
) -> None:
    """By the country or another leader; in a text only if no other of the surname is named."""
    assert [
        actor for _field, actor in mentioned("kim", tagged(body, headline=headline).mentions)
    ] == expected


def test_only_the_leader_of_the_day(tagged: Tagging) -> None:
    """In January 2017 South Korea's Moon was no leader."""
    article = tagged("He brought a letter from South Korea's Moon.", day=date(2018, 9, 12))
    assert [
        (mention.actor, mention.reason) for mention in article.mentions if mention.surface == "Moon"
    ] == [("moon-jae-in", MentionReason.LEADER)]
    assert (
        mentioned(
            "moon",
            tagged("He brought a letter from South Korea's Moon.", day=date(2017, 1, 12)).mentions,
        )
        == []
    )
