"""WARC files: their pages are articles, and what is broken costs nothing beside it."""

import gzip
import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from warcio.warcwriter import WARCWriter

from services.fetcher.archives.warc_archive import iter_warc
from services.fetcher.seeds.seed_articles import MAX_BYTES, Item, Skipped
from shared.files.yaml_document import Problem
from shared.messages.schemas import RawArticle
from tests.warc_files import by_hand, http, page, resource, zipped

FIRST = page("https://www.example.org/first?utm_source=x", b"<p>first")
LAST = page("https://example.org/last", b"<p>last")


def items(tmp_path: Path, data: bytes, name: str = "crawl.warc") -> list[Item]:
    file = tmp_path / name
    file.write_bytes(data)
    return list(iter_warc(file))


def contents(found: list[Item]) -> list[bytes]:
    return [item.content for item in found if isinstance(item, RawArticle)]


def problems(found: list[Item]) -> list[str]:
    return [item.message for item in found if isinstance(item, Problem)]


def skipped(found: list[Item]) -> list[str]:
    return [item.reason for item in found if isinstance(item, Skipped)]


def test_a_page_is_an_article_with_the_address_and_time_of_its_record(tmp_path: Path) -> None:
    """The address becomes canonical, the source is its host, and WARC-Date the time of fetching."""
    (article,) = items(tmp_path, FIRST)
    assert article == RawArticle(
        source="example.org",
        uri="https://www.example.org/first",
        content_type="text/html",
        content=b"<p>first",
        fetched_at=datetime(2018, 9, 12, 8, 30, tzinfo=UTC),
        origin="seed",
        url="https://www.example.org/first",
    )


@pytest.mark.parametrize("whole", [False, True])
def test_compressed_files_give_the_same(tmp_path: Path, whole: bool) -> None:
    """Record by record, as the standard asks, or the whole file at once."""
    data = gzip.compress(FIRST + LAST) if whole else zipped(FIRST, LAST)
    assert items(tmp_path, data, "crawl.warc.gz") == items(tmp_path, FIRST + LAST)


def test_warcio_s_own_archive_is_read(tmp_path: Path) -> None:
    """With the record about the archive itself in front, and a request."""
    file = io.BytesIO()
    writer = WARCWriter(file, gzip=True)
    writer.write_record(writer.create_warcinfo_record("a.warc", {"software": "test"}))
    request = by_hand(b"GET / HTTP/1.1\r\n\r\n", WARC_Type="request")
    found = items(tmp_path, file.getvalue() + zipped(request, FIRST), "crawl.warc.gz")
    assert skipped(found) == ["warcinfo record", "request record"]
    assert contents(found) == [b"<p>first"]


def test_resources_are_articles_too(tmp_path: Path) -> None:
    """Also those that are no web pages: their address is then a name only."""
    text = resource("https://example.org/a.txt", b"A wire story.")
    local = resource("file:///wire/a b.txt", b"Another one.", "text/plain; charset=utf-8")
    found = items(tmp_path, text + local)
    assert contents(found) == [b"A wire story.", b"Another one."]
    assert [(item.uri, item.url) for item in found if isinstance(item, RawArticle)] == [
        ("https://example.org/a.txt", "https://example.org/a.txt"),
        ("urn:summitwire:seed:warc/file%3A///wire/a%2520b.txt", None),
    ]


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", ["Transfer-Encoding: chunked"]),
        (b"b;x=y\r\nhello world\r\n0\r\n\r\n", ["transfer-encoding: Chunked"]),
        (gzip.compress(b"hello world"), ["Content-Encoding: gzip"]),
        (gzip.compress(b"hello world"), ["content-encoding: X-GZIP"]),
        (b"hello world", ["Content-Encoding: gzip"]),
        (b"hello world", ["Transfer-Encoding: chunked"]),
    ],
)
def test_transfer_and_content_codings_are_undone(
    tmp_path: Path, body: bytes, headers: list[str]
) -> None:
    """As a browser would: also where the header says so, and the body is plain."""
    assert contents(items(tmp_path, by_hand(http(body, *headers)))) == [b"hello world"]


def test_chunks_of_gzip_are_both(tmp_path: Path) -> None:
    """The usual answer of a large site, as crawlers store it."""
    packed = gzip.compress(b"<p>long text" * 100)
    chunks = b"".join(
        b"%x\r\n%b\r\n" % (len(part), part) for part in (packed[:7], packed[7:30], packed[30:])
    )
    coded = ["Transfer-Encoding: chunked", "Content-Encoding: gzip"]
    found = items(tmp_path, by_hand(http(chunks + b"0\r\n\r\n", *coded)))
    assert contents(found) == [b"<p>long text" * 100]


def test_what_is_no_page_is_skipped_and_counted(tmp_path: Path) -> None:
    """Errors, redirects, parts, pictures and empty answers are no problems."""
    found = items(
        tmp_path,
        by_hand(http(b"gone", status="404 Not Found"))
        + by_hand(http(b"", "Location: /b", status="301 Moved"))
        + by_hand(http(b"half", status="206 Partial Content"))
        + page("https://example.org/p", b"\x89PNG", media_type="image/png")
        + page("https://example.org/e", b" \r\n")
        + by_hand(b"x", WARC_Type="metadata")
        + by_hand(b"x", WARC_Type="a type that nobody knows"),
    )
    assert skipped(found) == [
        "HTTP status 404",
        "HTTP status 301",
        "HTTP status 206",
        "image/png",
        "empty page",
        "metadata record",
        "unknown record",
    ]
    assert problems(found) == []


def test_a_revisit_is_named(tmp_path: Path) -> None:
    """The page that it stands for is in another record, so it is a warning."""
    revisit = by_hand(b"", WARC_Type="revisit", WARC_Refers_To_Date="2018-09-11T00:00:00Z")
    found = items(tmp_path, FIRST + revisit + LAST)
    assert contents(found) == [b"<p>first", b"<p>last"]
    (warning,) = [item for item in found if isinstance(item, Problem)]
    assert (warning.level, warning.code) == ("warning", "revisit")
    assert "of 2018-09-11T00:00:00Z" in warning.message


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (by_hand(http(b"<p>x"), WARC_Date="yesterday"), "WARC-Date is not a time: 'yesterday'"),
        (by_hand(http(b"<p>x"), WARC_Date=""), "WARC-Date is not a time"),
        (by_hand(http(b"<p>x"), WARC_Target_URI=""), "has no WARC-Target-URI"),
        (by_hand(http(b"<p>x"), WARC_Target_URI="http://[::1"), "cannot be read: Invalid IPv6 URL"),
        (by_hand(http(b"<p>x"), WARC_Target_URI="http:///x"), "not an http or https URL"),
        (by_hand(http(b"<p>x"), Content_Length=""), "has no Content-Length"),
        (by_hand(http(b"<p>x"), Content_Length="-4"), "has no Content-Length"),
        (by_hand(http(b"<p>x"), Content_Length="12"), "does not lead to the next record"),
        (by_hand(http(b"<p>x"), Content_Length="99"), "does not lead to the next record"),
        (by_hand(http(b"<p>x"), Content_Length="99999999"), "ends before its Content-Length"),
        (by_hand(http(b"<p>x"), WARC_Segment_Number="1"), "is one segment of a record"),
        (by_hand(http(b"\x1f\x8b\x08broken", "Content-Encoding: gzip")), "cannot be decoded"),
        (by_hand(http(b"\x00\xff" * 9, "Content-Encoding: br")), "content-encoding br"),
        (by_hand(b"HTTP/1.1 200 OK\r\nX: y"), "has no end of its HTTP header"),
        (b"no record at all\r\n\r\n", "does not begin with WARC/"),
        (b"WARC/1.0\r\nWARC-Type: response\r\n\r\n", "has no Content-Length"),
    ],
)
@pytest.mark.parametrize("is_gzip", [False, True])
def test_a_broken_record_costs_no_other(
    tmp_path: Path, broken: bytes, reason: str, is_gzip: bool
) -> None:
    """It is reported with its place, and the records before and behind it are read."""
    if is_gzip:
        found = items(tmp_path, zipped(FIRST, broken, LAST), "crawl.warc.gz")
        place = len(zipped(FIRST))
    else:
        found, place = items(tmp_path, FIRST + broken + LAST), len(FIRST)
    assert contents(found) == [b"<p>first", b"<p>last"]
    (problem,) = problems(found)
    assert problem.startswith(f"record at byte {place}: ") or is_gzip
    assert reason in problem or is_gzip


def test_damaged_gzip_costs_one_record(tmp_path: Path) -> None:
    """What precedes the damage in the same member is read, too, if a record of it is whole."""
    middle = page("https://example.org/m", b"<p>" + bytes(range(32, 127)) * 20)
    data = bytearray(zipped(FIRST, middle, LAST))
    place = len(zipped(FIRST))
    data[place + 60] ^= 0xFF
    found = items(tmp_path, bytes(data), "crawl.warc.gz")
    assert contents(found) == [b"<p>first", b"<p>last"]
    (problem,) = problems(found)
    assert problem.startswith(f"record at byte {place}: its gzip is damaged")


def test_a_file_that_was_cut_off_gives_what_is_whole(tmp_path: Path) -> None:
    """Compressed at once, too, where zlib would keep back what it had inflated."""
    long = page("https://example.org/m", b"<p>" + bytes(range(32, 127)) * 2_000)
    for data in (zipped(FIRST, long, LAST), gzip.compress(FIRST + long + LAST)):
        found = items(tmp_path, data[:-60], "crawl.warc.gz")
        assert contents(found)[0] == b"<p>first"
        assert len(contents(found)) == 2
        assert len(problems(found)) == 1
    assert "ends too early" in problems(found)[0]


def test_damage_in_a_file_compressed_at_once_keeps_what_precedes_it(tmp_path: Path) -> None:
    """Hundreds of records in one step of zlib's are not lost with it."""
    records = [page(f"https://example.org/{n}", b"<p>%d" % n) for n in range(300)]
    data = bytearray(gzip.compress(b"".join(records)))
    data[-800:-700] = bytes(100)
    found = items(tmp_path, bytes(data), "crawl.warc.gz")
    assert len(contents(found)) > 200
    assert contents(found)[:2] == [b"<p>0", b"<p>1"]


def test_pages_that_are_too_large_are_named(tmp_path: Path) -> None:
    """Also one that is small until it is inflated; a large picture is just a picture."""
    bomb = by_hand(http(gzip.compress(bytes(MAX_BYTES * 20)), "Content-Encoding: gzip"))
    large = page("https://example.org/l", b"x" * (MAX_BYTES + 1))
    larger = page("https://example.org/l", b"x" * 17_000_000)
    picture = page("https://example.org/p", bytes(17_000_000), media_type="image/png")
    found = items(tmp_path, zipped(bomb, large, larger, picture, LAST), "crawl.warc.gz")
    assert contents(found) == [b"<p>last"]
    assert [problem.partition(": ")[2] for problem in problems(found)] == [
        f"is larger than {MAX_BYTES} bytes",
        f"is larger than {MAX_BYTES} bytes",
        "is larger than 16777216 bytes",
    ]
    assert skipped(found) == ["image/png"]


def test_a_file_that_inflates_without_end_is_left(tmp_path: Path) -> None:
    """Neither memory nor disk is filled, and what came before it is read."""
    found = items(tmp_path, zipped(FIRST, bytes(150_000_000)), "crawl.warc.gz")
    assert contents(found) == [b"<p>first"]
    assert "inflates to more than 200 times its size" in problems(found)[-1]


def test_dates_may_have_fractions_and_lines_other_ends(tmp_path: Path) -> None:
    """WARC 1.1 has fractions of seconds; some programs write bare line feeds and no blank lines."""
    record = by_hand(http(b"<p>x"), WARC_Date="2018-09-12T08:30:00.123456789Z")
    found = items(tmp_path, record.replace(b"\r\n", b"\n").rstrip() + b"\n" + FIRST)
    assert len(found) == 2
