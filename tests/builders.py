"""Build messages for tests: every field has a plain default, and a test names what matters to
it.
"""

from datetime import UTC, datetime
from typing import Any, Final

from shared.messages.ids import content_id
from shared.messages.schemas import CleanArticle, RawArticle, TaggedArticle, TimeSource

SUMMIT_WEEK: Final = datetime(2018, 9, 12, tzinfo=UTC)
"""When articles of tests are published and fetched, unless they say otherwise."""


def build_raw_article(content: str | bytes = b"", **fields: Any) -> RawArticle:
    """Build a raw article of plain text, as a feed would bring it."""
    defaults: dict[str, Any] = {
        "source": "wire",
        "uri": "urn:test:1",
        "content_type": "text/plain",
        "fetched_at": SUMMIT_WEEK,
        "origin": "feed",
    }
    data = content.encode() if isinstance(content, str) else content
    return RawArticle(content=data, **(defaults | fields))


def build_clean_article(body: str = "", **fields: Any) -> CleanArticle:
    """Build an English article; without ``sentences``, whoever needs them splits the body."""
    defaults: dict[str, Any] = {
        "article_id": "a",
        "revision": "r",
        "uri": "urn:test:1",
        "source": "wire",
        "headline": "",
        "language": "en",
        "language_confidence": 1.0,
        "event_time": SUMMIT_WEEK,
        "event_time_source": TimeSource.PAGE,
        "content_sha256": "",
        "signature": (),
        "paragraphs": (),
        "sentences": (),
    }
    return CleanArticle(body=body, **(defaults | fields))


def build_tagged_article(article: CleanArticle, **tags: Any) -> TaggedArticle:
    """Build a tagged article; ``tags`` are its mentions, actors, countries and the like."""
    return TaggedArticle(article=article, **({"tagger_revision": "t"} | tags))


def invent_words(number: int) -> list[str]:
    """Return 26 invented words, different for each number: what they tell is a story of its own."""
    letters = content_id("words", str(number)).translate(str.maketrans("0123456789", "ghijklmnop"))
    return [letters[at : at + 6].capitalize() for at in range(26)]
