"""The folder of rule files: whether it has changed since it was loaded, and the rules in it."""

from collections.abc import Callable
from pathlib import Path

from services.alerting.language.check import Vocabulary
from services.alerting.rollout.changelog import check_sizes
from services.alerting.rules.rule_set import RuleSet, load_rule_files, rule_files
from shared.files.file_watcher import FolderSnapshot, WatchedFolders
from shared.files.yaml_document import DocumentError, Problem


class RulesFolder:
    """Loads the rules of a folder, and again only the files that have changed.

    ``vocabulary`` returns the ids that rules may name, or None if ids are not checked; it returns
    the same object as long as they have not changed. ``vocabulary_folders`` are watched as well.
    """

    def __init__(
        self,
        path: Path,
        vocabulary: Callable[[], Vocabulary | None],
        vocabulary_folders: tuple[Path, ...] = (),
    ) -> None:
        self.path, self._load_vocabulary = path, vocabulary
        self._files = WatchedFolders(path, *vocabulary_folders)
        self._vocabulary: Vocabulary | None = None
        self._loaded_snapshot: FolderSnapshot = ()
        self._rules = RuleSet(())

    def has_changed(self, now: float) -> bool:
        """Return whether the rules, or the ids that they may name, have changed since ``load``."""
        return self._files.has_changed(now)

    def load(self) -> RuleSet:
        """Load the rules. DocumentError lists every problem in all files.

        Files that look as they did at the last successful load are not parsed again.
        """
        snapshot, vocabulary = self._files.mark_read(), self._load_vocabulary()
        if vocabulary is not self._vocabulary:
            self._vocabulary, self._loaded_snapshot = vocabulary, ()
        try:
            rules = self._add_changed_files(self._select_unchanged(snapshot))
        except OSError as error:  # a file that was removed after it was listed
            path, message = str(error.filename or self.path), f"cannot be read: {error.strerror}"
            raise DocumentError([Problem(path, 1, 1, message, code="unreadable")]) from error
        check_sizes(rules)
        self._loaded_snapshot, self._rules = snapshot, rules
        return rules

    def _select_unchanged(self, snapshot: FolderSnapshot) -> RuleSet:
        """Return the loaded rules and warnings of the files that look the same."""
        files = {path for path, *_ in set(self._loaded_snapshot) & set(snapshot)}
        return RuleSet(
            tuple(rule for rule in self._rules.rules if rule.file in files),
            tuple(warning for warning in self._rules.warnings if warning.file in files),
        )

    def _add_changed_files(self, unchanged: RuleSet) -> RuleSet:
        """Load the other files and add their rules.

        If one has a problem, or an id is used twice, all files are loaded, so that every problem is
        reported.
        """
        paths, unchanged_files = rule_files(self.path), {rule.file for rule in unchanged.rules}
        changed_paths = tuple(path for path in paths if str(path) not in unchanged_files)
        try:
            fresh = RuleSet(())
            if changed_paths:
                fresh = load_rule_files(changed_paths, self._vocabulary)
        except DocumentError:
            return load_rule_files(paths, self._vocabulary)
        ids = {rule.rule.rule_id for rule in unchanged.rules}
        if ids & {rule.rule.rule_id for rule in fresh.rules}:
            return load_rule_files(paths, self._vocabulary)
        rules = sorted((*unchanged.rules, *fresh.rules), key=lambda rule: rule.rule.rule_id)
        return RuleSet(tuple(rules), tuple(sorted((*unchanged.warnings, *fresh.warnings))))
