"""Ids derived from content, so that they are the same on every machine and in every replay."""

import functools
import hashlib
from typing import Final

ID_CHARACTERS: Final = 32
"""128 bits in hexadecimal: collisions are no concern below 10^18 ids."""


def content_id(kind: str, *parts: str | bytes) -> str:
    """Return a stable id of the parts, in order, among things of one kind.

    Parts are length-prefixed, so ("ab", "c") and ("a", "bc") differ.
    """
    digest = _kind_digest(kind).copy()
    for part in parts:
        _update(digest, part)
    return digest.hexdigest()[:ID_CHARACTERS]


@functools.lru_cache(maxsize=64)
def _kind_digest(kind: str) -> "hashlib._Hash":
    """Return the digest that ids of this kind start from; there are few kinds, so it is cached."""
    digest = hashlib.sha256()
    _update(digest, kind)
    return digest


def _update(digest: "hashlib._Hash", part: str | bytes) -> None:
    data = part if isinstance(part, bytes) else part.encode("utf-8", "surrogatepass")
    digest.update(len(data).to_bytes(8, "big"))
    digest.update(data)


def article_id(uri: str) -> str:
    """Return an article's id: the hash of its canonical URI, the same for every revision."""
    return content_id("article", uri)


def alert_id(rule_id: str, rule_revision: str, article: str, article_revision: str) -> str:
    """Return the id of the alert that a rule's revision raises on an article's revision."""
    return content_id("alert", rule_id, rule_revision, article, article_revision)


def notification_id(destination: str, *alert_ids: str) -> str:
    """Return the id of the notification about these alerts for this destination."""
    return content_id("notification", destination, *alert_ids)


def feedback_id(kind: str, destination: str, subject: str, author: str) -> str:
    """Return the id of what an author says of a message; ``subject`` is its id or its story's."""
    return content_id("feedback", kind, destination, subject, author.casefold())
