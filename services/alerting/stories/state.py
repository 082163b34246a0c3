"""The memory as it is stored: for each open story the articles that it keeps, cut to a limit.

Articles are stored as they came, not as they were read, so that a later release reads them with its
own words and weights.
"""

from dataclasses import dataclass, replace
from typing import Final

from services.alerting.stories.article import StoryArticle
from services.alerting.stories.decision import StoryKind

MAX_KEPT_SENTENCES: Final = 40
"""Of an article."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryMember:
    """A member of a story: ``origin`` is whose words they are, an agency or a source."""

    article: StoryArticle
    kind: StoryKind
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryState:
    """An open story."""

    story_id: str
    articles: tuple[StoryMember, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryMemoryState:
    """The open stories of one destination, the longest untouched first."""

    stories: tuple[StoryState, ...] = ()


def trim(article: StoryArticle) -> StoryArticle:
    """Return an article with no more of its body than is kept."""
    sentences = article.sentences[:MAX_KEPT_SENTENCES]
    end = sentences[-1].end if sentences else 0
    return replace(
        article,
        body=article.body[:end],
        sentences=sentences,
        tags=tuple(tag for tag in article.tags if tag.field != "body" or tag.end <= end),
    )
