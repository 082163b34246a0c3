"""The folder of rule files: has it changed since it was read, and which rules does it hold?"""

from collections.abc import Callable
from pathlib import Path

from services.alerting.language.check import Vocabulary
from services.alerting.rollout.changelog import check_sizes
from services.alerting.rules.rule_set import RuleSet, load_rule_files, rule_files
from shared.files.file_watcher import FolderSnapshot, WatchedFolders
from shared.files.yaml_document import DocumentError, Problem


class RulesFolder:
    """``vocabulary``: the ids that rules may name, None where they are not checked; ``its_folders`` are where it comes from.

    The same object as before says that it has not changed.
    """

    def __init__(
        self,
        path: Path,
        vocabulary: Callable[[], Vocabulary | None],
        its_folders: tuple[Path, ...] = (),
    ) -> None:
        self.path, self._vocabulary = path, vocabulary
        self._files = WatchedFolders(path, *its_folders)
        self._known: Vocabulary | None = None
        self._good: FolderSnapshot = ()
        self._rules = RuleSet(())

    def changed(self, now: float) -> bool:
        """Whether the rules, or the ids that they may name, have changed since they were read, as Watched says it."""
        return self._files.has_changed(now)

    def read(self) -> RuleSet:
        """Its rules; files that look as they did when all was last well are not read again. DocumentError lists every mistake in all files."""
        look, known = self._files.mark_read(), self._vocabulary()
        if known is not self._known:
            self._known, self._good = known, ()
        try:
            found = self._joined(self._unchanged(look))
        except OSError as error:  # a file that went after it was listed
            raise DocumentError(
                [
                    Problem(
                        str(error.filename or self.path),
                        1,
                        1,
                        f"cannot be read: {error.strerror}",
                        code="unreadable",
                    )
                ]
            ) from error
        check_sizes(found)
        self._good, self._rules = look, found
        return found

    def _unchanged(self, look: FolderSnapshot) -> RuleSet:
        same = {path for path, *_ in set(self._good) & set(look)}
        warnings = (warning for warning in self._rules.warnings if warning.file in same)
        return RuleSet(
            tuple(each for each in self._rules.rules if each.file in same), tuple(warnings)
        )

    def _joined(self, kept: RuleSet) -> RuleSet:
        """What was kept and what the other files hold; where these are bad, or an id stands in both, everything is read, so that all is told."""
        paths, known = rule_files(self.path), {each.file for each in kept.rules}
        others = tuple(path for path in paths if str(path) not in known)
        try:
            fresh = load_rule_files(others, self._known) if others else RuleSet(())
        except DocumentError:
            return load_rule_files(paths, self._known)
        if {each.rule.rule_id for each in fresh.rules} & {each.rule.rule_id for each in kept.rules}:
            return load_rule_files(paths, self._known)
        rules = sorted((*kept.rules, *fresh.rules), key=lambda each: each.rule.rule_id)
        return RuleSet(tuple(rules), tuple(sorted((*kept.warnings, *fresh.warnings))))
