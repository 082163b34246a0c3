"""What stands in the place of what, in two reports of one form."""

import time

import pytest

from services.alerting.stories.joining.substitutions import Substitutions, find_substitutions
from services.alerting.stories.memory import StoryMemory
from services.alerting.stories.reading.read_article import read_article
from tests.story_articles import story_article

REGATTA = (
    "Oxbridge crew wins Henley final",
    (
        "HENLEY - The crew of Leander beat Molesey by two lengths in the final of the Grand cup on "
        "Monday. Cox Iris Nolan steered the boat. It took six minutes and 12 seconds."
    ),
)


def substitutions(earlier: tuple[str, str], later: tuple[str, str]) -> Substitutions:
    left, right = (
        read_article(story_article(str(number), headline, body))
        for number, (headline, body) in enumerate((later, earlier))
    )
    return find_substitutions(left, right)


LOOK_ALIKES = {
    "matches": (
        (
            "Porto beat Roma 3-1 to reach quarter-finals",
            (
                "Porto beat Roma 3-1 on Monday to reach the quarter-finals of the cup. Telles scored "
                "the winner with a penalty. Roma had won the first leg."
            ),
        ),
        (
            "Lille beat Ajax 2-0 to reach quarter-finals",
            (
                "Lille beat Ajax 2-0 on Monday to reach the quarter-finals of the cup. Pepe scored "
                "the winner with a header. Ajax had won the first leg."
            ),
        ),
    ),
    "verdicts of one judge": (
        (
            "Trader Hartwell jailed for six years over fraud",
            (
                "A London court sentenced trader Giles Hartwell to six years on Monday for a fraud "
                "that cost pensioners 4 million pounds. Judge Deborah Lyle called him ruthless."
            ),
        ),
        (
            "Lawyer Okoro jailed for four years over fraud",
            (
                "A London court sentenced lawyer Martin Okoro to four years on Monday for a fraud "
                "that cost home buyers 1 million pounds. Judge Deborah Lyle called him greedy."
            ),
        ),
    ),
    "results": (
        (
            "Lufthal posts profit of 2.8 bln euros",
            (
                "The airline Lufthal posted a profit of 2.8 billion euros on Monday. Fuel cost 850 "
                "million euros more. It proposed a dividend of 80 cents."
            ),
        ),
        (
            "Skandic posts profit of 210 mln euros",
            (
                "The airline Skandic posted a profit of 210 million euros on Monday. Fuel cost 94 "
                "million euros more. It proposed no dividend."
            ),
        ),
    ),
    "calls": (
        (
            "Macron and Putin discuss Syria by phone",
            (
                "Emmanuel Macron and Vladimir Putin spoke by telephone on Monday about Syria, the "
                "Elysee said. They also talked about Ukraine."
            ),
        ),
        (
            "Erdogan and Putin discuss Syria by phone",
            (
                "Recep Tayyip Erdogan and Vladimir Putin spoke by telephone on Monday about Syria, the "
                "presidency said. They also talked about missiles."
            ),
        ),
    ),
}


@pytest.mark.parametrize("name", LOOK_ALIKES)
def test_a_form_filled_in_anew_is_another_event(name: str) -> None:
    """On the same day, by the same agency, with the same judge."""
    earlier, later = LOOK_ALIKES[name]
    assert substitutions(earlier, later).make_another_event()
    memory = StoryMemory()
    memory.take(story_article("first", *earlier))
    assert memory.take(story_article("second", *later, hours=2)).story_id == "second"


SAME_EVENT = {
    "a higher toll": (
        REGATTA[0],
        REGATTA[1].replace("six minutes and 12 seconds", "six minutes and 14 seconds"),
    ),
    "a name corrected": (REGATTA[0], REGATTA[1].replace("Iris Nolan", "Iris Nowlan")),
    "another headline": ("Leander win by two lengths", REGATTA[1]),
    "words of its own": (
        "Leander first at Henley",
        "Two lengths ahead of Molesey, Leander took the Grand on Monday. Nolan was at the rudder.",
    ),
}


@pytest.mark.parametrize("name", SAME_EVENT)
def test_the_same_values_are_the_same_event(name: str) -> None:
    """A slip that is put right, a figure that rises, other words."""
    assert not substitutions(REGATTA, SAME_EVENT[name]).make_another_event()
    memory = StoryMemory()
    memory.take(story_article("first", *REGATTA))
    assert memory.take(story_article("second", *SAME_EVENT[name], hours=2)).story_id == "first"


def test_values_are_told_apart_by_kind() -> None:
    """Names for names, figures for figures, other words for other words."""
    found = substitutions(
        ("Quake shakes Arica", "A quake of magnitude 5.7 shook Arica in Chile on Monday morning."),
        ("Quake shakes Talca", "A quake of magnitude 6.1 shook Talca in Chile on Monday evening."),
    )
    assert found.sentences == 2
    assert found.names == {("talca", "arica")}
    assert found.figures == {("6.1", "5.7")}
    assert found.words == {("evening", "morning")}


@pytest.mark.parametrize(
    "body", ["ab " * 30_000, "a b. " * 20_000, "'" * 100_000, "One 1 two. " * 9_000]
)
def test_hostile_texts_are_compared_in_little_time(body: str) -> None:
    """The words that are aligned are limited."""
    pair = ("Headline of it", body), ("Headline of it", body[1:])
    start = time.process_time()
    substitutions(*pair)
    assert time.process_time() - start < 2
