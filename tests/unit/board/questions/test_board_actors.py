"""An actor's page: who is found by which spelling, every term on record, and where the recent
articles and alerts name them.
"""

from datetime import date
from typing import Any

import orjson
import pytest

from services.board.live import Live
from services.board.questions.actor_directory import (
    MAX_RESULTS,
    ActorDirectory,
    build_directory,
    profile,
    search,
)
from services.board.questions.actor_mentions import PARAGRAPHS, recent_mentions
from services.board.state.recent_articles import RecentArticles
from services.tagger.data.entry_catalogue import build_catalogue
from tests.seed_data import seed_entries
from tests.unit.board.board_samples import START_MS, a_tagged, a_tagged_record, an_alert, incoming

DAY = date(2018, 4, 10)


@pytest.fixture(scope="module")
def seeds() -> ActorDirectory:
    return build_directory(build_catalogue(seed_entries()))


@pytest.mark.parametrize(
    "asked", ["kim jong un", "KIM JONG-UN", "김정은", "jong-un", "kim-jong-un"]
)
def test_a_person_is_found_by_any_spelling(seeds: ActorDirectory, asked: str) -> None:
    """Listed, in another script, by rule, by a part, or by the id."""
    assert "kim-jong-un" in [one["id"] for one in search(asked, seeds, DAY)]


def test_a_search_is_bounded_and_has_the_likeliest_first(seeds: ActorDirectory) -> None:
    """Names that begin with the text, then a word that does; and never more than a page."""
    found = search("moon", seeds, DAY)
    assert (
        found[0]
        == {
            "id": "moon-jae-in",
            "name": "Moon Jae-in",
            "kind": "person",
            "country": "KOR",
            "now": ["President of South Korea"],
        }
        | found[0]
    )
    assert len(search("a", seeds, DAY)) == MAX_RESULTS
    assert search("x" * 100_000, seeds, DAY) == []


def test_a_profile_tells_every_term_with_its_marks(seeds: ActorDirectory) -> None:
    """In order of their start; acting and unverified are told; what is held on the day is named."""
    sullivan = profile("john-sullivan", seeds, DAY)
    assert sullivan is not None
    acting = [term for term in sullivan["terms"] if term["acting"]]
    assert [(term["office"], term["start"].year) for term in acting] == [
        ("us-secretary-of-state", 2018)
    ]
    starts = [term["start"] for term in sullivan["terms"]]
    assert starts == sorted(starts)
    assert len(sullivan["now"]) == 2
    assert (profile("un-security-council", seeds, DAY) or {})["kind"] == "organisation"
    assert profile("nobody-at-all", seeds, DAY) is None


def told(live: Live, actor: str) -> Any:
    found = live.actor(actor)
    return found and orjson.loads(found)


def a_live(seeds: ActorDirectory) -> Live:
    return Live(
        alerts=500,
        viewers=5,
        epoch="run",
        articles=50,
        clock_ms=lambda: START_MS,
        directory=lambda: seeds,
    )


def test_articles_and_alerts_that_name_the_actor_are_shown(seeds: ActorDirectory) -> None:
    """And no others; the alert counts also where its card shows other actors only."""
    live = a_live(seeds)
    live.take(
        [
            a_tagged_record(1),
            a_tagged_record(2, body="Nobody is named."),
            incoming(an_alert(1)),
            incoming(an_alert(2, actors=())),
        ]
    )
    found = told(live, "kim-jong-un")
    assert (found["mentions"]["articles"], [one["id"] for one in found["mentions"]["shown"]]) == (
        1,
        ["article-1"],
    )
    (mention,) = found["mentions"]["shown"]
    assert (mention["times"], mention["surfaces"], mention["link"]) == (
        1,
        ["Kim Jong Un"],
        "https://news.example/1",
    )
    assert [part["text"] for part in mention["excerpts"][0] if part["mark"]] == ["Kim Jong Un"]
    assert (found["alerts_in_all"], [alert["card"]["id"] for alert in found["alerts"]]) == (
        1,
        [an_alert(1).alert_id],
    )
    assert told(live, "moon-jae-in")["mentions"] == {"articles": 0, "shown": []}
    assert [(one["id"], one["articles"]) for one in orjson.loads(live.actors(" "))] == [
        ("kim-jong-un", 1)
    ]


def test_an_article_that_goes_takes_its_mention_along() -> None:
    """The board remembers so many articles; one that is no article names nobody."""
    recent = RecentArticles(limit=1)
    for record in (
        a_tagged(1),
        b"rubbish",
        b'{"article": 1}',
        a_tagged(2, body="Nobody is named."),
    ):
        recent.take(record)
    assert recent_mentions("kim-jong-un", recent.newest_first()) == {"articles": 0, "shown": []}


def test_excerpts_are_paragraphs_of_a_bounded_number() -> None:
    """Each with its own places, whatever stands before it."""
    recent = RecentArticles(limit=5)
    recent.take(a_tagged(1, body="First.\n\nThen Kim Jong Un spoke.\n\nLast."))
    (shown,) = recent_mentions("kim-jong-un", recent.newest_first())["shown"]
    assert ["".join(part.text for part in parts) for parts in shown["excerpts"]] == [
        "Then Kim Jong Un spoke."
    ]
    assert len(shown["excerpts"]) <= PARAGRAPHS
