"""The versions of one article, by their numbers, and which version a further text is. Pure.

A version is identified by the revision that its text has without source memory (``plain``), so that
the same content is the same message whatever memory has learnt since: it gets the decision of the
first time. Its id is that revision, too.

Versions are numbered as they come, but the numbers of a wire are trusted, also if a version comes
late. Content that was there before is the version that it was: after A, B and A again the newest
version is B, and a replay of A says nothing new. A text that was fetched before the newest version
is an older version, however late it comes.
"""

import zlib
from collections.abc import Callable
from dataclasses import replace
from typing import Final, NamedTuple

from shared.base.outcomes import InvalidMessage
from shared.messages.schemas import ArticleHistory, ArticleVersion

MAX_VERSIONS: Final = 12
MAX_COMPRESSED_BYTES: Final = 24 * 1024
"""About 60 KB of text, ten thousand words; of a longer body no changes are reported."""
MAX_BODY_BYTES: Final = 1024 * 1024


def find_by_plain(history: ArticleHistory, plain: str) -> ArticleVersion | None:
    """Return the version that this content was when it came before."""
    return next((version for version in history.versions if version.plain == plain), None)


def latest(history: ArticleHistory) -> ArticleVersion | None:
    """Return the version with the highest number, of equals the last to come."""
    return history.versions[-1] if history.versions else None


def find_twin(history: ArticleHistory, version: ArticleVersion) -> ArticleVersion | None:
    """Return the version of another revision that has the same text once memory removed lines.

    Then only what surrounds the text is new.
    """
    if version.content == "":
        return None
    for earlier in history.versions:
        if earlier.content == version.content and earlier.revision != version.revision:
            return earlier
    return None


def assign_version(
    history: ArticleHistory, version: ArticleVersion, wire_version: int | None
) -> ArticleVersion:
    """Return the version with its number and what it replaces.

    ``wire_version``: the number that its wire gives it.
    """
    same = next(
        (earlier for earlier in history.versions if earlier.revision == version.revision), None
    )
    if same:  # another number of the same text
        number = wire_version or same.version
        return replace(version, version=number, replaces=same.replaces, changes=same.changes)
    if wire_version is not None:
        before = _last_where(history, lambda earlier: earlier.version <= wire_version)
        return _behind(before, version, wire_version)
    newest = latest(history)
    if newest and version.fetched_ms < newest.fetched_ms:
        before = _last_where(history, lambda earlier: earlier.fetched_ms <= version.fetched_ms)
        return _behind(before, version, before.version if before else 1)
    return _behind(newest, version, newest.version + 1 if newest else 1)


def _last_where(
    history: ArticleHistory, condition: Callable[[ArticleVersion], bool]
) -> ArticleVersion | None:
    return next(filter(condition, reversed(history.versions)), None)


def _behind(before: ArticleVersion | None, version: ArticleVersion, number: int) -> ArticleVersion:
    return replace(version, version=number, replaces=before.revision if before else None)


class VersionText(NamedTuple):
    """The text of a version. ``body`` is compressed, and empty if it is too long to be kept."""

    headline: str
    body: bytes
    deck: str = ""


def add_version(
    history: ArticleHistory, version: ArticleVersion, text: VersionText
) -> ArticleHistory:
    """Return the history with one more version.

    The text of the newest version is kept, for the next one to be compared with.
    """
    newest = latest(history)
    updated = insert_version(history, version)
    if newest and _order(version) < _order(newest):
        return updated
    return replace(updated, headline=text.headline, body=text.body, deck=text.deck)


def insert_version(history: ArticleHistory, version: ArticleVersion) -> ArticleHistory:
    """Return the history with one more version at its place, and the text that it had."""
    versions = sorted((*history.versions, version), key=_order)
    return replace(history, versions=tuple(versions[-MAX_VERSIONS:]))


def _order(version: ArticleVersion) -> tuple[int, int]:
    return version.version, version.fetched_ms


def compress_body(body: str) -> bytes:
    """Return the compressed body; empty if it is too long to be kept."""
    data = zlib.compress(body.encode("utf-8", "replace"), 6)
    return data if len(data) <= MAX_COMPRESSED_BYTES else b""


def decompress_body(data: bytes) -> str:
    """Return the body that was compressed.

    Raises InvalidMessage if the data is broken, or no body that ``compress_body`` returned.
    """
    try:
        return zlib.decompressobj().decompress(data, MAX_BODY_BYTES).decode("utf-8")
    except (zlib.error, UnicodeDecodeError) as error:
        raise InvalidMessage(f"the body of its last version is broken: {error}") from error
