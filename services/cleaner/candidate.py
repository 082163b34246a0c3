"""What a child process returns for a raw article: the encoded article and its line fingerprints.

The functions here run in child processes. The pipeline is imported when one is called: the parent
process, which only refers to them, need not load models, compiled code and parsers.
"""

from collections.abc import Collection

import msgspec

from services.cleaner.article_draft import ContentFormat
from services.cleaner.memory.fingerprints import LineFingerprint, fingerprint_lines
from services.cleaner.sign import sign
from services.cleaner.versions.changes import changes
from services.cleaner.versions.history import compress_body, decompress_body
from shared.base.outcomes import Drop
from shared.kafka.topics import ARTICLES_CLEAN
from shared.messages.codec import decode
from shared.messages.schemas import Change, RawArticle
from shared.stream.output import output


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A cleaned article to which source memory has not been applied yet.

    ``value`` is the encoded message, ``body`` the compressed body. ``wire_version``: the version
    number that a wire gave the item. ``is_plain_text``: the article was extracted from plain text,
    from which memory may remove lines. ``fetched_ms``: when it was fetched (Unix milliseconds).
    """

    source: str
    article_id: str
    revision: str
    headline: str
    body: bytes
    wire_version: int | None
    lines: tuple[LineFingerprint, ...]
    is_plain_text: bool
    value: bytes
    fetched_ms: int


def prepare(value: bytes | None) -> Candidate | Drop:
    """Clean one record of articles.raw by itself."""
    return build_candidate(decode(value, RawArticle))


def build_candidate(raw: RawArticle, removed_lines: Collection[str] = ()) -> Candidate | Drop:
    """Clean a raw article without the lines that have these fingerprints.

    Raises InvalidMessage where ``clean`` does, and if the message is too large for its topic.
    """
    from services.cleaner.pipeline import build_draft  # noqa: PLC0415 - see the top of this file

    draft = build_draft(raw, removed_lines=removed_lines)
    if isinstance(draft, Drop):
        return draft
    article = sign(draft)
    return Candidate(
        source=article.source,
        article_id=article.article_id,
        revision=article.revision,
        headline=article.headline,
        body=compress_body(article.body),
        wire_version=draft.extraction.version,
        lines=tuple(fingerprint_lines(article.body, article.paragraphs)),
        is_plain_text=draft.content_format == ContentFormat.TEXT,
        value=output(ARTICLES_CLEAN, article).value,
        fetched_ms=int(raw.fetched_at.timestamp() * 1000),
    )


def rebuild_candidate(value: bytes, removed_lines: tuple[str, ...]) -> Candidate | Drop:
    """Build the candidate of an encoded raw article again, without these lines."""
    return build_candidate(decode(value, RawArticle), frozenset(removed_lines))


def differences(
    old_headline: str, old_body: bytes, headline: str, body: bytes
) -> tuple[Change, ...]:
    """Return what changed from one version's headline and compressed body to another's.

    An empty body was too long to be kept: then no change of the body is reported.
    """
    in_headline = changes("headline", old_headline, headline)
    if not old_body or not body:
        return in_headline
    return in_headline + changes("body", decompress_body(old_body), decompress_body(body))
