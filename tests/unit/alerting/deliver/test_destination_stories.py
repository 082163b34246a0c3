"""A destination's stories: what they remember, and that a restart changes no decision."""

from dataclasses import replace

import pytest

from services.alerting.deliver.grouping.destination_stories import DestinationStories
from shared.messages.schemas import Dispatch, Story
from tests.delivery_tools import NOON, dispatch


def told(stories: DestinationStories, number: int) -> Story:
    """Return the story of an invented dispatch, after the destination was told of it."""
    sent = dispatch(number)
    assert sent.article is not None
    place = stories.place(sent, sent.article)
    story = stories.with_memory(
        Story(
            story_id=place.story_id,
            destination=sent.destination,
            headline="A story",
            seen_at=NOON,
            article_ids=(sent.article.article_id,),
            sent_at=NOON,
            messages=1,
        )
    )
    stories.save(story)
    return story


def kind_of(stories: DestinationStories, sent: Dispatch) -> tuple[str, str, bool]:
    assert sent.article is not None
    place = stories.place(sent, sent.article)
    return place.story_id, place.kind, place.is_worth_a_message


def test_a_restored_story_knows_what_it_has_said() -> None:
    """The same article again says nothing new, before a restart and after it."""
    stories = DestinationStories()
    story = told(stories, 1)
    again = replace(dispatch(1), dispatch_id="again")
    restored = DestinationStories([story])
    assert kind_of(stories, again) == kind_of(restored, again)
    assert kind_of(DestinationStories([story]), again)[2] is False
    assert kind_of(DestinationStories([story]), dispatch(2))[1] == "first"


@pytest.mark.parametrize("memory", [b"", b"nonsense", b"x\x9c", b"x\x9c\x03\x00\x00\x00\x00\x01"])
def test_a_story_whose_memory_is_lost_still_knows_its_articles(memory: bytes) -> None:
    """A correction or withdrawal of what was sent still finds its story."""
    story = replace(told(DestinationStories(), 1), memory=memory)
    withdrawal = dispatch(1, dispatch_id="w", kind="withdrawal", alerts=())
    assert kind_of(DestinationStories([story]), withdrawal) == (story.story_id, "withdrawal", True)
