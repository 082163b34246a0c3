"""JSON lines as raw articles: fields, dumps of the topic, and what is wrong with a line."""

import gzip
import io
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import orjson
import pytest

from services.console.printing.json_lines import json_line
from services.console.replay.article_lines import MAX_LINE_BYTES, iter_lines
from services.console.topics.tail import as_json
from services.fetcher.seeds.seed_articles import MAX_BYTES, Item
from shared.files.yaml_document import Problem
from shared.messages.codec import encode
from shared.messages.schemas import RawArticle
from tests.builders import build_raw_article

MODIFIED = datetime(2018, 9, 12, tzinfo=UTC)


def items(data: bytes) -> list[Item]:
    return list(iter_lines(io.BytesIO(data), "dump.jsonl", source="My Wire", obtained_at=MODIFIED))


def article(**fields: Any) -> RawArticle:
    (item,) = items(orjson.dumps(fields))
    assert isinstance(item, RawArticle), item
    return item


def problem(**fields: Any) -> str:
    (item,) = items(orjson.dumps(fields))
    assert isinstance(item, Problem), item
    return str(item)


def test_an_article_has_the_fields_of_its_line() -> None:
    """Names as in every other command, their aliases included."""
    assert article(
        id="a1",
        title="A summit",
        text="They met.",
        lang="en",
        source="afp",
        date="2018-09-11T10:00:00+02:00",
        url="https://News.example/a?utm_source=x",
    ) == RawArticle(
        source="afp",
        uri="https://news.example/a",
        content_type="text/plain",
        content=b"They met.",
        fetched_at=datetime(2018, 9, 11, 8, tzinfo=UTC),
        origin="seed",
        url="https://news.example/a",
        headline="A summit",
        language="en",
        published_at=datetime(2018, 9, 11, 8, tzinfo=UTC),
    )


def test_without_source_date_or_address_the_file_says_them() -> None:
    """As for a file of text in a folder."""
    bare = article(id=7, body="They met.")
    assert (bare.source, bare.uri) == ("my-wire", "urn:summitwire:seed:my-wire/7")
    assert (bare.fetched_at, bare.published_at, bare.headline) == (MODIFIED, None, None)


def test_html_is_a_page() -> None:
    """In place of a body; its address may stand for an id."""
    page = article(html="<p>They met.", url="https://news.example/a")
    assert (page.content_type, page.content) == ("text/html", b"<p>They met.")


@pytest.mark.parametrize(
    ("published", "precision"),
    [
        ("2018-09-11", "day"),
        ("2018-09-11T08:30:00", "zoneless"),
        ("2018-09-11T08:30:00Z", "moment"),
        ("2018-09-11 08:30+02:00", "moment"),
    ],
)
def test_the_precision_of_a_date_is_kept(published: str, precision: str) -> None:
    """A bare day is no midnight."""
    assert article(id=1, body="x", published=published).published_precision == precision


def test_a_deck_stands_before_the_body() -> None:
    """A raw article has no field for it."""
    assert article(id=1, deck="In short.", body="At length.").content == b"In short.\n\nAt length."


@pytest.mark.parametrize("wrapped", [False, True])
def test_a_dump_of_the_topic_gives_its_articles(wrapped: bool) -> None:
    """As `summitwire tail articles.raw.v1 --json` prints it, or its messages alone."""
    original = build_raw_article(b"<p>\xff\x00 bytes", content_type="text/html; charset=latin-1")
    line = encode(original)
    if wrapped:
        record = SimpleNamespace(partition=3, offset=9, key=b"wire", headers=[], value=line)
        line = json_line(as_json(record)).encode()
    assert items(line) == [original]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"id": 1}, "no headline and no body"),
        ({"body": "x"}, "missing required field `id`"),
        ({"id": 1, "body": 5}, "Expected `str`, got `int`"),
        ({"id": 1, "body": "x", "source": "A B"}, "'A B' is not a source id; write lower-case"),
        ({"id": 1, "body": "x", "language": "English"}, "not a language code; write it like en"),
        ({"id": 1, "body": "x", "published": "soon"}, "not a date: 'soon'; write 2018-09-12"),
        ({"id": 1, "body": "x", "published": "0001-01-01T00:00:00+14:00"}, "not a date"),
        ({"id": 1, "body": "x", "url": "ftp://a/b"}, "not an http or https URL"),
        ({"id": 1, "body": "x", "url": 5}, "url is not a text"),
        ({"id": 1, "body": "x", "html": "<p>"}, "has both html and body"),
        ({"id": 1, "body": "x" * (MAX_BYTES + 1)}, "larger than"),
        ({"content": "no base64!", "content_type": "text/html"}, "not a message of articles.raw"),
        ({"offset": 1, "value": {"article_id": "a"}}, "is not a message of articles.raw.v1; dump"),
        ({"offset": 1, "value": None}, "is not a message of articles.raw.v1; dump"),
    ],
)
def test_what_is_wrong_is_said(fields: dict[str, Any], reason: str) -> None:
    """With file and line."""
    assert problem(**fields).startswith("dump.jsonl:1:")
    assert reason in problem(**fields)


@pytest.mark.parametrize(
    ("line", "place"),
    [
        (b"[1]", "2:1: error: not an article: not a JSON object"),
        (b'"text"', "2:1: error: not an article: not a JSON object"),
        (b'{"id": 1,}', "2:9: error: not JSON: trailing comma"),
        (b'{"id": "\xff"}', "2:1: error: not JSON: not UTF-8: byte 8"),
        (b"[" * 100_000, "2:"),
        (b"\0" * 50, "2:1: error: not JSON"),
    ],
)
def test_a_broken_line_costs_no_other(line: bytes, place: str) -> None:
    """It is named with line and column, and blank lines count."""
    before, after = b'{"id": 1, "body": "a"}\r\n', b'\n\n\n{"id": 2, "body": "b"}'
    first, broken, last = items(before + line + after)
    assert isinstance(first, RawArticle)
    assert isinstance(last, RawArticle)
    assert str(broken).startswith(f"dump.jsonl:{place}")


def test_compressed_lines_are_the_same() -> None:
    """In several members, too, and with a byte-order mark."""
    one, two = b'{"id": 1, "body": "a"}\n', b'{"id": 2, "body": "b"}\n'
    assert items(gzip.compress(one) + gzip.compress(two)) == items(one + two)
    assert items(b"\xef\xbb\xbf" + one) == items(one)


def test_what_precedes_damage_is_read() -> None:
    """The line where it begins is told."""
    data = gzip.compress(b"".join(b'{"id": %d, "body": "a"}\n' % n for n in range(50_000)))
    *found, problem = items(data[:-2_000])
    assert len(found) > 20_000
    assert "ends too early" in str(problem)


def test_a_line_without_end_takes_no_memory() -> None:
    """It is skipped, and the next line is read."""
    data = gzip.compress(bytes(MAX_LINE_BYTES * 3) + b'\n{"id": 2, "body": "b"}')
    too_long, article = items(data)
    assert f"dump.jsonl:1:1: error: is longer than {MAX_LINE_BYTES} bytes" in str(too_long)
    assert isinstance(article, RawArticle)


def test_fields_without_use_are_named_once(capsys: pytest.CaptureFixture[str]) -> None:
    """A misspelt name would otherwise go unnoticed."""
    items(b'{"id": 1, "body": "a", "sorce": "x"}\n' * 3)
    assert capsys.readouterr().err.count("'sorce' is ignored: did you mean source?") == 1


def test_undated_lines_are_as_old_as_their_file() -> None:
    """So a replay of the same file is the same replay."""
    assert article(id=1, body="x").fetched_at == MODIFIED
