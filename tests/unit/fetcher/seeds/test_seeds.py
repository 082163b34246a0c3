"""Articles from files and folders: what they become, and what is said of files that are none."""

import gzip
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.fetcher.seeds.seed_articles import MAX_BYTES, content_type_of, iter_articles
from shared.files.yaml_document import Problem
from shared.kafka.topics import ARTICLES_RAW
from shared.messages.codec import encode
from shared.messages.schemas import RawArticle

SEEDS = Path(__file__).resolve().parents[4] / "seeds" / "articles"
OBTAINED = datetime(2018, 9, 12, 8, 0, tzinfo=UTC)


@pytest.fixture
def wire(tmp_path: Path) -> Path:
    """A folder without a manifest; every file in it was obtained at OBTAINED."""
    folder = tmp_path / "Wire Desk"
    folder.mkdir()
    return put(folder, {"b.txt": b"text b", "a.html": b"<p>text a", ".hidden": b"x"})


def put(folder: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        (folder / name).write_bytes(content)
        os.utime(folder / name, (OBTAINED.timestamp(),) * 2)
    return folder


def articles(*paths: Path) -> list[RawArticle]:
    return [records for records in iter_articles(paths) if isinstance(records, RawArticle)]


def problems(*paths: Path) -> list[Problem]:
    return [records for records in iter_articles(paths) if isinstance(records, Problem)]


def test_the_shipped_seeds_are_read_without_a_problem_and_dated_by_the_manifest() -> None:
    """Two articles, the same messages on every machine, however the command line names them."""
    records = articles(SEEDS)
    assert problems(SEEDS) == []
    assert [(a.source, a.uri, a.content_type, a.language) for a in records] == [
        ("nikkei", "urn:summitwire:seed:nikkei/000_8c6e2a59f7fcf78f.txt", "text/plain", "en"),
        (
            "unknown-004",
            "urn:summitwire:seed:unknown-004/004_947d3aa60bc3ea5e.txt",
            "text/plain",
            "en",
        ),
    ]
    assert (
        {a.fetched_at for a in records}
        == {a.published_at for a in records}
        == {datetime(2018, 9, 11, tzinfo=UTC)}
    )
    assert articles(*sorted(SEEDS.glob("*.txt"))) == records


def test_a_folder_without_a_manifest_is_named_and_dated_by_itself(wire: Path) -> None:
    """The source is the folder's name, the time the file's; hidden files are skipped."""
    records = articles(wire)
    assert [(a.source, a.uri, a.content_type) for a in records] == [
        ("wire-desk", "urn:summitwire:seed:wire-desk/a.html", "text/html"),
        ("wire-desk", "urn:summitwire:seed:wire-desk/b.txt", "text/plain"),
    ]
    assert {(a.fetched_at, a.published_at, a.origin) for a in records} == {(OBTAINED, None, "seed")}
    assert problems(wire) == []


def test_a_file_beside_the_listed_ones_is_read_and_told(wire: Path) -> None:
    """It comes after the listed ones, with the folder's defaults and a warning."""
    (wire / "manifest.yaml").write_text(
        "articles:\n- {file: b.txt, source: afp, url: 'https://news.example/b?utm_source=x'}\n"
    )
    assert [(a.source, a.uri) for a in articles(wire)] == [
        ("afp", "https://news.example/b"),
        ("wire-desk", "urn:summitwire:seed:wire-desk/a.html"),
    ]
    assert [(p.level, p.code, Path(p.file).name) for p in problems(wire)] == [
        ("warning", "unlisted-file", "a.html")
    ]


def test_a_mistaken_manifest_gives_no_article_but_its_neighbours_do(wire: Path) -> None:
    """Half a folder would be another replay; a sub-folder beside it is still read."""
    (wire / "manifest.yaml").write_text(
        "articles:\n- {file: c.txt, source: afp}\n- {file: b.txt, source: afp}\n"
    )
    (wire / "more").mkdir()
    (wire / "more" / "c.txt").write_text("text c")
    assert [a.source for a in articles(wire)] == ["more"]
    assert [(p.line, p.code) for p in problems(wire)] == [(2, "missing-file")]
    assert articles(wire / "b.txt") == []


def test_packed_files_are_unpacked_and_bombs_are_not(wire: Path) -> None:
    """A .gz file is its content; one that unpacks beyond the limit, or is no gzip, is a problem."""
    put(
        wire,
        {
            "c.html.gz": gzip.compress(b"<p>c", mtime=0),
            "d.txt.gz": gzip.compress(bytes(MAX_BYTES * 3), mtime=0),
            "e.gz": b"no gzip",
        },
    )
    records = {a.uri.rpartition("/")[2]: (a.content, a.content_type) for a in articles(wire)}
    assert records["c.html.gz"] == (b"<p>c", "text/html")
    assert [(Path(p.file).name, p.code) for p in problems(wire)] == [
        ("d.txt.gz", "too-large"),
        ("e.gz", "unreadable"),
    ]


def test_a_file_at_the_limit_fits_its_topic(wire: Path) -> None:
    """The largest content still gives a message that the topic accepts; one byte more does not."""
    (wire / "b.txt").write_bytes(b"a" * MAX_BYTES)
    (largest,) = articles(wire / "b.txt")
    assert len(encode(largest)) < ARTICLES_RAW.max_message_bytes
    (wire / "b.txt").write_bytes(b"a" * (MAX_BYTES + 1))
    assert [p.code for p in problems(wire / "b.txt")] == ["too-large"]


def test_what_is_not_there_or_no_text_is_told(wire: Path) -> None:
    """A wrong path and a picture are problems with their names."""
    (wire / "p.png").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0")
    assert [(Path(p.file).name, p.code) for p in problems(wire / "none", wire / "p.png")] == [
        ("none", "missing-file"),
        ("p.png", "not-text"),
    ]


@pytest.mark.parametrize(
    ("name", "content", "content_type"),
    [
        ("a.txt", b"\xef\xbb\xbf\n <!DOCTYPE html><p>", "text/html"),
        ("a.txt", b"<?xml version='1.0'?><!-- a -- b --><HTML lang=en>", "text/html"),
        ("a", b"<html>", "text/html"),
        ("a.htm", b"text", "text/html"),
        ("a.txt", b"<htmlx>", "text/plain"),
        ("a.txt", b"<!--" * 200, "text/plain"),
        ("a.txt", b"<!---->" * 200, "text/plain"),
        ("a.md", b"# text", "text/plain"),
        ("a.txt", "text".encode("utf-16"), "text/plain"),
        ("a.html", b"\0\0", None),
        ("a.rtf", rb"{\rtf1\ansi Talks resume}", None),
        ("a.txt", b"PK\x03\x04words of a .docx", None),
        ("a.txt", b"%PDF-1.7 words", None),
        ("a.txt", b"PKI is an infrastructure", "text/plain"),
        ("a.txt", b"", "text/plain"),
    ],
)
def test_the_type_is_what_the_file_begins_with_and_else_its_name(
    name: str, content: bytes, content_type: str | None
) -> None:
    """A page saved as .txt is a page; hostile beginnings take no time."""
    assert content_type_of(name, content) == content_type


def test_a_file_s_name_need_not_be_utf_8(tmp_path: Path) -> None:
    """Its bytes become part of the article's address, and the message can be written."""
    name = os.fsdecode(b"caf\xe9.txt")
    (tmp_path / name).write_text("Kim met Trump in Hanoi on Wednesday.")
    (article,) = iter_articles([tmp_path])
    assert isinstance(article, RawArticle)
    assert article.uri.endswith("/caf%E9.txt")
    assert b"caf%E9" in encode(article)
