"""What a child process hands back of one raw article: the clean article as bytes, and what its source's memory is to be asked about."""

from collections.abc import Collection

import msgspec

from services.cleaner.article_draft import ContentFormat
from services.cleaner.memory.fingerprints import LineFingerprint, seen_lines
from services.cleaner.pipeline import build_draft
from services.cleaner.sign import sign
from services.cleaner.versions.changes import changes
from services.cleaner.versions.history import compress_body, unpacked
from shared.base.outcomes import Drop
from shared.kafka.topics import ARTICLES_CLEAN
from shared.messages.schemas import Change, RawArticle
from shared.stream.work import output


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """An article before its source's memory was asked. ``value`` is the message; ``body`` is packed; ``stated``: its wire's own version.

    ``from_lines``: it was cut out of plain text, where memory may cut more. ``fetched_ms``: when it was fetched (Unix ms).
    """

    source: str
    article_id: str
    revision: str
    headline: str
    body: bytes
    stated: int | None
    lines: tuple[LineFingerprint, ...]
    from_lines: bool
    value: bytes
    fetched_ms: int


def build_candidate(raw: RawArticle, known: Collection[str] = ()) -> Candidate | Drop:
    """Clean a raw article without these lines. InvalidMessage as ``clean`` has it, or where its topic would refuse the message for its size."""
    draft = build_draft(raw, known=known)
    if isinstance(draft, Drop):
        return draft
    article = sign(draft)
    return Candidate(
        source=article.source,
        article_id=article.article_id,
        revision=article.revision,
        headline=article.headline,
        body=compress_body(article.body),
        stated=draft.cut.version,
        lines=tuple(seen_lines(article.body, article.paragraphs)),
        from_lines=draft.form == ContentFormat.TEXT,
        value=output(ARTICLES_CLEAN, article).value,
        fetched_ms=int(raw.fetched_at.timestamp() * 1000),
    )


def differences(
    old_headline: str, old_body: bytes, headline: str, body: bytes
) -> tuple[Change, ...]:
    """What has changed from a version's headline and packed body to another's; of bodies that were not kept nothing is told."""
    in_headline = changes("headline", old_headline, headline)
    return in_headline + (
        changes("body", unpacked(old_body), unpacked(body)) if old_body and body else ()
    )
