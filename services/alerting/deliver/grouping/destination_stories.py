"""The open stories of one destination: where an article belongs, and what it says that is new.

Pure. A story is what services/alerting/stories says it is; here it is kept per destination, with
what that destination was told of it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Final, Literal

from services.alerting.count.same_story import is_near_duplicate
from shared.messages.ids import content_id
from shared.messages.schemas import Dispatch, Story, TaggedArticle

ArticleKind = Literal["first", "rewrite", "reprint", "update", "correction", "withdrawal"]

REMEMBERED: Final = timedelta(days=30)
"""How long it is known who was told of which article; recipients.v1 is kept as long."""
_FORGOTTEN_AT_ONCE: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedArticle:
    """An article's place: its story, what it is to it, and the sentences that say something new.

    ``sources`` are the story's independent sources with it. ``is_worth_a_message``: it says
    something that the story did not say.
    """

    story_id: str
    kind: ArticleKind
    new_sentences: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    is_worth_a_message: bool = True


class DestinationStories:
    """The stories of one destination. Give it the stored ones, the oldest first."""

    def __init__(self, destination: str, stories: Iterable[Story] = ()) -> None:
        self._destination = destination
        self._stories = {story.story_id: story for story in stories}
        self._story_of = {
            article_id: story.story_id
            for story in self._stories.values()
            for article_id in story.article_ids
        }
        self._signatures: dict[str, tuple[int, ...]] = {}

    def get(self, story_id: str) -> Story | None:
        """Return a story that the destination was told of, or that was folded; None if new."""
        return self._stories.get(story_id)

    def has_article(self, article_id: str) -> bool:
        """Return whether the destination was told of a story with this article."""
        return any(
            story.sent_at is not None and article_id in story.article_ids
            for story in self._stories.values()
        )

    def place(self, dispatch: Dispatch, article: TaggedArticle) -> PlacedArticle:
        """Return the article's place. Call it in the order of ``waiting.arrival_order``."""
        clean = article.article
        story_id = self._find(clean.article_id, clean.signature)
        is_first = story_id is None
        story_id = story_id or content_id("story", self._destination, clean.article_id)
        self._story_of[clean.article_id] = story_id
        self._signatures.setdefault(clean.article_id, clean.signature)
        if dispatch.kind == "withdrawal":
            return PlacedArticle(story_id=story_id, kind="withdrawal")
        if dispatch.kind == "revision":
            return PlacedArticle(story_id=story_id, kind="correction")
        if is_first:
            return PlacedArticle(story_id=story_id, kind="first", sources=(clean.source,))
        return PlacedArticle(story_id=story_id, kind="rewrite", is_worth_a_message=False)

    def forgettable(self, now: datetime) -> tuple[str, ...]:
        """Return the ids of the oldest stories if they are past the time they are remembered."""
        oldest = islice(self._stories.values(), _FORGOTTEN_AT_ONCE)
        return tuple(story.story_id for story in oldest if story.seen_at < now - REMEMBERED)

    def forget(self, story_id: str) -> None:
        """Forget a story."""
        story = self._stories.pop(story_id)
        for article_id in story.article_ids:
            self._story_of.pop(article_id, None)
            self._signatures.pop(article_id, None)

    def save(self, story: Story) -> None:
        """Keep a story after a decision."""
        self._stories.pop(story.story_id, None)
        self._stories[story.story_id] = story

    def _find(self, article_id: str, signature: tuple[int, ...]) -> str | None:
        if article_id in self._story_of:
            return self._story_of[article_id]
        for known_id, known in self._signatures.items():
            if is_near_duplicate(signature, known):
                return self._story_of[known_id]
        return None
