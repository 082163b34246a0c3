"""What becomes of a claimed file: written, waited for, or failed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson

from services.fetcher.drop_box.dropped_file import read_dropped_file
from services.fetcher.drop_box.intake import FileVersion
from services.fetcher.drop_box.marks import add_marks
from services.fetcher.drop_box.reading import (
    MAX_TRIES,
    RETRY_AFTER,
    FileReading,
    ReadingTools,
    read_file,
)
from services.fetcher.drop_box.source_folder import ClaimedFile
from services.fetcher.parsing.feed_entry import FeedEntry, ParsedFeed
from services.fetcher.polling.build_article import to_page
from services.fetcher.polling.entry_pages import EntryPages
from services.fetcher.polling.web import NoPage, Page
from services.fetcher.seeds.seed_articles import MAX_BYTES
from services.fetcher.sources.feeds_file import FeedSpec

NOW = datetime(2019, 2, 27, 10, 0, tzinfo=UTC)
SPEC = FeedSpec(url="drop:wire", source="wire", interval_s=1)
FILE = ClaimedFile("f" * 32, "a.json", Path("unused"), FileVersion(1, 1, 1))
BROKEN = NoPage(reason="HTTP 500")


def item(name: str, **fields: object) -> dict[str, object]:
    return {"uri": f"urn:{name}", "headline": name, "body_text": "text", **fields}


async def read(
    data: bytes,
    *,
    name: str = "a.json",
    marks: Sequence[str] = (),
    is_settled: bool = False,
    tries: int = 0,
    now: datetime = NOW,
    page: Page | NoPage = BROKEN,
) -> FileReading:
    async def parse(data: bytes, name: str, source: str) -> ParsedFeed:
        return read_dropped_file(data, name, source)

    async def load_pages(_spec: FeedSpec, entries: Sequence[FeedEntry]) -> EntryPages:
        pages = (to_page(entry.document) if entry.document else page for entry in entries)
        return EntryPages(tuple(pages))

    tools = ReadingTools(parse=parse, load_pages=load_pages)
    file = replace(FILE, name=name)
    return await read_file(
        file, data, SPEC, tools, marks=marks, is_settled=is_settled, tries=tries, now=now
    )


async def test_all_items_of_a_file_are_its_articles() -> None:
    """With the folder's source, and the time of reading as the time of fetching."""
    reading = await read(orjson.dumps([item("a"), item("b")]))
    assert [(a.uri, a.source, a.fetched_at) for a in reading.articles] == [
        ("urn:a", "wire", NOW),
        ("urn:b", "wire", NOW),
    ]
    assert (reading.is_whole, reading.retry_at, reading.failure) == (True, None, "")


async def test_a_file_that_cannot_be_read_may_still_be_written() -> None:
    """It fails only if it has not changed for a while; a page without its end is read then."""
    for data, name in ((b'{"uri": "urn:a", "he', "a.json"), (b"<html><p>x", "a.html")):
        early = await read(data, name=name)
        assert (early.failure, early.is_whole, early.articles) == ("", False, ())
        assert early.retry_at == NOW + timedelta(seconds=1)
    late = await read(b'{"uri": "urn:a", "he', is_settled=True)
    assert "broken JSON" in late.failure
    assert not late.is_whole
    page = await read(b"<html><p>x", name="a.html", is_settled=True)
    assert (page.is_whole, len(page.articles)) == (True, 1)


async def test_a_file_that_is_too_large_fails_at_once() -> None:
    """No waiting makes it smaller."""
    assert "larger than" in (await read(b"x" * (MAX_BYTES + 1), name="a.txt")).failure


async def test_a_file_without_any_item_that_can_be_read_fails() -> None:
    """With the problem of each; of a file with some, the problems are stated beside it."""
    bad = item("", uri="no uri")
    reading = await read(orjson.dumps([bad]), is_settled=True)
    assert "its identity is not a URI" in reading.failure
    mixed = await read(orjson.dumps([bad, item("a")]))
    assert (mixed.is_whole, len(mixed.articles), len(mixed.problems)) == (True, 1, 1)


async def test_an_empty_list_is_done_with() -> None:
    """Nothing is written, and the file is moved."""
    reading = await read(b"[]")
    assert (reading.is_whole, reading.articles, reading.failure) == (True, (), "")


async def test_an_embargo_keeps_its_item_in_the_folder_and_no_other() -> None:
    """What is written first is marked, and not written again when the embargo ends."""
    end = NOW + timedelta(days=2)
    data = orjson.dumps([item("a"), item("b", embargoed=end.isoformat())])
    first = await read(data)
    assert ([a.uri for a in first.articles], first.is_whole) == (["urn:a"], False)
    assert first.retry_at == end
    marks = add_marks((), FILE.token, first.written, is_whole=False)
    still = await read(data, marks=marks, now=end - timedelta(seconds=1))
    assert (still.articles, still.is_whole, still.retry_at) == ((), False, end)
    last = await read(data, marks=marks, now=end)
    assert ([a.uri for a in last.articles], last.is_whole) == (["urn:b"], True)


async def test_a_page_that_fails_is_tried_again_and_given_up() -> None:
    """A dropped feed links to pages; its other entries do not wait."""
    data = b"<rss version='2.0'><channel><item><link>https://wire.example/a</link></item></channel></rss>"
    first = await read(data)
    assert (first.is_whole, first.is_try, first.retry_at) == (False, True, NOW + RETRY_AFTER)
    last = await read(data, tries=MAX_TRIES - 1)
    assert (last.is_whole, last.articles) == (True, ())
    assert last.problems == ("https://wire.example/a: HTTP 500",)
    final = await read(data, page=NoPage(reason="HTTP 410", is_final=True))
    assert final.is_whole
    good = await read(data, page=Page(content=b"x", content_type="text/html"))
    assert [article.uri for article in good.articles] == ["https://wire.example/a"]
