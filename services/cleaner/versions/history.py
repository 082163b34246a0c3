"""The versions of one article, by their numbers, and what a further one is. Pure.

A version is known by the revision that the text gives without memory (``plain``), so that the same content is the same message whatever
the source's memory has learnt since: what was decided the first time is what it gets. Its id is that revision, too. Versions are numbered
as they come, but a wire that numbers its own is believed, also where one comes late. Content that was there before is the version that it
was: after A, B and A again the newest is B, and a replay of A says nothing new. A text that was fetched before the newest one is an older
version, however late it comes.
"""

import zlib
from dataclasses import replace
from typing import Final

from shared.base.outcomes import InvalidMessage
from shared.messages.schemas import ArticleHistory, ArticleVersion

MOST_VERSIONS: Final = 12
MOST_PACKED_BYTES: Final = 24 * 1024
"""About 60 KB of text, ten thousand words; of a longer body no difference is told."""
MOST_BODY_BYTES: Final = 1024 * 1024


def known(history: ArticleHistory, plain: str) -> ArticleVersion | None:
    """The version that this content was when it came before."""
    return next((one for one in history.versions if one.plain == plain), None)


def latest(history: ArticleHistory) -> ArticleVersion | None:
    """The version with the highest number, the last to come of equals."""
    return history.versions[-1] if history.versions else None


def twin(history: ArticleHistory, version: ArticleVersion) -> ArticleVersion | None:
    """The version that left the same text once memory had cut it, under another revision: nothing new came but a frame."""
    return next(
        (
            one
            for one in history.versions
            if one.content == version.content != "" and one.revision != version.revision
        ),
        None,
    )


def placed(history: ArticleHistory, version: ArticleVersion, stated: int | None) -> ArticleVersion:
    """The version with its number and what it replaces. ``stated``: the number that its wire gives it."""
    same = next((one for one in history.versions if one.revision == version.revision), None)
    if same:  # another number of the same text
        return replace(
            version, version=stated or same.version, replaces=same.replaces, changes=same.changes
        )
    newest = latest(history)
    if stated is None and newest and version.fetched_ms < newest.fetched_ms:
        before = next(
            (one for one in reversed(history.versions) if one.fetched_ms <= version.fetched_ms),
            None,
        )
        return replace(
            version,
            version=before.version if before else 1,
            replaces=before.revision if before else None,
        )
    if stated is None:
        return replace(
            version,
            version=newest.version + 1 if newest else 1,
            replaces=newest.revision if newest else None,
        )
    before = next((one for one in reversed(history.versions) if one.version <= stated), None)
    return replace(version, version=stated, replaces=before.revision if before else None)


def remembered(
    history: ArticleHistory, version: ArticleVersion, headline: str, packed: bytes
) -> ArticleHistory:
    """The history with one more version; the text of the newest is kept, for the next one to be compared with."""
    newest = latest(history)
    after = with_version(history, version)
    if newest and _order(version) < _order(newest):
        return after
    return replace(after, headline=headline, body=packed)


def with_version(history: ArticleHistory, version: ArticleVersion) -> ArticleHistory:
    """The history with one more version at its place, and the text that it had."""
    return replace(
        history, versions=tuple(sorted((*history.versions, version), key=_order)[-MOST_VERSIONS:])
    )


def _order(version: ArticleVersion) -> tuple[int, int]:
    return version.version, version.fetched_ms


def compress_body(body: str) -> bytes:
    """The body for keeping; empty where it is too long to be kept."""
    data = zlib.compress(body.encode("utf-8", "replace"), 6)
    return data if len(data) <= MOST_PACKED_BYTES else b""


def unpacked(data: bytes) -> str:
    """The body that was packed. InvalidMessage: it is broken, or no body that we packed."""
    try:
        return zlib.decompressobj().decompress(data, MOST_BODY_BYTES).decode("utf-8")
    except (zlib.error, UnicodeDecodeError) as error:
        raise InvalidMessage(f"the body of its last version is broken: {error}") from error
