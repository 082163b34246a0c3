"""`summitwire feeds import` and `export`: what they print, and what they do to a file."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from services.console.feeds.commands import app
from services.fetcher.sources import feeds_file

OPML = """<opml version="2.0"><head><title>t</title></head><body>
<outline text="Wire: Asia" xmlUrl="https://wire.example/asia" language="en"/>
<outline text="Off" xmlUrl="https://off.example/rss" isComment="true"/></body></opml>"""
FILE = """# Our feeds
feeds:
  # the first
  - url: https://wire.example/asia # stays
    source: wire
"""


@pytest.fixture
def opml(tmp_path: Path) -> str:
    """A list of two feeds."""
    path = tmp_path / "list.opml"
    path.write_text(OPML, "utf-8")
    return str(path)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def test_a_list_is_printed_as_a_file_of_feeds(opml: str, tmp_path: Path) -> None:
    """What is printed is a valid file."""
    ended = run("import", opml)
    assert ended.exit_code == 0, ended.output
    assert "2 new feeds" in ended.stderr
    (tmp_path / "feeds.yaml").write_text(ended.stdout, "utf-8")
    first, second = feeds_file.load(tmp_path / "feeds.yaml")
    assert (first.source, first.name, first.language) == ("wire.example", "Wire: Asia", "en")
    assert (second.enabled, first.enabled) == (False, True)
    rows = [json.loads(line) for line in run("import", opml, "--json").stdout.splitlines()]
    assert [row["url"] for row in rows] == ["https://wire.example/asia", "https://off.example/rss"]


@pytest.mark.parametrize(
    "text", [FILE, FILE.replace("  - ", "- ").replace("    source", "  source"), FILE.rstrip()]
)
def test_new_feeds_are_added_to_a_file(opml: str, tmp_path: Path, text: str) -> None:
    """What stands there stays, comments included; what it lists already is left out."""
    path = tmp_path / "feeds.yaml"
    path.write_text(text, "utf-8")
    path.chmod(0o640)
    ended = run("import", opml, "--append", str(path), "--disabled")
    assert ended.exit_code == 0, ended.output
    assert "1 new feed, 1 listed already" in ended.stderr
    assert path.read_text("utf-8").startswith(text.rstrip())
    assert [(feed.source, feed.enabled) for feed in feeds_file.load(path)] == [
        ("wire", True),
        ("off.example", False),
    ]
    assert path.stat().st_mode & 0o777 == 0o640
    before = path.read_text("utf-8")
    assert "0 new feeds, 2 listed already" in run("import", opml, "--append", str(path)).stderr
    assert path.read_text("utf-8") == before
    assert sorted(file.name for file in tmp_path.iterdir()) == ["feeds.yaml", "list.opml"]


@pytest.mark.parametrize("text", ["feeds: []\n", "feeds: [{url: https://a.example/, source: a}]\n"])
def test_a_file_of_another_form_is_not_touched(opml: str, tmp_path: Path, text: str) -> None:
    """The error says why."""
    path = tmp_path / "feeds.yaml"
    path.write_text(text, "utf-8")
    ended = run("import", opml, "--append", str(path))
    assert ended.exit_code == 2
    assert "its feeds are no list with one `- url: …` a line" in ended.output
    assert path.read_text("utf-8") == text


def test_what_is_no_list_ends_with_1(tmp_path: Path) -> None:
    """And feeds that cannot be taken over, too, after the others."""
    bad = tmp_path / "bad.opml"
    bad.write_text("<html></html>")
    ended = run("import", str(bad))
    assert ended.exit_code == 1
    assert "not an OPML list" in ended.output
    bad.write_text(OPML.replace("https://off.example/rss", "file:///etc/passwd"))
    ended = run("import", str(bad))
    assert ended.exit_code == 1
    assert "wire.example/asia" in ended.stdout
    assert "Off: not an http or https URL" in ended.stderr


def test_an_export_is_an_import(opml: str, tmp_path: Path) -> None:
    """Nothing that OPML can say is lost on the way."""
    path = tmp_path / "feeds.yaml"
    path.write_text(run("import", opml).stdout, "utf-8")
    exported = run("export", str(path), "--opml")
    assert exported.exit_code == 0, exported.output
    (tmp_path / "again.opml").write_text(exported.stdout, "utf-8")
    assert run("import", str(tmp_path / "again.opml")).stdout == path.read_text("utf-8")
    rows = [json.loads(line) for line in run("export", str(path), "--json").stdout.splitlines()]
    assert [row["enabled"] for row in rows] == [True, False]
