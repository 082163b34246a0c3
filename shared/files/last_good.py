"""Values built from edited files: rebuilt when the files change, kept when they are bad."""

import asyncio
import time
from collections.abc import Callable
from typing import Final, Generic, TypeVar

from shared.files.file_watcher import LOOK_EVERY_S, WatchedFolders
from shared.files.reload_report import Reloads
from shared.files.yaml_document import DocumentError

T = TypeVar("T")

FILES: Final = "files"


class LastGood(Generic[T]):
    """The last value that ``load`` built from valid files.

    The first one is built here, and DocumentError lists every mistake; with ``empty``, bad files at
    the start are no error, and ``empty`` is the value until they are good. ``describe`` identifies
    a value in the log; ``version`` counts the values.
    """

    def __init__(
        self,
        files: WatchedFolders,
        load: Callable[[], T],
        reloads: Reloads,
        *,
        describe: Callable[[T], object] = lambda _value: "the last good",
        empty: T | None = None,
    ) -> None:
        self._files, self._load, self._describe = files, load, describe
        self.reloads = reloads
        self.version = 0
        if empty is not None:
            self.value: T = empty
            self.reload()
            return
        files.mark_read()
        self.value = load()
        reloads.record_success(FILES)

    def has_changed(self, now: float) -> bool:
        """Return whether the files have changed since they were read; see WatchedFolders."""
        return self._files.has_changed(now)

    def reload(self) -> bool:
        """Build the value again, and return whether that succeeded.

        If not, ``value`` stays, and the log says what is wrong with the files and how to fix it.
        """
        self._files.mark_read()
        try:
            self.value = self._load()
        except DocumentError as error:
            self.reloads.record_failure(FILES, error.problems)
            self.reloads.log_problems(self._describe(self.value))
            return False
        self.version += 1
        self.reloads.record_success(FILES)
        return True

    def fresh(self) -> T:
        """Return the value, reloaded first if the files have changed since they were read."""
        if not self._files.is_unchanged():
            self.reload()
        return self.value


class ReloadLoop(Generic[T]):
    """Reloads a LastGood whenever its files change while a service runs.

    Files are watched and read in a thread; ``on_switch`` is called in the event loop.
    """

    def __init__(self, good: LastGood[T], on_switch: Callable[[T], None]) -> None:
        self._good, self._on_switch = good, on_switch
        self._is_requested = False
        self._stopping = asyncio.Event()

    def request_reload(self) -> None:
        """Reload soon, even if the files have not changed."""
        self._is_requested = True

    async def start(self) -> None:
        """Do nothing: the files were read when the LastGood was built."""

    async def run(self) -> None:
        """Watch the files until stopped."""
        while not self._stopping.is_set():
            if (
                await asyncio.to_thread(self._good.has_changed, time.monotonic())
                or self._is_requested
            ):
                self._is_requested = False
                if await asyncio.to_thread(self._good.reload):
                    self._on_switch(self._good.value)
            await _wait(self._stopping, LOOK_EVERY_S)

    async def stop(self) -> None:
        """Stop watching; a reload in progress is finished."""
        self._stopping.set()


async def _wait(event: asyncio.Event, seconds: float) -> None:
    """Wait for the event, at most for so many seconds."""
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return
