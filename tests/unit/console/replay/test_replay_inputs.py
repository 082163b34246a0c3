"""What a replay is given is known by its content, or by its name where the content says nothing."""

import gzip
import io
import os
import zipfile
from pathlib import Path

import pytest

from services.console.__main__ import build_app
from services.console.replay.inputs import iter_inputs
from services.fetcher.seeds.seed_articles import Item, iter_articles
from shared.files.yaml_document import Problem
from shared.messages.schemas import RawArticle
from tests.cli import invoke
from tests.warc_files import page, zipped

SEEDS = Path(__file__).resolve().parents[4] / "seeds" / "articles"
PAGE = page("https://example.org/a", b"<p>a page")
LINE = b'{"id": 1, "body": "a line"}\n'
AT = 1_536_700_000


def archive() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("a.txt", b"a member")
    return file.getvalue()


def items(tmp_path: Path, name: str, data: bytes) -> list[Item]:
    file = tmp_path / name
    file.write_bytes(data)
    os.utime(file, (AT, AT))
    return list(iter_inputs([file]))


def contents(found: list[Item]) -> list[bytes]:
    return [item.content for item in found if isinstance(item, RawArticle)]


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("a.zip", archive(), b"a member"),
        ("a.bin", archive(), b"a member"),
        ("a.jsonl", archive(), b"a member"),
        ("a.warc", PAGE, b"<p>a page"),
        ("a.warc.gz", zipped(PAGE), b"<p>a page"),
        ("a", zipped(PAGE), b"<p>a page"),
        ("a.txt", PAGE, b"<p>a page"),
        ("a.jsonl", LINE, b"a line"),
        ("a.ndjson.gz", gzip.compress(LINE), b"a line"),
        ("a.json", LINE, b"a line"),
        ("a.txt", LINE, b"a line"),
        ("a.txt", b"a text", b"a text"),
        ("a.txt", b"{a} text", b"{a} text"),
        ("a.txt.gz", gzip.compress(b"a text"), b"a text"),
    ],
)
def test_content_and_name_say_what_a_file_is(
    tmp_path: Path, name: str, data: bytes, expected: bytes
) -> None:
    """The content first: an archive stays one under another name."""
    assert contents(items(tmp_path, name, data)) == [expected]


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.zip", b"no zip at all", "is no zip archive that can be read"),
        ("a.warc", b"no warc at all", "does not begin with WARC/"),
        ("a.warc.gz", gzip.compress(b"no warc"), "does not begin with WARC/"),
        ("a.json", b'{\n "id": 1\n}', "not one article a line; write it with `jq -c"),
        ("a.json", b'[{"id": 1, "body": "x"}]', "not one article a line"),
        ("a.jsonl", b"no json", "not JSON"),
        ("a.docx", archive(), "is neither text nor HTML"),
        ("a.txt.gz", b"\x1f\x8b\x08 no gzip", "cannot be read: broken gzip"),
    ],
)
def test_what_a_file_only_claims_to_be_is_told(
    tmp_path: Path, name: str, data: bytes, reason: str
) -> None:
    """By the file's name, where nothing else is known."""
    (problem,) = items(tmp_path, name, data)
    assert isinstance(problem, Problem)
    assert reason in str(problem)


def test_the_seeds_are_what_they_were() -> None:
    """The articles of the shipped folder, in its order."""
    assert list(iter_inputs([SEEDS])) == list(iter_articles([SEEDS]))


def test_archives_in_a_folder_are_read_in_their_place(tmp_path: Path) -> None:
    """The order is that of the names."""
    (tmp_path / "b.warc").write_bytes(PAGE)
    (tmp_path / "c.txt").write_bytes(b"c")
    (tmp_path / "a.jsonl").write_bytes(LINE)
    assert contents(list(iter_inputs([tmp_path]))) == [b"a line", b"<p>a page", b"c"]


def test_a_dry_run_lists_what_would_be_sent(tmp_path: Path) -> None:
    """In the order of their time for a timed replay, without a broker; problems end with 1."""
    lines = [
        b'{"id": "late", "body": "x", "published": "2018-09-12T10:00:00Z"}',
        b'{"id": "early", "body": "x", "published": "2018-09-11T10:00:00Z"}',
        b'{"id": "never", "body": "x", "published": "2018-09-13T10:00:00Z"}',
    ]
    (tmp_path / "a.jsonl").write_bytes(b"\n".join(lines))
    (tmp_path / "b.warc").write_bytes(page("https://b.example/b", b"<p>b"))
    until = ("--until", "2018-09-13", "--dry-run")
    ended = invoke(build_app(), "replay", str(tmp_path), "--speed", "10x", *until)
    assert [line.rpartition("  ")[2] for line in ended.lines] == [
        "urn:summitwire:seed:a/early",
        "https://b.example/b",
        "urn:summitwire:seed:a/late",
    ]
    assert ended.code == 0
    assert "would replay 3 articles, 1 outside the period" in ended.err
    (tmp_path / "c.jsonl").write_bytes(b"{}\n")
    ended = invoke(build_app(), "replay", str(tmp_path), "--dry-run", "--json")
    assert ended.code == 1
    assert "c.jsonl:1:1: error: not an article" in ended.err
    assert '"problems":1' in ended.lines[-1]


def test_standard_input_is_read_as_json_lines() -> None:
    """So a dump can be piped into a replay."""
    ended = invoke(build_app(), "replay", "-", "--dry-run", stdin=LINE)
    assert ended.lines[0].endswith("urn:summitwire:seed:stdin/1")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--max-gap", "5s"], "--max-gap goes with a --speed"),
        (["--from", "soon"], "--from: not a date: 'soon'"),
        (["--from", "2018-09-12", "--until", "2018-09-12"], "is not after"),
        (["--speed", "quick"], "use max or a multiple"),
        (["--max-lag", "-1"], "max-lag"),
    ],
)
def test_wrong_use_is_told_before_anything_is_sent(arguments: list[str], reason: str) -> None:
    """With exit code 2."""
    ended = invoke(build_app(), "replay", str(SEEDS), *arguments)
    assert ended.code == 2
    assert reason in ended.err


def test_an_input_without_an_article_is_told(tmp_path: Path) -> None:
    """Such as an archive of pictures."""
    file = tmp_path / "a.warc"
    file.write_bytes(page("https://example.org/p", b"\x89PNG", media_type="image/png"))
    ended = invoke(build_app(), "replay", str(file), "--dry-run")
    assert (ended.code, "holds no article" in ended.err) == (2, True)
