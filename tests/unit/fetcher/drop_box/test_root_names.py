"""What lies in DROP_FOLDER itself: folders of sources, and names that are never read there."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from services.fetcher.drop_box.drop_box import DropBox
from services.fetcher.drop_box.intake import FileKind
from services.fetcher.drop_box.reading import ReadingTools
from services.fetcher.drop_box.root_names import sort_names
from services.fetcher.polling.poll_loop import PollLoop, PollTools
from services.fetcher.source_writer import SourceWriter
from shared.stream.watchdog import Progress
from tests.kafka_tools import cluster_at


@pytest.mark.parametrize(
    ("name", "kind", "because"),
    [
        ("BadName", FileKind.FOLDER, "its name is no source id: rename it to 'badname'"),
        ("Agence Presse!", FileKind.FOLDER, "rename it to 'agence-presse'"),
        ("새소식", FileKind.FOLDER, "rename it to a word of a-z, 0-9 and hyphens"),
        ("x" * 70, FileKind.FOLDER, f"rename it to '{'x' * 64}'"),
        ("stray.txt", FileKind.FILE, "in no source's folder: move it to SOURCE/"),
        ("reuters", FileKind.FILE, "move it to SOURCE/"),
        ("reuters", FileKind.LINK, "it is a symbolic link: put a folder in its place"),
        ("queue", FileKind.SPECIAL, "it is a pipe, socket or device"),
    ],
)
def test_a_name_that_is_never_read_is_explained(name: str, kind: FileKind, because: str) -> None:
    """The reason says how to get it read."""
    names = sort_names([(name, kind)])
    assert not names.sources
    assert because in names.misplaced[name]


def test_folders_of_sources_are_read_and_hidden_or_unfinished_names_are_nobodys_business() -> None:
    """A file that is still being written may yet be moved into its folder."""
    folder, file = FileKind.FOLDER, FileKind.FILE
    names = sort_names(
        [("yonhap", folder), ("a.b", folder), (".snapshot", folder), ("a.xml.part", file)]
    )
    assert names.sources == ("a.b", "yonhap")
    assert not names.misplaced


def test_each_misplaced_name_is_logged_once_and_counted(tmp_path: Path) -> None:
    """Also if it comes later; one that is gone and comes again is logged again."""
    (tmp_path / "BadName").mkdir()
    (tmp_path / "stray.txt").write_text("x")
    (tmp_path / "yonhap").mkdir()

    async def watch() -> None:
        drop_box = build_drop_box(tmp_path)
        running = asyncio.create_task(drop_box.run())
        await wait_for_count(2)
        (tmp_path / "stray.txt").unlink()
        await wait_for_count(1)
        (tmp_path / "stray.txt").write_text("x")
        await wait_for_count(2)
        await drop_box.stop()
        await running

    with capture_logs() as lines:
        asyncio.run(watch())
    logged = [line["name"] for line in lines if line["event"] == "not read"]
    assert logged == ["BadName", "stray.txt", "stray.txt"]


async def wait_for_count(count: int) -> None:
    """Wait until so many misplaced names are counted."""
    async with asyncio.timeout(20):
        while misplaced_count() != count:
            await asyncio.sleep(0.02)


def misplaced_count() -> float | None:
    """Return what the gauge says."""
    return REGISTRY.get_sample_value("summitwire_drop_box_misplaced")


def build_drop_box(root: Path) -> DropBox:
    """Return a drop box without a broker: it is assigned no source, but sees its folder."""
    no_web: Any = None
    cluster = cluster_at("127.0.0.1:1", "x")
    tools = PollTools(web=no_web, parse=no_web)
    poll_loop = PollLoop("fetcher", cluster, (), tools, Progress(60, 0))
    reading = ReadingTools(parse=no_web, load_pages=no_web)
    return DropBox(root, SourceWriter("fetcher", cluster, poll_loop.assignment), reading)
