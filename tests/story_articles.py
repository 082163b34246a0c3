"""Articles for tests of stories."""

from datetime import UTC, datetime, timedelta

from services.alerting.stories.article import ArticleTag, StoryArticle
from shared.text.words import find_sentences

START = datetime(2018, 6, 4, 9, tzinfo=UTC)
"""A Monday."""


def story_article(
    article_id: str,
    headline: str,
    body: str,
    *,
    source: str = "harbor",
    hours: float = 0.0,
    tags: tuple[ArticleTag, ...] = (),
    **fields: object,
) -> StoryArticle:
    """Return an article that was published so many hours after Monday morning."""
    return StoryArticle(
        article_id=article_id,
        source=source,
        published_at=START + timedelta(hours=hours),
        headline=headline,
        body=body,
        sentences=tuple(find_sentences(body)),
        tags=tags,
        **fields,  # type: ignore[arg-type]
    )
