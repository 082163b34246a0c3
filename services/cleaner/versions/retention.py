"""How long article histories are kept: by the source's own time, and never more than a limit. Pure.

Ids do not depend on any of this (apply_source_memory.py): what is forgotten comes again under the
id that it had.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import Final

from shared.base.outcomes import InvalidMessage
from shared.messages import codec
from shared.messages.schemas import ArticleHistory, SourceMemory
from shared.stream.state_store import StateStore

DAY_MS: Final = 24 * 60 * 60 * 1000
RETENTION_MS: Final = 30 * DAY_MS
"""After the last version; as long as articles.clean and articles.tagged keep their records."""
MAX_TEXTS: Final = 500
"""Articles of a source whose newest text is kept for the next version to be compared with; their
histories never expire."""
MAX_ARTICLES: Final = 5_000
"""Of a source: about 3 MB. A source that sends more in 30 days loses its oldest histories early."""
_EXAMINED: Final = 6
"""Histories examined for each new article: more than one, so that expiry keeps up, and few, so that
it costs little."""


def clock_after(memory: SourceMemory, fetched_ms: int) -> int:
    """Return the source's time after an article that was fetched at ``fetched_ms``.

    It never goes back, and at most a day on. So one record from a machine with a wrong clock cannot
    age everything at once, and a replay of old articles is as young as what came before it.
    """
    if not memory.clock_ms:
        return fetched_ms
    return min(max(memory.clock_ms, fetched_ms), memory.clock_ms + DAY_MS)


def store_history(
    history: ArticleHistory, memory: SourceMemory, state: StateStore, *, is_new: bool
) -> int:
    """Write an article's history and its source's memory, and drop what is too old or too much.

    Returns how many histories were dropped before their time, because the source has more than
    ``MAX_ARTICLES``.
    """
    earlier = (article_id for article_id in memory.recent if article_id != history.article_id)
    recent = (*earlier, history.article_id)
    for article_id in recent[:-MAX_TEXTS]:
        _drop_text(history_key(memory.source, article_id), memory.clock_ms, state)
    key = history_key(history.source, history.article_id)
    state.set(key, codec.encode(replace(history, seen_ms=memory.clock_ms)))
    count = max(memory.kept, len(memory.recent)) + is_new
    memory = replace(memory, recent=recent[-MAX_TEXTS:], kept=count)
    expired, early = _find_expired(memory, state)
    for key in (*expired, *early):
        state.set(key, None)
    memory = replace(memory, kept=count - len(expired) - len(early))
    state.set(memory.source.encode(), codec.encode(memory))
    return len(early)


def history_key(source: str, article_id: str) -> bytes:
    """Return the key of an article's history in sources.v1."""
    return f"{source}/{article_id}".encode()


def _find_expired(memory: SourceMemory, state: StateStore) -> tuple[list[bytes], list[bytes]]:
    """Return the keys of histories older than promised, and of those that must go early."""
    expired, early = list[bytes](), list[bytes]()
    for key, seen_ms in islice(_oldest(memory, state), _EXAMINED):
        if memory.clock_ms - seen_ms >= RETENTION_MS:
            expired.append(key)
        elif memory.kept - len(expired) - len(early) > MAX_ARTICLES:
            early.append(key)
        else:
            break
    return expired, early


def _oldest(memory: SourceMemory, state: StateStore) -> Iterator[tuple[bytes, int]]:
    """Yield the histories without a text, with the times of their last versions.

    The one that was changed longest ago comes first.
    """
    recent = frozenset(memory.recent)
    for key in islice(state.oldest(memory.source.encode()), 2 * _EXAMINED):
        if key.rpartition(b"/")[2].decode("utf-8", "replace") not in recent:
            history = _load(key, state)
            yield key, history.seen_ms if history else 0


def _drop_text(key: bytes, clock_ms: int, state: StateStore) -> None:
    history = _load(key, state)
    if history is not None:
        seen_ms = history.seen_ms or clock_ms
        state.set(
            key, codec.encode(replace(history, headline="", deck="", body=b"", seen_ms=seen_ms))
        )
    elif state.get(key) is not None:
        state.set(key, None)


def _load(key: bytes, state: StateStore) -> ArticleHistory | None:
    """Return the history, or None if there is none or it cannot be decoded.

    It is about to be dropped, so it must not stop an article.
    """
    try:
        return codec.decode(state.get(key), ArticleHistory)
    except InvalidMessage:
        return None
