"""The folder of rule files: has it changed since it was read, and which rules does it hold?"""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from services.alerting.language.check import Vocabulary
from services.alerting.rule_log import check_sizes
from services.alerting.rules import SUFFIXES, RuleSet, read_files, rule_files
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
    _good: Look = field(default=(), init=False)
    _rules: RuleSet = field(default=RuleSet(()), init=False)

    def read(self) -> RuleSet:
        """Its rules; files that look as they did when all was last well are not read again. DocumentError lists every mistake in all files."""
        self._read = self._seen = look = self._look()
        try:
            found = self._joined(self._unchanged(look))
        except OSError as error:  # a file that went after it was listed
            raise DocumentError([Problem(str(error.filename or self.path), 1, 1, f"cannot be read: {error.strerror}", code="unreadable")]) from error
        check_sizes(found)
        self._good, self._rules = look, found
        return found

    def _unchanged(self, look: Look) -> RuleSet:
        same = {str(self.path / name) for name, *_ in set(self._good) & set(look)}
        warnings = (warning for warning in self._rules.warnings if warning.file in same)
        return RuleSet(tuple(each for each in self._rules.rules if each.file in same), tuple(warnings))

    def _joined(self, kept: RuleSet) -> RuleSet:
        """What was kept and what the other files hold; where these are bad, or an id stands in both, everything is read, so that all is told."""
        paths, known = rule_files(self.path), {each.file for each in kept.rules}
        others = tuple(path for path in paths if str(path) not in known)
        try:
            fresh = read_files(others, self.vocabulary()) if others else RuleSet(())
        except DocumentError:
            return read_files(paths, self.vocabulary())
        if {each.rule.rule_id for each in fresh.rules} & {each.rule.rule_id for each in kept.rules}:
            return read_files(paths, self.vocabulary())
        rules = sorted((*kept.rules, *fresh.rules), key=lambda each: each.rule.rule_id)
        return RuleSet(tuple(rules), tuple(sorted((*kept.warnings, *fresh.warnings))))

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
