"""Ids come from content: the same article, rule or alert has the same id on every machine and in every replay."""

import functools
import hashlib
from typing import Final

ID_CHARACTERS: Final = 32
"""128 bits in hexadecimal: no collision to fear below 10^18 ids."""


def content_id(kind: str, *parts: str | bytes) -> str:
    """A stable id of the parts, in order, among things of one kind; parts are length-prefixed, so ("ab", "c") and ("a", "bc") differ."""
    digest = _begun(kind).copy()
    for part in parts:
        _add(digest, part)
    return digest.hexdigest()[:ID_CHARACTERS]


@functools.lru_cache(maxsize=64)
def _begun(kind: str) -> "hashlib._Hash":
    """There are few kinds, and every record's id begins with one."""
    digest = hashlib.sha256()
    _add(digest, kind)
    return digest


def _add(digest: "hashlib._Hash", part: str | bytes) -> None:
    data = part if isinstance(part, bytes) else part.encode("utf-8", "surrogatepass")
    digest.update(len(data).to_bytes(8, "big"))
    digest.update(data)


def article_id(uri: str) -> str:
    """The article's id: the hash of its canonical URI, the same for every revision."""
    return content_id("article", uri)


def alert_id(rule_id: str, rule_revision: str, article: str, article_revision: str) -> str:
    """The alert's id: this revision of the rule matches this revision of the article."""
    return content_id("alert", rule_id, rule_revision, article, article_revision)


def notification_id(destination: str, *alert_ids: str) -> str:
    """The notification's id: these alerts, told to this destination."""
    return content_id("notification", destination, *alert_ids)
