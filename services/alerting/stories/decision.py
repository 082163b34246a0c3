"""The output: what an article is to its story."""

from dataclasses import dataclass
from enum import StrEnum

from shared.messages.schemas import Span


class StoryKind(StrEnum):
    """What an article is to the story it belongs to."""

    FIRST = "first"
    REWRITE = "rewrite"
    """It says nothing new, in words of its own."""
    REPRINT = "reprint"
    """It says nothing new, in the words of an article before it."""
    UPDATE = "update"
    CORRECTION = "correction"
    KILL = "kill"

    @property
    def is_news(self) -> bool:
        """Whether it is worth a message."""
        return self not in {StoryKind.REWRITE, StoryKind.REPRINT}


@dataclass(frozen=True, slots=True, kw_only=True)
class FactChange:
    """A fact that a correction changes: the words that were there, and those that replace them."""

    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryDecision:
    """What an article is to its story.

    ``story_id`` is the id of the story's first article. ``news`` are the sentences of the body that
    say something new. ``sources`` are the story's independent sources so far, in order: reprints of
    one agency count once; ``origin`` is whose words the article has. ``near_story`` is a story that
    the article may belong to as well.
    """

    article_id: str
    story_id: str
    kind: StoryKind
    news: tuple[Span, ...]
    sources: tuple[str, ...]
    origin: str = ""
    near_story: str | None = None
    changes: tuple[FactChange, ...] = ()
