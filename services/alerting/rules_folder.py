"""The folder of rule files: has it changed since it was read, and which rules does it hold?"""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from services.alerting.language.check import Vocabulary
from services.alerting.rule_log import check_sizes
from services.alerting.rules import SUFFIXES, RuleSet, load_rules
from shared.documents import DocumentError, Problem

LOOK_EVERY_S: Final = 0.25
Look = tuple[tuple[str, int, int, int], ...]
"""Name, inode, time of change (ns) and size of each rule file: a saved file, a renamed one and a swapped symbolic link all look different."""


@dataclass(slots=True)
class RulesFolder:
    """``vocabulary``: the ids that rules may name, None where they are not checked."""

    path: Path
    vocabulary: Callable[[], Vocabulary | None]
    _looked_at: float = field(default=0.0, init=False)
    _seen: Look = field(default=(), init=False)
    _read: Look = field(default=(), init=False)

    def read(self) -> RuleSet:
        """Its rules. DocumentError lists every mistake in all files."""
        self._read = self._seen = self._look()
        try:
            found = load_rules(self.path, self.vocabulary())
        except OSError as error:  # a file that went after it was listed
            raise DocumentError([Problem(str(error.filename or self.path), 1, 1, f"cannot be read: {error.strerror}", code="unreadable")]) from error
        check_sizes(found)
        return found

    def changed(self, now: float) -> bool:
        """Whether it looks different from when it was read, twice in a row: so nobody who is still writing is caught in the middle.

        ``now`` is a monotonic clock's seconds; it looks every quarter of a second at most.
        """
        if now - self._looked_at < LOOK_EVERY_S:
            return False
        before, self._seen, self._looked_at = self._seen, self._look(), now
        return self._seen == before and self._seen != self._read

    def _look(self) -> Look:
        try:
            with os.scandir(self.path) as entries:
                return tuple(sorted(_look(entry) for entry in entries if entry.name.endswith(SUFFIXES)))
        except OSError:
            return ()


def _look(entry: os.DirEntry[str]) -> tuple[str, int, int, int]:
    try:
        found = entry.stat()  # of what a link points to: Kubernetes swaps a folder behind links
    except OSError:
        return entry.name, 0, 0, 0
    return entry.name, found.st_ino, found.st_mtime_ns, found.st_size
