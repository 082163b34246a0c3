"""Values built from the files of folders, shared for as long as somebody uses them."""

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Generic, TypeVar
from weakref import WeakValueDictionary

from shared.files.yaml_document import YAML_SUFFIXES

T = TypeVar("T")


class SharedValues(Generic[T]):
    """Immutable values by the content of the files that they were built from.

    A value is forgotten when nobody else refers to it, so that no memory is spent on old files.
    """

    def __init__(self) -> None:
        self._values: WeakValueDictionary[bytes, T] = WeakValueDictionary()

    def get(self, folders: Sequence[Path], build: Callable[[], T]) -> T:
        """Return the value that was built from the same content, or else build it.

        What ``build`` raises is not remembered.
        """
        digest = content_digest(folders)
        value = self._values.get(digest) if digest else None
        if value is None:
            value = build()
            if digest and digest == content_digest(folders):  # else a file was written meanwhile
                self._values[digest] = value
        return value


def content_digest(folders: Sequence[Path]) -> bytes | None:
    """Return the hash of all YAML files with their names, by folder; None if one is unreadable."""
    total = hashlib.sha256()
    try:
        for folder in folders:
            for path in sorted(folder.iterdir()):
                if path.suffix in YAML_SUFFIXES:
                    content = hashlib.sha256(path.read_bytes()).digest()
                    total.update(path.name.encode("utf-8", "surrogateescape") + b"\0" + content)
            total.update(b"\0")
    except OSError:
        return None
    return total.digest()
