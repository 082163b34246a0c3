"""How the last reloads of the rules went: what is wrong where, in the log and in the metrics."""

from collections.abc import Sequence

from shared import metrics
from shared.documents import Problem
from shared.log import get

log = get(__name__)


class Reloads:
    """``mistakes`` by where they were found: in the rule files, or in rules.v1; empty while all is well."""

    def __init__(self) -> None:
        self.mistakes: dict[str, Sequence[Problem]] = {}

    @property
    def problems(self) -> list[Problem]:
        """Every mistake."""
        return [problem for problems in self.mistakes.values() for problem in problems]

    def went_well(self, where: str) -> None:
        """Nothing is wrong there any more."""
        self.mistakes.pop(where, None)
        if not self.mistakes:
            metrics.RULES_RELOADED_AT.set_to_current_time()
        metrics.RULES_RELOADED.set(not self.mistakes)

    def failed(self, where: str, problems: Sequence[Problem]) -> None:
        """These are wrong there; ``tell`` says so in the log."""
        self.mistakes[where] = problems
        metrics.RULES_RELOADED.set(0)

    def tell(self, in_force: int) -> None:
        """A line a mistake; ``in_force`` is the number of the change that stays."""
        for where, problems in self.mistakes.items():
            for problem in problems:
                log.error("rules not reloaded", where=where, in_force=in_force, because=str(problem))
