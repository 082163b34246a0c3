"""A tagged article → what stories read of it."""

from collections.abc import Iterator

from services.alerting.stories.article import ArticleTag, StoryArticle
from shared.messages.schemas import TaggedArticle
from shared.text.sentences import sentences_in_message
from shared.text.words import find_sentences


def story_article(tagged: TaggedArticle) -> StoryArticle:
    """Return the article with its resolved actors, its countries and its events."""
    article = tagged.article
    return StoryArticle(
        article_id=article.article_id,
        version=article.version,
        source=article.source,
        published_at=article.event_time,
        headline=article.headline,
        deck=article.deck,
        body=article.body,
        language=article.language,
        sentences=tuple(sentences_in_message(article) or find_sentences(article.body)),
        byline=article.byline or ", ".join(article.authors),
        signal=article.signal,
        is_canceled=article.pubstatus == "canceled",
        tags=tuple(_tags(tagged)),
    )


def _tags(tagged: TaggedArticle) -> Iterator[ArticleTag]:
    """Yield the tags; of an organisation and a country in it the longer one is first."""
    for mention in tagged.mentions:
        if name := mention.actor or mention.office:
            yield ArticleTag(
                field=mention.field, start=mention.start, end=mention.end, kind="actor", id=name
            )
    for country in tagged.countries:
        yield ArticleTag(
            field=country.field,
            start=country.start,
            end=country.end,
            kind="country",
            id=country.iso3,
        )
    for event in tagged.event_mentions:
        yield ArticleTag(
            field=event.field, start=event.start, end=event.end, kind="event", id=event.event
        )
