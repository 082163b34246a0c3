"""Wiring of the drop box: files parsed in child processes, pages loaded like those of feeds."""

from collections.abc import Sequence
from pathlib import Path

from services.fetcher.drop_box.drop_box import DropBox
from services.fetcher.drop_box.dropped_file import read_dropped_file
from services.fetcher.drop_box.reading import ReadingTools
from services.fetcher.parsing.feed_entry import FeedEntry, ParsedFeed
from services.fetcher.polling.entry_pages import EntryPages, load_pages
from services.fetcher.polling.poll_loop import PollTools
from services.fetcher.settings import FetcherSettings
from services.fetcher.source_writer import SourceWriter
from services.fetcher.sources.feeds_file import FeedSpec
from shared.base.exits import ConfigurationError
from shared.limits.process_pool import ProcessPool


def build_drop_box(
    settings: FetcherSettings,
    writer: SourceWriter,
    pool: ProcessPool,
    tools: PollTools,
) -> Sequence[DropBox]:
    """Build the drop box, if a folder is set; ConfigurationError if there is no such folder."""
    if not settings.drop_folder:
        return ()
    root = Path(settings.drop_folder)
    if not root.is_dir():
        raise ConfigurationError(f"DROP_FOLDER: {root} is no folder; create it first")

    async def parse_file(data: bytes, name: str, source: str) -> ParsedFeed:
        return await pool.call(read_dropped_file, data, name, source)

    async def load(spec: FeedSpec, entries: Sequence[FeedEntry]) -> EntryPages:
        return await load_pages(spec, entries, tools.web.fetch_pages, tools.select)

    reading = ReadingTools(parse=parse_file, load_pages=load)
    return (DropBox(root, writer, reading, trigger=settings.drop_trigger),)
