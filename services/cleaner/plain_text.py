"""Plain text at hand as headline and body → a clean article, as the cleaner would hand it on.

For articles that come without a page: pasted into the board, one JSON line each, or written into a
rule's test. Nothing is removed or moved, so offsets into the article are offsets into the text.
"""

from datetime import UTC, datetime

from services.cleaner.text.language import detect_language
from shared.messages.ids import article_id, content_id
from shared.messages.schemas import CleanArticle, TimeSource


def article_from_text(
    headline: str,
    body: str,
    *,
    published_at: datetime,
    source: str,
    language: str | None = None,
    namespace: str = "text",
    time_source: TimeSource = TimeSource.MANIFEST,
    deck: str = "",
) -> CleanArticle:
    """Build the clean article of a text; the same text always has the same ids.

    ``language``: ISO 639-1 where it is known, else it is identified from the text. ``namespace``
    is part of the uri (``urn:summitwire:<namespace>:…``) and keeps the ids of different uses
    apart. ``published_at`` must have a zone.
    """
    confidence = 1.0
    if language is None:
        language, confidence = detect_language("\n".join(filter(None, (headline, deck, body))))
    content = content_id(namespace, headline, *filter(None, (deck,)), body)
    uri = f"urn:summitwire:{namespace}:{content}"
    return CleanArticle(
        article_id=article_id(uri),
        revision=content,
        uri=uri,
        source=source,
        headline=headline,
        deck=deck,
        body=body,
        language=language,
        language_confidence=confidence,
        event_time=published_at.astimezone(UTC),
        event_time_source=time_source,
        content_sha256=content,
        signature=(),
        paragraphs=(),
        sentences=(),
    )
