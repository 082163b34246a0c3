"""``try stories``: its fixed shape, its output for people, and what it says of bad input."""

import json
from pathlib import Path

import pytest
import typer

from services.console.dry_run.stories import try_stories

LAUNCH = (
    "North Korea fired two missiles from Wonsan into the sea on Monday, the army said. "
    "They flew 420 kilometres."
)
LINES = (
    ("a", "harbor", "2018-06-04T01:00:00Z", "North Korea fires missiles", LAUNCH),
    ("b", "northline", "2018-06-04T02:00:00Z", "North Korea fires missiles", LAUNCH),
    (
        "c",
        "capital",
        "2018-06-04T05:00:00Z",
        "Japan protests over Wonsan launch",
        "Japan lodged a protest in Beijing on Monday over the missiles that were fired from Wonsan.",
    ),
    (
        "d",
        "harbor",
        "2018-06-04T06:00:00Z",
        "North Korea fires missiles",
        LAUNCH.replace("420", "240"),
    ),
    ("e", "meridian", "2018-06-04T07:00:00Z", "Zoo", "A panda cub was born at the Lindholm zoo."),
)


def articles(path: Path) -> Path:
    names = ("id", "source", "published", "headline", "body")
    lines = (json.dumps(dict(zip(names, line, strict=True))) + "\n" for line in LINES)
    path.write_text("".join(lines))
    return path


def test_a_line_an_article(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Id, story, kind, spans of new sentences, and whether it is worth a message."""
    try_stories([articles(tmp_path / "a.jsonl")], json_=True)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert lines[0] == {
        "id": "a",
        "story": "a",
        "kind": "first",
        "new": [[0, 81], [82, 107]],
        "message": True,
    }
    assert [(line["id"], line["story"], line["kind"], line["message"]) for line in lines[1:]] == [
        ("b", "a", "reprint", False),
        ("c", "a", "update", True),
        ("d", "a", "correction", True),
        ("e", "e", "first", True),
    ]
    assert lines[3]["new"] == [[82, 107]]


def test_for_people(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Kind and story, independent sources, what changed, what is new."""
    try_stories([articles(tmp_path / "a.jsonl")])
    text = capsys.readouterr().out
    assert "b: reprint of a (no message)" in text
    assert "2 independent sources: harbor, capital" in text
    assert "changed: “420” → “240”" in text
    assert "  + They flew 240 kilometres." in text


def test_a_line_that_is_no_article(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """File and line, and wrong use."""
    path = tmp_path / "a.jsonl"
    path.write_text('{"id": "a", "headline": "x"}\n{"id": 1.5}\n')
    with pytest.raises(typer.Exit) as error:
        try_stories([path], json_=True)
    assert error.value.exit_code == 2
    assert f"{path}:2" in capsys.readouterr().err


def test_a_bad_line_stops_no_other(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each one is named with its line, the good ones are gathered, and the exit code is 2."""
    first, second = articles(tmp_path / "a.jsonl"), tmp_path / "b.jsonl"
    lines = first.read_text("utf-8").splitlines()
    bad = ["{", '{"id": "f"}', '{"id": "g", "headline": "x", "published": "soon"}']
    first.write_text("\n".join([lines[0], *bad, *lines[1:]]) + "\n", "utf-8")
    second.write_bytes(b'\xff\n{"id": "z", "headline": "Zoo", "body": "A second cub was born."}\n')
    with pytest.raises(typer.Exit) as error:
        try_stories([first, tmp_path / "missing.jsonl", second], json_=True)
    out, err = capsys.readouterr()
    assert error.value.exit_code == 2
    assert [json.loads(line)["id"] for line in out.splitlines()] == ["a", "b", "c", "d", "e", "z"]
    for place in (f"{first}:2:", f"{first}:3:", f"{first}:4:", "missing.jsonl:", f"{second}:1:"):
        assert place in err
    assert len(err.splitlines()) == 5
