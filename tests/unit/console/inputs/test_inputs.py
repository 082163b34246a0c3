"""The one reader of articles as JSON lines, and every command that uses it."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import typer

from services.console.dry_run.commands import app as dry_run
from services.console.inputs.article_inputs import (
    ALIASES,
    ArticleInput,
    Place,
    UnusableInput,
    iter_inputs,
)
from services.console.options import SEEDS
from services.console.rules.commands import app as rules
from tests.cli import invoke

CANONICAL = {
    "id": "a",
    "headline": "Korea-Gipfel",
    "body": "Trump reist nach Südkorea, sagte ein Sprecher des Weißen Hauses am Mittwoch.",
    "language": "de",
    "source": "dpa",
    "published": "2018-09-12",
}
TO_ALIAS = {name: alias for alias, name in ALIASES.items()}
COMMANDS: tuple[tuple[typer.Typer, tuple[str, ...]], ...] = (
    (dry_run, ("tag", "--json")),
    (dry_run, ("match", "--json", "--rules", str(SEEDS / "rules"))),
    (dry_run, ("dups", "--json")),
    (rules, ("why-not", "--json", "--expr", "no-such-word")),
)

NAMES = [arguments[0] for _, arguments in COMMANDS]


def write_lines(path: Path, *values: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(value) + "\n" for value in values), "utf-8")
    return path


def load_one(path: Path, **fields: Any) -> ArticleInput:
    (article,) = load(write_lines(path / "one.jsonl", {"id": 1} | fields))
    return article


def load(path: Path, *, takes_text: bool = False) -> list[ArticleInput]:
    """Load every article; raise the first reason why one is none."""
    articles = []
    for item in iter_inputs(path, takes_text=takes_text):
        if isinstance(item, UnusableInput):
            raise item
        articles.append(item)
    return articles


def run_command(app: typer.Typer, arguments: tuple[str, ...], path: Path) -> tuple[int, str, str]:
    words = [*arguments[:1], str(path), *arguments[1:]]
    result = invoke(app, *words)
    return result.code, result.out, result.err


@pytest.mark.parametrize(("app", "arguments"), COMMANDS, ids=NAMES)
def test_every_command_takes_the_same_lines(
    tmp_path: Path, app: typer.Typer, arguments: tuple[str, ...]
) -> None:
    """Names and aliases, null as absent: the same answer, and nothing to report."""
    path = tmp_path / "articles.jsonl"
    lines = (
        CANONICAL,
        {TO_ALIAS.get(name, name): value for name, value in CANONICAL.items()},
        CANONICAL | {"tags": None, "repeated": None, "text": None, "title": None},
    )
    answers = []
    for line in lines:
        code, out, err = run_command(app, arguments, write_lines(path, line, line | {"id": "b"}))
        assert code == 0, err
        answers.append(out)
        assert "ignored" not in err
    assert answers == answers[:1] * len(lines)


@pytest.mark.parametrize(("app", "arguments"), COMMANDS, ids=NAMES)
def test_every_command_reports_unknown_fields(
    tmp_path: Path, app: typer.Typer, arguments: tuple[str, ...]
) -> None:
    """Each once per file, with its place and the nearest name; the article is used all the same."""
    line = CANONICAL | {"headlin": "x", "colour": "red"}
    path = write_lines(tmp_path / "articles.jsonl", line, line | {"id": "b"})
    code, _, err = run_command(app, arguments, path)
    assert code == 0
    assert [each for each in err.splitlines() if "ignored" in each] == [
        f"summitwire: {path}:1: field 'colour' is ignored: unknown",
        f"summitwire: {path}:1: field 'headlin' is ignored: did you mean headline?",
    ]


def test_a_fields_own_name_wins_over_its_alias(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And the alias is reported."""
    assert load_one(tmp_path, body="Kim wrote.", text="Trump wrote.").body == "Kim wrote."
    assert "field 'text' is ignored: 'body' is there too" in capsys.readouterr().err


def test_null_is_absent_for_what_is_required_too(tmp_path: Path) -> None:
    """An id that is null is missing; so is a body that is the only text."""
    for fields, reason in (
        ({"id": None, "body": "Kim"}, "missing required field `id`"),
        ({"body": None}, "no headline and no body"),
    ):
        with pytest.raises(UnusableInput, match=reason):
            load_one(tmp_path, **fields)


def test_an_empty_body_is_a_body(tmp_path: Path) -> None:
    """A photo has a headline or nothing at all, and still is an article."""
    assert load_one(tmp_path, body="").body == ""


@pytest.mark.parametrize(
    ("line", "column", "reason"),
    [
        (b'{"id": 1,}', 9, "not JSON"),
        (b'{"id": 1, "body": "\xff"}', 1, "not JSON: not UTF-8: byte 19 is 0xff"),
        (b"[1]", 0, "not a JSON object"),
        (b'{"id": 1, "body": 3}', 0, "Expected `str`, got `int` - at `$.body`"),
        (b'{"id": 1, "body": "", "tags": {"actor(a)": [["lead", 0, 1]]}}', 0, "Invalid enum value"),
    ],
)
def test_a_bad_line_says_where_and_why(
    tmp_path: Path, line: bytes, column: int, reason: str
) -> None:
    """Blank lines count; the column is that of the JSON mistake."""
    path = tmp_path / "bad.jsonl"
    path.write_bytes(b"\n" + line + b"\n")
    with pytest.raises(UnusableInput) as caught:
        load(path)
    assert caught.value.place == Place(str(path), 2, column)
    assert reason in caught.value.reason
    assert str(caught.value).startswith(f"{path}:2:")


def test_times_without_a_zone_are_utc(tmp_path: Path) -> None:
    """Days and moments; None where the line states none."""
    for written, moment in (
        ("2018-09-12", datetime(2018, 9, 12, tzinfo=UTC)),
        ("2018-09-12T08:30:00+09:00", datetime(2018, 9, 11, 23, 30, tzinfo=UTC)),
        (None, None),
    ):
        assert load_one(tmp_path, body="x", published=written).published_at() == moment


def test_a_byte_order_mark_and_windows_line_ends_are_fine(tmp_path: Path) -> None:
    """As some editors write them, for JSON lines and for text."""
    lines, text = tmp_path / "a.jsonl", tmp_path / "a.txt"
    lines.write_bytes(b'\xef\xbb\xbf{"id": 1, "body": "Kim"}\r\n{"id": 2, "body": "Moon"}\r\n')
    text.write_bytes(b"\xef\xbb\xbfKim wrote.")
    assert [article.body for article in load(lines)] == ["Kim", "Moon"]
    assert [article.body for article in load(text, takes_text=True)] == ["Kim wrote."]


def test_text_that_begins_with_a_brace_is_json_lines(tmp_path: Path) -> None:
    """Whatever the file is called; other text is one article."""
    path = tmp_path / "story"
    path.write_text('\n {"id": 7, "body": "Kim"}\n', "utf-8")
    assert [article.id for article in load(path, takes_text=True)] == [7]
    path.write_text("Kim wrote {again}.", "utf-8")
    assert [article.id for article in load(path, takes_text=True)] == [str(path)]
