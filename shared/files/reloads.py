"""Report how the last reloads of edited files went, in the log and in the metrics."""

from collections.abc import Collection, Sequence
from typing import Final

from prometheus_client import Gauge

from shared.base.log import get
from shared.files.yaml_document import Problem

log = get(__name__)

MAX_LOG_LINES: Final = 8
"""Mistakes that one reload logs; the command that checks the files lists all."""


class Reloads:
    """The mistakes of the last reloads, by where they are (the files, or a topic).

    ``subject`` is what is reloaded, for example rules; the gauges are that of success (0 or 1) and
    that of the time of the last success.
    """

    def __init__(self, subject: str, successful: Gauge, succeeded_at: Gauge) -> None:
        self.mistakes: dict[str, Sequence[Problem]] = {}
        self._logged: dict[str, Collection[Problem]] = {}
        self._event = f"{subject} not reloaded"
        self._check = f"`summitwire {subject} check` lists them"
        self._successful, self._succeeded_at = successful, succeeded_at

    @property
    def problems(self) -> list[Problem]:
        """All mistakes, wherever they are."""
        return [problem for problems in self.mistakes.values() for problem in problems]

    def record_success(self, where: str) -> None:
        """Note that nothing is wrong there any more."""
        self.mistakes.pop(where, None)
        self._logged.pop(where, None)
        if not self.mistakes:
            self._succeeded_at.set_to_current_time()
        self._successful.set(not self.mistakes)

    def record_failure(self, where: str, problems: Sequence[Problem]) -> None:
        """Note what is wrong there; ``log_problems`` logs it."""
        self.mistakes[where] = problems
        self._successful.set(0)

    def log_problems(self, active: object) -> None:
        """Log each new mistake, and how many others there are.

        ``active`` identifies what stays active meanwhile: a change's number, or a revision.
        """
        for where, problems in self.mistakes.items():
            logged = self._logged.get(where, ())
            new = [problem for problem in problems if problem not in logged][:MAX_LOG_LINES]
            for problem in new:
                self._log(where, active, str(problem))
            if unlogged := len(problems) - len(new):
                kind = "more" if new else "known"
                self._log(where, active, f"{unlogged} {kind} mistakes: {self._check}")
            self._logged[where] = frozenset(problems)

    def _log(self, where: str, active: object, because: str) -> None:
        log.error(self._event, where=where, active=active, because=because)
