import gzip
import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest
import typer

from services.console.dry_run.clean import try_clean

TITLE = "Delegations agree to meet again"
LEAD = (
    "The two delegations met for three hours on Tuesday "
    "and agreed to meet again before the end of the month."
)
NEXT = (
    "A spokeswoman for the ministry said that both sides had been frank, "
    "and that differences remained over inspections."
)
FIELDS = [
    "file",
    "ok",
    "reason",
    "title",
    "published",
    "authors",
    "deck",
    "body",
    "language",
    "lines",
    "dropped",
    "evidence",
]
HEAD = (
    f"<title>{TITLE}</title><meta property='article:published_time' content='2018-09-11T10:00:00Z'>"
)
PAGE = (
    f"<html><head>{HEAD}</head><body><article><h1>{TITLE}</h1>"
    f"<p>{LEAD}</p><p>{NEXT}</p></article></body></html>"
)


def run(
    paths: list[Path], capsys: pytest.CaptureFixture[str], *, json_: bool = True
) -> tuple[int, str, str]:
    code = 0
    try:
        try_clean(paths, json_)
    except typer.Exit as ended:
        code = ended.exit_code
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def objects(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines()]


def test_one_line_a_file_in_the_order_given(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Text and gzipped page, with exactly the fields that programs build on."""
    text, page = tmp_path / "b.txt", tmp_path / "a.html.gz"
    text.write_text(f"{TITLE}\n\n{LEAD}\n\n© 2018 Example\n")
    page.write_bytes(gzip.compress(PAGE.encode(), mtime=0))
    code, out, _ = run([text, page], capsys)
    first, second = objects(out)
    assert code == 0
    assert list(first) == list(second) == FIELDS
    assert (first["file"], first["title"], first["body"], first["lines"]) == (
        str(text),
        TITLE,
        [LEAD],
        [2],
    )
    assert first["dropped"] == [{"line": 4, "text": "© 2018 Example", "why": "copyright"}]
    assert first["published"] is None
    assert (second["title"], second["body"], second["published"]) == (
        TITLE,
        [LEAD, NEXT],
        "2018-09-11T10:00:00+00:00",
    )
    assert second["evidence"]["title"] == "title + h1"


def test_a_rejected_file_is_told_and_ends_with_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its line says why, the others are still cut, and a program sees exit code 1."""
    empty, good = tmp_path / "empty.txt", tmp_path / "good.txt"
    empty.write_text("")
    good.write_text(f"{TITLE}\n\n{LEAD}")
    code, out, _ = run([empty, good], capsys)
    first, second = objects(out)
    assert code == 1
    assert (first["ok"], first["reason"], first["body"]) == (False, "empty content", [])
    assert second["ok"] is True


def test_a_file_that_cannot_be_read_is_one_clear_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Missing files and broken gzip: exit 2 and a message with the path; the others are cleaned."""
    broken, good = tmp_path / "broken.html.gz", tmp_path / "good.txt"
    broken.write_bytes(gzip.compress(PAGE.encode(), mtime=0)[:60])
    good.write_text(f"{TITLE}\n\n{LEAD}")
    code, out, err = run([tmp_path / "none.txt", broken, good], capsys)
    assert code == 2
    assert [each["ok"] for each in objects(out)] == [True]
    assert len(err.splitlines()) == 2
    assert "none.txt: cannot be read: No such file" in err


def test_standard_input_is_read(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A dash is standard input; a page is known by its content."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(PAGE.encode())))
    _, out, _ = run([Path("-")], capsys)
    assert (objects(out)[0]["file"], objects(out)[0]["title"]) == ("-", TITLE)


def test_a_person_reads_it_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without --json: headline, paragraphs and what was left out, with why."""
    text = tmp_path / "b.txt"
    text.write_text(f"{TITLE}\n\n{LEAD}\n\nSubscribe now\n")
    _, out, _ = run([text], capsys, json_=False)
    assert TITLE in out
    assert LEAD in out
    assert "subscription" in out
