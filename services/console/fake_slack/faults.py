"""Faults of the stand-in for Slack, from a file or a test. Pure."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from shared.files.yaml_document import YamlDocument, load, raise_if_bad


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What to do instead of answering ``ok``, and for which posts, counted from 1 per webhook.

    ``at``: only this post; ``after``: every later one, ``times`` at most. ``path``: the end of a
    webhook's address. ``do``: ``status`` answers with it; ``hang`` sends no answer for ``seconds``;
    ``reset`` breaks the connection; ``slow`` answers ok after ``seconds``. ``accept`` takes the
    message first: the answer is lost, the message is not.
    """

    do: Literal["status", "hang", "reset", "slow"]
    at: int | None = None
    after: int = 0
    times: int | None = None
    path: str | None = None
    status: int = 503
    body: str = ""
    retry_after: int | None = None
    seconds: float = 30.0
    accept: bool = False

    def hits(self, path: str, number: int) -> bool:
        """Return whether the webhook's post of this number meets the fault."""
        if self.path is not None and not path.endswith(self.path):
            return False
        if self.at is not None:
            return number == self.at
        return self.after < number and (self.times is None or number <= self.after + self.times)


def load_faults(path: Path) -> list[Fault]:
    """Load the faults of a YAML or JSON file, a list of mappings.

    DocumentError lists every mistake with its place.
    """
    document: YamlDocument = load(path)
    if document.data is not None and not isinstance(document.data, list):
        suggestion = "write `- {at: 3, do: status, status: 503}`"
        document.report((), "expected a list of faults", suggestion=suggestion)
    is_list = isinstance(document.data, list)
    faults = [fault for _, fault in document.items((), Fault)] if is_list else []
    raise_if_bad([document])
    return faults
