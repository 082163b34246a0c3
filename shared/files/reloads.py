"""How the last reloads of what people edit went: what is wrong where, in the log and in the metrics."""

from collections.abc import Collection, Sequence
from typing import Final

from prometheus_client import Gauge

from shared.base.log import get
from shared.files.yaml_document import Problem

log = get(__name__)

MOST_LINES: Final = 8
"""Mistakes that one reload writes out; the command that checks the files lists all."""


class Reloads:
    """``mistakes`` by where they were found (in the files, or in a topic); empty while all is well.

    ``what`` names it in the log (rules); ``successful`` and ``at`` are its two gauges.
    """

    def __init__(self, what: str, successful: Gauge, at: Gauge) -> None:
        self.mistakes: dict[str, Sequence[Problem]] = {}
        self._logged: dict[str, Collection[Problem]] = {}
        self._event, self._check = f"{what} not reloaded", f"`summitwire {what} check` lists them"
        self._successful, self._at = successful, at

    @property
    def problems(self) -> list[Problem]:
        """Every mistake."""
        return [problem for problems in self.mistakes.values() for problem in problems]

    def record_success(self, where: str) -> None:
        """Nothing is wrong there any more."""
        self.mistakes.pop(where, None)
        self._logged.pop(where, None)
        if not self.mistakes:
            self._at.set_to_current_time()
        self._successful.set(not self.mistakes)

    def record_failure(self, where: str, problems: Sequence[Problem]) -> None:
        """These are wrong there; ``tell`` says so in the log."""
        self.mistakes[where] = problems
        self._successful.set(0)

    def log_problems(self, in_force: object) -> None:
        """Log each mistake that is new, and how many others there are; ``in_force`` says what stays: a change's number, a revision."""
        for where, problems in self.mistakes.items():
            logged = self._logged.get(where, ())
            new = [problem for problem in problems if problem not in logged][:MOST_LINES]
            for problem in new:
                self._log(where, in_force, str(problem))
            if rest := len(problems) - len(new):
                self._log(
                    where, in_force, f"{rest} {'more' if new else 'known'} mistakes: {self._check}"
                )
            self._logged[where] = frozenset(problems)

    def _log(self, where: str, in_force: object, because: str) -> None:
        log.error(self._event, where=where, in_force=in_force, because=because)
