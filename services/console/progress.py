"""Progress on standard error, shown only on a terminal."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)


class ProgressTask:
    """One bar on the screen."""

    def __init__(self, progress: Progress, description: str, total: int | None) -> None:
        self._progress, self._id = progress, progress.add_task(description, total=total)

    def advance(self, count: int) -> None:
        """Add to what is done."""
        self._progress.advance(self._id, count)

    def describe(self, description: str) -> None:
        """Change the text in front of the bar."""
        self._progress.update(self._id, description=description)


@contextmanager
def progress_task(total: int | None, description: str = "articles") -> Iterator[ProgressTask]:
    """Show a progress bar for as long as the block lasts; provide it.

    ``total`` None: how many there are is not known.
    """
    console = Console(stderr=True)
    columns: list[ProgressColumn] = [SpinnerColumn(), TextColumn("{task.description}")]
    columns += [BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()]
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        yield ProgressTask(progress, description, total)


@contextmanager
def progress_bar(
    total: int | None, description: str = "articles"
) -> Iterator[Callable[[int], None]]:
    """Show a progress bar for as long as the block lasts; provide the function that advances it."""
    with progress_task(total, description) as task:
        yield task.advance
