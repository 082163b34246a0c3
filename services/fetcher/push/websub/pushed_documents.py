"""The pushed documents that wait in this process's partitions of feeds.v1. Pure."""

from collections.abc import Container, Iterator

from services.fetcher.push.websub.pushed_record import parse_push_key
from shared.base.outcomes import InvalidMessage
from shared.messages import codec
from shared.messages.schemas import PushedFeed
from shared.stream.state_store import StateStore


class PushedDocuments:
    """Keys of documents, oldest first, each with its feed."""

    def __init__(self) -> None:
        self._feeds: dict[bytes, str] = {}

    def __len__(self) -> int:
        return len(self._feeds)

    def restore(self, state: StateStore) -> None:
        """Add the documents of a partition that this process has been given."""
        for key, _value in state.items():  # noqa: PERF102 - it is no dict
            self._add(key)

    def forget(self, state: StateStore) -> None:
        """Leave the documents of a partition to its next owner."""
        for key, _value in state.items():  # noqa: PERF102 - as above
            self._feeds.pop(key, None)

    def apply(self, key: bytes | None, value: bytes | None, state: StateStore) -> bool:
        """Apply a record of feeds.v1; return whether it is a pushed document or its end."""
        if key is None or parse_push_key(key) is None:
            return False
        state.load(key, value)
        if value is None:
            self._feeds.pop(key, None)
        else:
            self._add(key)
        return True

    def finish(self, key: bytes, state: StateStore) -> None:
        """Delete a document with the next commit."""
        state.set(key, None)
        self._feeds.pop(key, None)

    def list_next(self, busy: Container[str]) -> Iterator[tuple[bytes, str]]:
        """Yield the oldest document of each feed that is not busy."""
        started = set[str]()
        for key, feed in list(self._feeds.items()):
            if feed not in busy and feed not in started:
                started.add(feed)
                yield key, feed

    def _add(self, key: bytes) -> None:
        if feed := parse_push_key(key):
            self._feeds[key] = feed


def load_document(key: bytes | None, state: StateStore) -> PushedFeed | None:
    """Return a pushed document; None if there is none, or none that can be decoded."""
    value = state.get(key) if key is not None else None
    try:
        return codec.decode(value, PushedFeed) if value is not None else None
    except InvalidMessage:
        return None
