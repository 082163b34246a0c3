"""The last step: derive the ids from the content, and build the article in its final form."""

import hashlib
from datetime import UTC

from services.cleaner.article_draft import ArticleDraft
from services.cleaner.event_time import plausible_time
from shared.messages.ids import article_id, content_id
from shared.messages.schemas import CleanArticle


def sign(draft: ArticleDraft) -> CleanArticle:
    """Return the finished article.

    The same uri is the same article; another headline, deck, body or status is another revision.
    """
    raw, extraction = draft.raw, draft.extraction
    published = plausible_time(extraction.published, raw)
    modified = extraction.modified
    deck = (extraction.deck,) if extraction.deck else ()  # an article without one keeps its id
    return CleanArticle(
        article_id=article_id(raw.uri),
        revision=content_id("revision", draft.headline, draft.body, draft.pubstatus, *deck),
        uri=raw.uri,
        source=raw.source,
        headline=draft.headline,
        deck=extraction.deck,
        body=draft.body,
        language=draft.language,
        language_confidence=draft.language_confidence,
        event_time=draft.event_time or raw.fetched_at,
        event_time_source=draft.event_time_source,
        event_time_precision=draft.event_time_precision,
        content_sha256=hashlib.sha256(raw.content).hexdigest(),
        signature=draft.signature,
        paragraphs=draft.paragraphs,
        sentences=draft.sentences,
        url=extraction.url or raw.url,
        authors=extraction.authors,
        byline=extraction.byline or raw.byline,
        dateline=draft.dateline,
        located=draft.located or extraction.located,
        section=extraction.section,
        firstcreated=published.moment.astimezone(UTC) if published else None,
        versioncreated=modified.moment.astimezone(UTC) if modified else None,
        pubstatus=draft.pubstatus,
        urgency=extraction.urgency,
        stated_time=raw.published_at if raw.origin == "seed" else None,
        dropped=extraction.dropped,
        evidence=dict(sorted(draft.evidence.items())),
        findings=extraction.findings,
        version=extraction.version or 1,
        signal=draft.signal,
        foreign=draft.foreign,
        reliability=raw.reliability,
    )
