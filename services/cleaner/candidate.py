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
from services.cleaner.versions.history import VersionText, compress_body, decompress_body
from shared.base.outcomes import Drop
from shared.kafka.topics import ARTICLES_CLEAN
from shared.messages.codec import decode
from shared.messages.schemas import Change, RawArticle
from shared.stream.output import output


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A cleaned article to which source memory has not been applied yet.

    ``value`` is the encoded message. ``wire_version``: the version
    number that a wire gave the item. ``is_plain_text``: the article was extracted from plain text,
    from which memory may remove lines. ``fetched_ms``: when it was fetched (Unix milliseconds).
    """

    source: str
    article_id: str
    revision: str
    text: VersionText
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
        text=VersionText(article.headline, compress_body(article.body), article.deck),
        wire_version=draft.extraction.version,
        lines=tuple(fingerprint_lines(article.body, article.paragraphs)),
        is_plain_text=draft.content_format == ContentFormat.TEXT,
        value=output(ARTICLES_CLEAN, article).value,
        fetched_ms=int(raw.fetched_at.timestamp() * 1000),
    )


def rebuild_candidate(value: bytes, removed_lines: tuple[str, ...]) -> Candidate | Drop:
    """Build the candidate of an encoded raw article again, without these lines."""
    return build_candidate(decode(value, RawArticle), frozenset(removed_lines))


def differences(old: VersionText, new: VersionText) -> tuple[Change, ...]:
    """Return what changed from one version's text to another's, in headline, deck and body.

    An empty body was too long to be kept: then no change of the body is reported.
    """
    above_body = changes("headline", old.headline, new.headline) + changes(
        "deck", old.deck, new.deck
    )
    if not old.body or not new.body:
        return above_body
    return above_body + changes("body", decompress_body(old.body), decompress_body(new.body))
