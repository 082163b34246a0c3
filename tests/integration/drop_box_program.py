"""A drop box that kills itself. Usage: drop_box_program.py BOOTSTRAP PREFIX GROUP FOLDER POINT.

POINT: ``claimed`` (a file is claimed and read), ``committed`` (its articles are written, and it is
not moved yet), or ``never``.
"""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from services.fetcher.drop_box.drop_box import DropBox
from services.fetcher.drop_box.dropped_file import read_dropped_file
from services.fetcher.drop_box.reading import ReadingTools
from services.fetcher.parsing.feed_entry import FeedEntry, ParsedFeed
from services.fetcher.polling.build_article import to_page
from services.fetcher.polling.entry_pages import EntryPages
from services.fetcher.polling.poll_loop import PollLoop, PollTools
from services.fetcher.sources.feeds_file import FeedSpec
from shared.stream.watchdog import Progress
from tests.kafka_tools import cluster_at


class MortalDropBox(DropBox):
    """A drop box whose process ends without notice once its transaction is written."""

    async def _commit(self, *batch: Any) -> bool:
        is_written = await super()._commit(*batch)
        die_at("committed")
        return is_written


def die_at(point: str) -> None:
    """End this process if it is to end here."""
    if point == sys.argv[5]:
        os.kill(os.getpid(), signal.SIGKILL)


async def parse(data: bytes, name: str, source: str) -> ParsedFeed:
    """Parse a file in this process."""
    die_at("claimed")
    return read_dropped_file(data, name, source)


async def load_pages(_spec: FeedSpec, entries: Sequence[FeedEntry]) -> EntryPages:
    """Return entries that are their own articles."""
    return EntryPages(tuple(to_page(entry.document) for entry in entries if entry.document))


async def main() -> None:
    """Run until killed or told to stop."""
    bootstrap, prefix, group, folder = sys.argv[1:5]
    cluster = cluster_at(bootstrap, prefix)
    no_web: Any = None
    progress = Progress(60, time.monotonic())
    poll_loop = PollLoop(group, cluster, (), PollTools(web=no_web, parse=no_web), progress)
    reading = ReadingTools(parse=parse, load_pages=load_pages)
    drop_box = MortalDropBox(group, Path(folder), cluster, poll_loop.assignment, reading)
    await poll_loop.start()
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    runs = [asyncio.create_task(component.run()) for component in (poll_loop, drop_box)]
    await asyncio.wait(
        [*runs, asyncio.create_task(stopping.wait())], return_when=asyncio.FIRST_COMPLETED
    )
    await drop_box.stop()
    await poll_loop.stop()
    await asyncio.gather(*runs)


if __name__ == "__main__":
    asyncio.run(main())
