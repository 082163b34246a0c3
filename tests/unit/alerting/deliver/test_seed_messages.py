"""The two seeds with the shipped rules: one message, with the sentence that made each rule fire."""

from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import pytest

from services.alerting.deliver.channels.channel import Post
from services.alerting.deliver.channels.slack_message import render
from services.alerting.deliver.grouping.destination_queue import DestinationQueue
from services.alerting.deliver.grouping.destination_stories import DestinationStories
from services.alerting.deliver.grouping.group_timing import GroupDefaults
from services.alerting.deliver.resume import build_waiting
from services.alerting.match.dispatches import plan_dispatches
from services.alerting.match.match import match
from services.alerting.rules.rule_set import load_rules
from services.alerting.urgency import urgency
from services.cleaner.pipeline import clean
from services.tagger.pipeline import tag
from shared.messages.schemas import CleanArticle, Notification
from shared.stream.state_store import StateStore
from tests.builders import build_raw_article
from tests.seed_data import seed_gazetteer

SEEDS = Path(__file__).parents[4] / "seeds"
NOW = datetime(2018, 9, 12, tzinfo=UTC)

SENTENCES = {
    "A pledge to denuclearize, or a date for it": (
        "*wanted* to achieve *denuclearization* during Trump's *current term* ending in"
    ),
    "A declaration that the Korean War is over, or a peace treaty": (
        "aims for a *declaration* of the *end* of the Korean *War*"
    ),
    "Moon Jae-in and Kim Jong Un, and Moon in Pyongyang": (
        "President *Moon Jae-in* is scheduled to *visit* *Pyongyang* next Tuesday to Thursday"
    ),
    "A second Trump–Kim summit": "are considering an early date for a *second* *summit*",
    "The secretary of state's trips to North Korea": (
        "called off a fourth *visit* to *the North* by U.S. Secretary of State *Mike Pompeo*"
    ),
    "Where and when the next Trump–Kim meeting may be": (
        "*Donald Trump* and North Korean leader *Kim Jong Un* are considering an early *date* for"
    ),
    "A letter between Kim Jong Un and Trump": "state requested in a direct *letter* to *Trump*",
    "The national security adviser on North Korea": (
        "though he *criticized* *the North* for insufficient progress on denuclearization."
    ),
    "Sanctions on North Korea eased, tightened or broken": (
        "the leader of the impoverished and heavily *sanctioned* state"
    ),
    "A Trump–Kim meeting at the U.N. General Assembly": (
        "pointed to the *U.N.* *General Assembly* *meetings* in New York"
    ),
    "The White House press secretary on North Korea": (
        "Press Secretary *Sarah Sanders* *told* reporters at a Monday *briefing*"
    ),
}


def seed_article(name: str) -> CleanArticle:
    content = (SEEDS / "articles" / name).read_bytes()
    raw = build_raw_article(
        content, source="seeds", uri=f"urn:{name}", fetched_at=NOW, origin="seed"
    )
    article = clean(raw)
    assert isinstance(article, CleanArticle)
    return article


@cache
def notifications() -> tuple[Notification, ...]:
    """Send both seeds from the cleaner to the destination that all shipped rules notify."""
    queue = DestinationQueue(DestinationStories(), GroupDefaults())
    rules, state = load_rules(SEEDS / "rules"), StateStore()
    for offset, path in enumerate(sorted((SEEDS / "articles").glob("*.txt"))):
        tagged = tag(seed_article(path.name), seed_gazetteer())
        record = SimpleNamespace(offset=offset, timestamp=NOW.timestamp() * 1000)
        for dispatch in plan_dispatches(tagged, match(tagged, rules), state):
            queue.add(build_waiting(dispatch, record, {}, GroupDefaults(), NOW))
    later = NOW + timedelta(minutes=1)
    queue.place_all(later)
    taken = []
    while (item := queue.take(later, 0.0)) is not None:
        taken.append(item.notification)
        later += timedelta(hours=1)
    return tuple(taken)


@cache
def lines() -> tuple[str, ...]:
    (notification,) = notifications()
    blocks = render(Post(notification=notification))["blocks"]
    texts = [
        each["text"] for block in blocks for each in block.get("elements", [block.get("text")])
    ]
    return tuple("\n".join(texts).replace("\u200b", "").splitlines())


def test_two_seeds_are_one_message() -> None:
    """Both articles are of one story; the most urgent rules come first, and each has one line."""
    (notification,) = notifications()
    assert [article.headline for article in notification.articles] == [
        "Trump seeks Kim summit soon as US elections approach",
        "White House confirms plans for Second Trump-Kim summit",
    ]
    assert lines()[0] == "*High · Trump seeks Kim summit soon as US elections approach*"
    titles = [line.split("_")[1] for line in lines() if line.startswith("• _")]
    severities = {alert.rule_title: urgency(alert.severity) for alert in notification.alerts}
    assert sorted(titles) == sorted(SENTENCES)
    assert [severities[title] for title in titles] == sorted(severities.values(), reverse=True)
    assert "Also: White House confirms plans for Second Trump-Kim summit" in lines()


@pytest.mark.parametrize("title", list(SENTENCES))
def test_each_line_shows_the_sentence_that_decided(title: str) -> None:
    """It is the sentence that a person would point at, with the rule's own words in bold."""
    (line,) = (line for line in lines() if line.startswith(f"• _{title}_ — "))
    assert SENTENCES[title] in line


@pytest.mark.parametrize(
    ("rule_id", "sentence"),
    [
        ("end-of-war-declaration", "he needs to lock in a peace treaty before Trump leaves"),
        ("denuclearization-pledge", "pledged to denuclearize by 2020"),
        ("second-summit", "setting up a second summit meeting between President Trump"),
        ("letter-from-kim", "would not release a copy of Kim’s letter"),
        ("sanctions-on-north-korea", "The US is unlikely to lift sanctions before"),
        ("secretary-of-state-to-pyongyang", "cancelled a planned visit by Secretary of State"),
        ("summit-at-the-united-nations", "the U.N. General Assembly meetings in New York"),
        ("summit-venue-and-date", "a possible venue for a Trump-Kim meeting"),
    ],
)
def test_the_second_seed_alone_shows_the_sentence_that_decided(rule_id: str, sentence: str) -> None:
    """The trade war with China is no declaration that the Korean War is over."""
    tagged = tag(seed_article("004_947d3aa60bc3ea5e.txt"), seed_gazetteer())
    alerts = {alert.rule_id: alert for alert in match(tagged, load_rules(SEEDS / "rules"))}
    assert sentence in alerts[rule_id].excerpts[0].text


def test_actors_have_their_offices_of_that_day() -> None:
    """The weightiest six are named."""
    (line,) = (line for line in lines() if line.startswith("Donald Trump ("))
    names = line.split(" · ")
    assert names[:2] == ["Donald Trump (U.S. president)", "Kim Jong Un (North Korean leader)"]
    assert len(names) == 7
    assert names[-1].startswith("+")
