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


ONE_DAY = {
    "a rare word": (
        (
            "Tuba found on Mont Blanc",
            "Climbers found a tuba below the summit of Mont Blanc on Monday, rescuers said.",
        ),
        (
            "Boy stuck in tuba freed by firemen",
            "Firemen in Tartu freed a boy of six from a tuba on Monday, his mother said.",
        ),
        (
            "Tuba of Prussian band sold",
            "A tuba of a Prussian band was sold for 90,000 euros in Cologne on Monday.",
        ),
    ),
    "ferries": (
        (
            "Ferry Aurelia runs aground off Sardinia",
            "The ferry Aurelia ran aground off Sardinia on Monday, the Italian coast guard said.",
        ),
        (
            "Ferry Bosporus 4 collides with tanker",
            "The ferry Bosporus 4 collided with a tanker off Istanbul on Monday, officials said.",
        ),
    ),
    "missiles": (
        ("Iran tests missile", "Iran fired a ballistic missile near Semnan on Monday, it said."),
        ("Turkey launches missile", "Turkey launched a ballistic missile from Rize on Monday."),
    ),
    "ballots": (
        (
            "Parliament rejects pension bill",
            (
                "Lawmakers in Sofia rejected the pension bill of Prime Minister Iva Doneva on Monday, "
                "by 131 votes to 98. She had threatened to resign."
            ),
        ),
        (
            "Parliament backs budget",
            (
                "Lawmakers in Sofia backed the budget of Prime Minister Iva Doneva on Monday, by 125 "
                "votes to 110. She had threatened to resign."
            ),
        ),
    ),
    "central banks": (
        (
            "Norges Bank raises interest rate",
            "Norges Bank raised its key interest rate to 4.5 percent on Monday, Ida Bache said.",
        ),
        (
            "Riksbank raises interest rate",
            "Sweden's Riksbank raised its key interest rate to 3.0 percent on Monday, it said.",
        ),
    ),
    "trains": (
        (
            "Train hits lorry near Odense",
            "A train hit a lorry at a crossing near Odense on Monday and injured 12, police said.",
        ),
        (
            "Train hits bus near Lublin",
            "A train hit a bus at a crossing near Lublin on Monday and injured 31, police said.",
        ),
    ),
}


@pytest.mark.parametrize("name", ONE_DAY)
def test_a_memory_with_one_story_does_not_take_what_is_most_like_it(name: str) -> None:
    """On one day, from several sources, with a rare word or a form in common."""
    memory = StoryMemory()
    ids = [
        memory.take(story_article(f"a{n}", *texts, source=f"s{n}", hours=n)).story_id
        for n, texts in enumerate(ONE_DAY[name])
    ]
    assert ids == [f"a{n}" for n in range(len(ids))]


def test_the_final_count_of_a_ballot_stays_in_its_story() -> None:
    """The same result in another sentence."""
    memory = StoryMemory()
    memory.take(story_article("a0", *ONE_DAY["ballots"][0]))
    later = story_article(
        "a1",
        "Doneva stays after defeat",
        "Prime Minister Iva Doneva will not resign although lawmakers in Sofia rejected her "
        "pension bill by 131 votes to 98 on Monday, she said.",
        hours=5,
    )
    assert memory.take(later).story_id == "a0"
