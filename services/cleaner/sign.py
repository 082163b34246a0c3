"""The last step: ids from content, and the article in its final shape."""

import hashlib
from datetime import UTC

from services.cleaner.article_draft import ArticleDraft
from services.cleaner.event_time import believed
from shared.messages.ids import article_id, content_id
from shared.messages.schemas import CleanArticle


def sign(draft: ArticleDraft) -> CleanArticle:
    """The finished article. The same uri is the same article; other headline, body or status is another revision of it."""
    raw, cut = draft.raw, draft.cut
    published = believed(cut.published, raw)
    return CleanArticle(
        article_id=article_id(raw.uri),
        revision=content_id("revision", draft.headline, draft.body, draft.pubstatus),
        uri=raw.uri,
        source=raw.source,
        headline=draft.headline,
        body=draft.body,
        language=draft.language,
        language_confidence=draft.language_confidence,
        event_time=draft.event_time or raw.fetched_at,
        event_time_source=draft.event_time_source,
        content_sha256=hashlib.sha256(raw.content).hexdigest(),
        signature=draft.signature,
        paragraphs=draft.paragraphs,
        sentences=draft.sentences,
        url=cut.url or raw.url,
        authors=cut.authors,
        byline=cut.byline or raw.byline,
        dateline=draft.dateline,
        located=draft.located or cut.located,
        section=cut.section,
        firstcreated=published.at.astimezone(UTC) if published else None,
        versioncreated=cut.modified.at.astimezone(UTC) if cut.modified else None,
        pubstatus=draft.pubstatus,
        urgency=cut.urgency,
        stated_time=raw.published_at if raw.origin == "seed" else None,
        dropped=cut.dropped,
        evidence=dict(sorted(draft.evidence.items())),
        findings=cut.findings,
        version=cut.version or 1,
        signal=draft.signal,
        foreign=draft.foreign,
    )
