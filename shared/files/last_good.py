"""What a service makes of files that people edit, made anew when they change; what is made of bad files takes nobody's place."""

import asyncio
import time
from collections.abc import Callable
from typing import Final, Generic, TypeVar

from shared.files.file_watcher import LOOK_EVERY_S, WatchedFolders
from shared.files.reloads import Reloads
from shared.files.yaml_document import DocumentError

T = TypeVar("T")

FILES: Final = "files"


class LastGood(Generic[T]):
    """``value`` is what ``load`` last made without a mistake. It is made for the first time here: DocumentError lists every mistake.

    With ``empty`` a bad start is no error: that is the value until the files are good. ``told`` names a value in the log; ``version`` counts them.
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
        self._files, self._load, self.reloads, self._told = files, load, reloads, describe
        self.version = 0
        if empty is not None:
            self.value: T = empty
            self.reload()
            return
        files.mark_read()
        self.value = load()
        reloads.record_success(FILES)

    def has_changed(self, now: float) -> bool:
        """Whether the files have changed since they were read, as Watched says it."""
        return self._files.has_changed(now)

    def reload(self) -> bool:
        """Make it anew; whether that went well. Where it did not, the log says what is wrong and how to mend it, and ``value`` stays."""
        self._files.mark_read()
        try:
            self.value = self._load()
        except DocumentError as error:
            self.reloads.record_failure(FILES, error.problems)
            self.reloads.log_problems(self._told(self.value))
            return False
        self.version += 1
        self.reloads.record_success(FILES)
        return True

    def fresh(self) -> T:
        """The value, made anew first where the files look different from when they were read."""
        if not self._files.is_unchanged():
            self.reload()
        return self.value


class ReloadLoop(Generic[T]):
    """Keeps a LastGood as its files are while a service runs. It looks and reads in a thread; ``on_switch`` is called in the event loop."""

    def __init__(self, good: LastGood[T], on_switch: Callable[[T], None]) -> None:
        self._good, self._on_switch = good, on_switch
        self._asked = False
        self._stopping = asyncio.Event()

    def request_reload(self) -> None:
        """Read the files soon, changed or not."""
        self._asked = True

    async def start(self) -> None:
        """The files were read when the LastGood was made."""

    async def run(self) -> None:
        """Look at the files until stopped."""
        while not self._stopping.is_set():
            if await asyncio.to_thread(self._good.has_changed, time.monotonic()) or self._asked:
                self._asked = False
                await self._read()
            await _passed(self._stopping, LOOK_EVERY_S)

    async def stop(self) -> None:
        """Look no more; what is being read is read to its end."""
        self._stopping.set()

    async def _read(self) -> None:
        if await asyncio.to_thread(self._good.reload):
            self._on_switch(self._good.value)


async def _passed(event: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return
