"""Independent sources: reprints of one agency count once."""

import pytest

from services.alerting.stories.memory import StoryMemory
from tests.story_articles import story_article

TEXT = (
    "North Korea fired two short-range missiles from Wonsan into the sea on Monday, the army said. "
    "They flew 420 kilometres and reached an altitude of 50 kilometres."
)
REWRITE = (
    "Two missiles of short range were launched from the Wonsan area on Monday, officers in Seoul "
    "reported. Their flight of 420 km peaked at a height of 50 km."
)


@pytest.mark.parametrize(
    ("bodies", "expected"),
    [
        ((("a", TEXT), ("b", TEXT)), ("a",)),
        ((("a", TEXT), ("b", REWRITE)), ("a", "b")),
        ((("a", f"SEOUL (Reuters) - {TEXT}"), ("b", f"{REWRITE} (Reuters)")), ("reuters",)),
        ((("reuters", TEXT), ("b", f"SEOUL (Reuters) - {REWRITE}")), ("reuters",)),
        (
            (("pacific-news", TEXT), ("b", f"{REWRITE} (Reporting by Pacific News)")),
            ("pacific-news",),
        ),
        ((("a", f"{TEXT} (AP)"), ("b", f"{REWRITE} (AFP)")), ("ap", "afp")),
        ((("a", TEXT), ("b", REWRITE), ("c", REWRITE)), ("a", "b")),
        ((("a", TEXT), ("b", f"{TEXT} (Reuters)")), ("reuters",)),
        ((("a", TEXT), ("b", f"SEOUL (Reuters) - {TEXT}"), ("c", REWRITE)), ("reuters", "c")),
        ((("a", f"{TEXT} (AP)"), ("b", f"{TEXT} (Reuters)")), ("ap", "reuters")),
    ],
)
def test_whose_words_they_are(
    bodies: tuple[tuple[str, str], ...], expected: tuple[str, ...]
) -> None:
    """By dateline, credit or copied text."""
    memory = StoryMemory()
    for number, (source, body) in enumerate(bodies):
        article = story_article(
            f"a{number}", "North Korea fires missiles", body, source=source, hours=number
        )
        decision = memory.take(article)
    assert decision.sources == expected


def test_a_byline_names_the_agency() -> None:
    """As a word of its own."""
    memory = StoryMemory()
    memory.take(story_article("a", "Missiles", TEXT, byline="Hyonhee Shin, Reuters"))
    decision = memory.take(
        story_article("b", "Missiles", REWRITE, source="b", byline="Kim Apark", hours=1)
    )
    assert decision.sources == ("reuters", "b")
