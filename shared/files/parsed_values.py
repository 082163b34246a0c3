"""What was parsed from edited files, kept in the user's cache for the next process.

It is found by the content of all files and by the source of the code that parses them, so that
nothing stored is ever outdated. It is data of one type, not code: a file that somebody has forged
can say nothing else.
"""

import hashlib
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, Generic, TypeVar

import msgspec
import yaml

from shared.files.shared_values import content_digest
from shared.files.user_cache import CachedBytes

T = TypeVar("T")

_MIN_BYTES: Final = 100_000
"""Less is parsed in no time, and what tests write does not fill the cache."""


class ParsedValues(Generic[T]):
    """Values of a type that msgspec encodes, parsed by the code in these source folders."""

    def __init__(self, type_: type[T], sources: Sequence[Path], cache: CachedBytes) -> None:
        self._decoder = msgspec.msgpack.Decoder(type_)
        self._sources, self._cache = sources, cache

    def load_or_parse(self, folders: Sequence[Path], parse: Callable[[], T]) -> T:
        """Return the value of these folders' files from the cache, or else parse and store it.

        What ``parse`` raises is raised.
        """
        key = self._key(folders)
        stored = self._decode(self._cache.load(key)) if key else None
        if stored is not None:
            return stored
        value = parse()
        if key and key == self._key(folders):  # else a file was written meanwhile
            data = msgspec.msgpack.encode(value)
            if len(data) >= _MIN_BYTES:
                self._cache.store(key, data)
        return value

    def _decode(self, data: bytes | None) -> T | None:
        try:
            return self._decoder.decode(data) if data is not None else None
        except msgspec.DecodeError:
            return None

    def _key(self, folders: Sequence[Path]) -> str | None:
        """Return the hash of the files and of what parses them; None if a file is unreadable."""
        content = content_digest(folders)
        sources = sorted(path for folder in self._sources for path in folder.rglob("*.py"))
        if content is None or not sources:
            return None
        total = hashlib.sha256(content)
        total.update(f"{sys.version} {yaml.__version__} {msgspec.__version__}".encode())
        for path in sources:
            total.update(path.read_bytes())
        return total.hexdigest()
