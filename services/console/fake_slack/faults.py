"""Faults of the stand-in for Slack, from a file or a test."""

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from services.console.fake_slack.refusals import API_ERRORS, WEBHOOK_STATUS
from shared.files.yaml_document import YamlDocument, did_you_mean, load, raise_if_bad


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What to do instead of the right answer, and for which requests.

    Which: requests are counted from 1, for each webhook, and for each method and channel.
    ``at``: only this one; ``after``: every later one, ``times`` at most. ``share``: of these, only
    this part, chosen by ``seed``; ``for_s``: only until so many seconds after the first that met
    the fault. ``path``: the end of the address, of a webhook or method; ``channel``: its name.

    What: ``status`` answers with it, ``body``, ``content_type`` and ``location``; ``refuse`` gives
    Slack's answer for ``error``; ``hang`` sends no answer for ``seconds``; ``reset`` breaks the
    connection; ``slow`` gives the right answer after ``seconds``, ``drip`` gives it byte by byte
    within ``seconds``. ``accept`` takes the message first: the answer is lost, the message is not.
    """

    do: Literal["status", "refuse", "hang", "reset", "slow", "drip"]
    at: int | None = None
    after: int = 0
    times: int | None = None
    share: float = 1.0
    seed: int = 0
    for_s: float | None = None
    path: str | None = None
    channel: str | None = None
    status: int = 503
    body: str = ""
    content_type: str = "text/html"
    location: str | None = None
    error: str = "rollup_error"
    retry_after: int | None = None
    seconds: float = 30.0
    accept: bool = False

    def hits(self, path: str, number: int, channel: str = "") -> bool:
        """Return whether the request of this number meets the fault, as far as no time decides."""
        if self.path is not None and not path.endswith(self.path):
            return False
        if self.channel is not None and channel != self.channel:
            return False
        if self.at is not None:
            return number == self.at
        is_counted = self.after < number and (
            self.times is None or number <= self.after + self.times
        )
        return is_counted and (self.share >= 1.0 or self._is_drawn(path, number))

    def _is_drawn(self, path: str, number: int) -> bool:
        """Decide by the request alone, so that a script does the same every time."""
        return random.Random(f"{self.seed} {path} {number}").random() < self.share  # noqa: S311 - chance in a test


@dataclass(slots=True)
class FaultClock:
    """Selects a request's fault, and remembers when each was first met."""

    _first_s: dict[Fault, float] = field(default_factory=dict)

    def select(
        self, faults: Iterable[Fault], path: str, number: int, channel: str, now_s: float
    ) -> Fault | None:
        """Return the first fault that the request meets, None if it meets none."""
        for fault in faults:
            if fault.hits(path, number, channel) and not self._is_over(fault, now_s):
                return fault
        return None

    def _is_over(self, fault: Fault, now_s: float) -> bool:
        if fault.for_s is None:
            return False
        return now_s - self._first_s.setdefault(fault, now_s) >= fault.for_s


def load_faults(path: Path) -> list[Fault]:
    """Load the faults of a YAML or JSON file, a list of mappings.

    DocumentError lists every mistake with its place.
    """
    document: YamlDocument = load(path)
    if document.data is not None and not isinstance(document.data, list):
        suggestion = "write `- {at: 3, do: status, status: 503}`"
        document.report((), "expected a list of faults", suggestion=suggestion)
    is_list = isinstance(document.data, list)
    faults = list(document.items((), Fault)) if is_list else []
    for steps, fault in faults:
        _check_values(document, steps, fault)
    raise_if_bad([document])
    return [fault for _, fault in faults]


def _check_values(document: YamlDocument, steps: tuple[str | int, ...], fault: Fault) -> None:
    words = sorted({*WEBHOOK_STATUS, *API_ERRORS})
    if fault.error not in words:
        hint = did_you_mean(fault.error, words) or f"one of {', '.join(words)}"
        document.report((*steps, "error"), f"{fault.error!r} is no error of Slack", suggestion=hint)
    if not 0 <= fault.share <= 1:
        suggestion = "0.3 is 30 %"
        document.report((*steps, "share"), "a share lies between 0 and 1", suggestion=suggestion)
    if not 200 <= fault.status <= 599:
        document.report((*steps, "status"), f"{fault.status} is no status of an answer")
    for name in ("seconds", "for_s", "retry_after"):
        if (getattr(fault, name) or 0) < 0:
            document.report((*steps, name), f"{name} cannot be negative")
