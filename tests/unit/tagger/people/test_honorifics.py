"""Titles and other words beside a surname that tell whose it is."""

from collections.abc import Callable
from datetime import date

import pytest

from shared.messages.schemas import MentionReason, TaggedArticle

Tagging = Callable[..., TaggedArticle]


@pytest.mark.parametrize(
    ("body", "day", "surname", "actor"),
    [
        ("President Moon spoke.", date(2018, 9, 12), "Moon", "moon-jae-in"),
        ("President Park spoke.", date(2017, 2, 1), "Park", "park-geun-hye"),
        ("Secretary Tillerson spoke.", date(2018, 3, 1), "Tillerson", "rex-tillerson"),
        ("Foreign Minister Ri spoke.", date(2018, 9, 29), "Ri", "ri-yong-ho"),
        ("Ambassador Haley spoke.", date(2018, 6, 1), "Haley", "nikki-haley"),
        ("Vice President Pence spoke.", date(2018, 2, 9), "Pence", "mike-pence"),
        ("Singapore Prime Minister Lee spoke.", date(2018, 6, 10), "Lee", "lee-hsien-loong"),
        ("South Korean Prime Minister Lee spoke.", date(2018, 6, 10), "Lee", "lee-nak-yon"),
        ("Then-President Park spoke.", date(2018, 6, 10), "Park", "park-geun-hye"),
        ("Sen. Graham spoke.", date(2018, 6, 10), "Graham", "lindsey-graham"),
    ],
)
def test_a_title_names_its_holder(
    body: str, day: date, surname: str, actor: str, tagged: Tagging
) -> None:
    """Without any full name in the article it is the holder of the date, in the title's country."""
    (mention,) = [
        mention for mention in tagged(body, day=day).mentions if mention.kind == "surname"
    ]
    assert (mention.surface, mention.actor, mention.reason) == (surname, actor, MentionReason.TITLE)


@pytest.mark.parametrize(
    ("body", "day"),
    [
        ("President Moon spoke.", date(2017, 2, 1)),
        ("Secretary Tillerson spoke.", date(2018, 9, 12)),
        ("Judge Moon spoke.", date(2018, 9, 12)),
        ("He saw the president. Moon spoke.", date(2018, 9, 12)),
        ("Foreign Minister Smith spoke.", date(2018, 9, 12)),
    ],
)
def test_no_title_fits(body: str, day: date, tagged: Tagging) -> None:
    """Out of office, another person's title, another sentence, an unknown surname: nobody."""
    assert [
        mention for mention in tagged(body, day=day).mentions if mention.kind == "surname"
    ] == []


def test_two_holders_are_ambiguous(tagged: Tagging) -> None:
    """Two prime ministers are called Lee: both are listed, unless a country of one is named."""
    (mention,) = tagged("Prime Minister Lee spoke.", day=date(2018, 6, 10)).mentions
    assert (mention.actor, mention.ambiguous) == (None, ("lee-hsien-loong", "lee-nak-yon"))
    (mention,) = tagged(
        "Prime Minister Lee spoke to the people of Singapore.", day=date(2018, 6, 10)
    ).mentions
    assert mention.actor == "lee-hsien-loong"


@pytest.mark.parametrize(
    ("more", "actor"),
    [
        ("Chairman Kim spoke.", "kim-jong-un"),
        ("Ms. Kim spoke.", "kim-yo-jong"),
        ("Mr. Kim spoke.", "kim-jong-un"),
        ("Kim, the North Korean leader, spoke.", "kim-jong-un"),
        ("Judge Kim spoke.", "nobody"),
        ("Unification Minister Kim spoke.", "nobody"),
        ("Kim spoke.", None),
    ],
)
def test_two_kims(more: str, actor: str | None, tagged: Tagging) -> None:
    """Title, Mr or Ms, or the office after it tells which; another title names neither."""
    mentions = tagged(f"Kim Jong Un sent Kim Yo Jong. {more}").mentions
    last = [
        mention.actor for mention in mentions if mention.start > 28 and mention.kind == "surname"
    ]
    assert last == ([] if actor == "nobody" else [actor])


def test_a_common_name_needs_its_title(tagged: Tagging) -> None:
    """Adam Smith may be anybody; Rep. Adam Smith is the congressman, and so is Smith afterwards."""
    assert [
        mention.actor for mention in tagged("Adam Smith wrote a book. Smith was a Scot.").mentions
    ] == []
    assert [
        mention.actor
        for mention in tagged("Rep. Adam Smith wrote a letter. Smith signed it.").mentions
    ] == ["adam-smith", "adam-smith"]


@pytest.mark.parametrize(
    ("body", "actors"),
    [
        ("Kang left. Kang said so.", []),
        ("Kang, the South Korean foreign minister, left. Kang said so.", ["kang-kyung-wha"]),
        ("Kang said so. Foreign Minister Kang left. Kang rested.", ["kang-kyung-wha"] * 3),
        ("Kang Kyung-wha left. Kang said so.", ["kang-kyung-wha"] * 2),
    ],
)
def test_one_title_serves_the_whole_article(body: str, actors: list[str], tagged: Tagging) -> None:
    """An official is meant wherever one of the surname has the title, before that or after."""
    mentions = tagged(body).mentions
    assert [mention.actor for mention in mentions if mention.kind != "office"] == actors


@pytest.mark.parametrize(
    ("day", "actors"),
    [(date(2018, 9, 12), ["mike-pompeo"]), (date(2016, 9, 12), []), (date(2022, 9, 12), [])],
)
def test_a_surname_that_stands_alone(day: date, actors: list[str], tagged: Tagging) -> None:
    """Only if the data allow it and while the person holds an office."""
    assert [mention.actor for mention in tagged("Pompeo spoke.", day=day).mentions] == actors


def test_the_spelling_sets_the_surname(tagged: Tagging) -> None:
    """Ri Yong Ho, written Lee Yong-ho, is Lee for the rest of the article."""
    mentions = tagged("Foreign Minister Lee Yong-ho arrived. Lee spoke.").mentions
    assert [(mention.surface, mention.actor) for mention in mentions] == [
        ("Lee Yong-ho", "ri-yong-ho"),
        ("Lee", "ri-yong-ho"),
    ]
