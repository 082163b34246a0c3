"""Which sources a message counts: those of articles that the destination was told, or might be."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.alerting.deliver.grouping.destination_stories import DestinationStories, StoryPlace
from services.alerting.deliver.grouping.story_decision import MessageDecision
from services.alerting.deliver.grouping.waiting import WaitingDispatch
from services.alerting.routes.local_times import MuteTime
from services.alerting.routes.routes import Routes
from shared.messages.schemas import Alert, AlertOutcome, AlertRoute, Corroboration, Severity, Story
from tests.builders import build_clean_article, build_tagged_article
from tests.delivery_tools import dispatch
from tests.unit.alerting.deliver.test_withholding import HERE, NOW, decide, silence, told, waiting

NIGHTS = Routes(mute_times={"nights": MuteTime(name="nights", zone="UTC", start=1_320, end=360)})


def of(
    number: int, source: str, kind: Any = "first", *, all_: str = "", **alert: Any
) -> WaitingDispatch:
    """Return an article of a source, in the story of all others; ``all_`` are the story's sources.

    They have one letter each; without them its source is the only one.
    """
    known = dispatch(number)
    assert known.article is not None
    article = replace(known.article, article=replace(known.article.article, source=source))
    own: Alert = replace(known.alerts[0], source=source, **alert)
    member = waiting(replace(known, article=article, alerts=(own,), severity=own.severity))
    member.place = StoryPlace(
        story_id="story",
        kind=kind,
        sources=tuple(all_) or (source,),
        origin=source,
        is_worth_a_message=kind == "update",
    )
    return member


def sources(decision: MessageDecision) -> tuple[str, ...]:
    assert decision.notification is not None
    assert decision.story is not None
    return decision.story.sources


def test_those_of_one_message_count() -> None:
    """Each once, in order of arrival."""
    decision = decide(of(1, "a"), of(2, "b", "update", all_="ab"), of(3, "a", "update", all_="ab"))
    assert sources(decision) == ("a", "b")
    assert decision.notification is not None
    assert decision.notification.sources == ("a", "b")


def test_a_silenced_source_does_not_count() -> None:
    """Four of five were silenced before: the message is of one source (T18)."""
    story: Story | None = None
    for number, source in enumerate("abcd"):
        member = of(number, source, all_="abcd"[: number + 1])
        decision = decide(member, silences=(silence(f"source={source}"),), story=story)
        assert sources(decision) == ()
        story = decision.story
    decision = decide(of(9, "e", all_="abcde"), story=story)
    assert decision.notification is not None
    assert (decision.notification.kind, decision.notification.sources) == ("first", ("e",))


def test_a_silenced_source_beside_one_that_is_told_does_not_count() -> None:
    """Both wait for the same message."""
    decision = decide(of(1, "a"), of(2, "b", "update", all_="ab"), silences=(silence("source=b"),))
    assert sources(decision) == ("a",)


def test_once_its_silence_is_over_it_counts() -> None:
    """Its next article is told, or folded."""
    first = decide(of(1, "a"), silences=(silence("source=a"),))
    later = decide(of(2, "a", "update"), silences=(silence("source=a", hours=-0.5),))
    assert sources(first) == ()
    assert sources(later) == ("a",)


@pytest.mark.parametrize("kind", ["rewrite", "update"])
def test_what_is_folded_confirms_the_story(kind: str) -> None:
    """A rewrite by another source says nothing new, but that it has it, too."""
    decision = decide(of(1, "b", kind, all_="ab"), story=replace(told(), sources=("a",)))
    assert sources(decision) == ("a", "b")


def test_a_muted_article_does_not_count() -> None:
    """Nobody was told of it, and nobody will be."""
    route = AlertRoute(destination=HERE, mute_times=("nights",))
    decision = decide(of(1, "b", "update", routes=(route,)), story=told(), routes=NIGHTS)
    assert decision.notification is not None
    assert decision.notification.outcome is AlertOutcome.MUTED
    assert sources(decision) == ()


@pytest.mark.parametrize(
    ("silenced", "expected"),
    [((), AlertOutcome.NOTIFIED), (("b",), None), (("a", "b"), AlertOutcome.SILENCED)],
)
def test_a_silenced_source_confirms_nothing(
    silenced: tuple[str, ...], expected: AlertOutcome | None
) -> None:
    """``needs: {independent: 2}`` waits for another one."""
    needs = Corroboration(independent=2, within_s=3_600)
    members = (of(1, "a", needs=needs), of(2, "b", "update", all_="ab", needs=needs))
    silences = tuple(replace(silence(f"source={name}"), silence_id=name) for name in silenced)
    decision = decide(*members, silences=silences)
    outcome = decision.notification.outcome if decision.notification else None
    assert outcome is expected


def test_who_takes_an_article_back_is_no_source_any_more() -> None:
    """Nor is the agency whose words it had; what comes later counts again."""
    before = replace(told(Severity.HIGH), sources=("reuters", "wire-y", "zd-2"))
    kill = of(1, "Wire Y", "withdrawal", pubstatus="canceled")
    assert kill.place is not None
    kill.place = replace(kill.place, origin="reuters", sources=("wire-y", "zd-2"))
    decision = decide(kill, story=before)
    assert sources(decision) == ("zd-2",)
    later = of(2, "wire-y", "update")
    assert later.place is not None
    later.place = replace(later.place, sources=("zd-2", "wire-y"))
    after = decide(later, story=decision.story, now=NOW + timedelta(hours=1))
    assert sources(after) == ("zd-2", "wire-y")


def test_a_text_that_turns_out_to_be_an_agencys_counts_as_the_agency() -> None:
    """A reprint names it, and the story's memory renames the first source (T23)."""
    story = replace(told(), sources=("yak-a",))
    reprint = of(2, "reuters", "update")
    assert sources(decide(reprint, story=story)) == ("reuters",)


def test_reprints_of_one_agency_are_one_source() -> None:
    """The place of an article in its story says whose words it has."""
    stories = DestinationStories()
    body = "SEOUL (Reuters) - A ferry ran aground off Ulsan. All 214 passengers were taken off."
    origins = []
    for number, source in enumerate(("Harbour Wire", "Coast News")):
        clean = build_clean_article(
            body=body,
            article_id=f"{number}" * 32,
            source=source,
            headline="Ferry runs aground off Ulsan",
            event_time=NOW + timedelta(minutes=number),
        )
        article = build_tagged_article(clean)
        known = replace(dispatch(number), article=article)
        origins.append(stories.place(known, article).origin)
    assert origins == ["reuters", "reuters"]
