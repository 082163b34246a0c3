"""Reports of one form about other events stay apart; what follows from an event stays with it."""

import pytest

from services.alerting.stories.memory import StoryMemory
from tests.story_articles import story_article

PAIRS = {
    "launches": (
        ("North Korea fires missiles", "North Korea fired two missiles from Wonsan on Monday."),
        (
            "North Korea fires more missiles",
            "North Korea fired two missiles from Wonsan on Thursday.",
        ),
    ),
    "magnitudes": (
        ("Quake hits Lombok", "A magnitude 7.0 earthquake struck Lombok on Monday, killing three."),
        ("Quake hits Lombok", "A magnitude 6.2 earthquake struck Lombok on Monday, killing two."),
    ),
    "targets": (
        (
            "U.S. blacklists shipper",
            "The U.S. Treasury imposed sanctions on Monday on Dalian Haibo for moving coal.",
        ),
        (
            "U.S. blacklists bank",
            "The U.S. Treasury imposed sanctions on Thursday on Volga Kredit for moving money.",
        ),
    ),
    "courts": (
        (
            "Court jails ex-mayor for nine years",
            "A court in Kosice sentenced Jan Kovac to nine years in prison on Monday.",
        ),
        (
            "Court jails ex-mayor for four years",
            "A court in Zilina sentenced Peter Blaho to four years in prison on Thursday.",
        ),
    ),
    "factories": (
        ("Fire in garment factory kills 24", "A fire in a factory in Dhaka killed 24 on Monday."),
        ("Fire in garment factory kills 17", "A fire in a factory in Karachi killed 17 on Monday."),
    ),
    "strikes": (
        (
            "Rail strike: no trains in Wallonia",
            "A 24-hour strike of ACOD by train drivers began at 10 p.m. on Monday in Belgium.",
        ),
        (
            "Port strike: ships wait off Antwerp",
            "A 24-hour strike of ACOD by pilots began at 6 a.m. on Thursday in Belgium.",
        ),
    ),
    "in passing": (
        (
            "Cholera breaks out in Beira",
            "Doctors have confirmed 27 cases of cholera in the port of Beira since Sunday.",
        ),
        (
            "Nampula readies shelters for cyclones",
            (
                "Officials are preparing 60 shelters for the season, the disaster agency said. "
                "Cement floors are to keep away diseases such as cholera."
            ),
        ),
    ),
    "rates": (
        (
            "Bank of Canada cuts rate",
            "The Bank of Canada cut its key rate to 1.25 percent on Monday.",
        ),
        (
            "Bank of Korea cuts rate",
            "The Bank of Korea cut its key rate to 1.75 percent on Thursday.",
        ),
    ),
}


@pytest.mark.parametrize("name", PAIRS)
def test_look_alikes_are_two_stories(name: str) -> None:
    """Another day, magnitude, place or name in the same form."""
    memory = StoryMemory()
    for number, (headline, body) in enumerate(PAIRS[name]):
        decision = memory.take(
            story_article(f"a{number}", headline, body, source=f"s{number}", hours=78 * number)
        )
    assert decision.story_id == "a1"


FOLLOW_UPS = {
    "toll": (
        ("Quake hits Lombok", "A magnitude 7.0 earthquake struck Lombok on Monday, killing three."),
        (
            "Lombok quake toll rises",
            "The death toll of the magnitude 7.0 earthquake on Lombok rose to 91 on Tuesday.",
        ),
    ),
    "appeal": (
        (
            "Court jails ex-mayor for nine years",
            "A court in Kosice sentenced Jan Kovac to nine years in prison on Monday.",
        ),
        (
            "Kovac appeals against sentence",
            (
                "Jan Kovac appealed on Tuesday against the nine years in prison to which a court in "
                "Kosice sentenced him."
            ),
        ),
    ),
    "nobody named": (
        (
            "Gas explosion in Karvina coal mine, 13 missing",
            "Methane exploded in a coal mine near Karvina on Monday and 13 miners are missing.",
        ),
        (
            "Rescuers reach seam in coal mine",
            "Rescuers reached the seam where gas exploded on Monday and found no missing miners.",
        ),
    ),
    "the latest report": (
        (
            "Submersible on dive to Titanic goes missing",
            "A submersible with five people went missing near the Titanic on Monday.",
        ),
        (
            "Knocking heard where Titanic craft vanished",
            "A plane heard knocking under water near the Titanic wreck, the coast guard said.",
        ),
    ),
    "reaction": (
        (
            "U.S. blacklists Chinese shipper",
            "The U.S. Treasury imposed sanctions on Monday on Dalian Haibo for moving coal.",
        ),
        (
            "China denounces sanctions on Dalian Haibo",
            "China demanded on Tuesday that the sanctions on Dalian Haibo be lifted.",
        ),
    ),
}


@pytest.mark.parametrize("name", FOLLOW_UPS)
def test_what_follows_belongs_to_the_story(name: str) -> None:
    """A later day alone is no other event."""
    memory = StoryMemory()
    for number, (headline, body) in enumerate(FOLLOW_UPS[name]):
        decision = memory.take(
            story_article(f"a{number}", headline, body, source=f"s{number}", hours=24 * number)
        )
    assert decision.story_id == "a0"
