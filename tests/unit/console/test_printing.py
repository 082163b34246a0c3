"""No terminal's encoding and no file's name ends a command."""

import io
import os
import sys
from collections.abc import Mapping
from pathlib import Path

import orjson
import pytest

from services.console import printing
from services.console.printing.json_lines import json_line, printable
from services.console.printing.streams import ESCAPE, escape_what_cannot_be_printed
from tests.cli import CommandResult, run_forked

CONSOLE = Path(printing.__file__).parents[1]
PAGE = (
    "<html><head><title>Kim · met Trump “today”</title></head><body><article>"
    "<h1>Kim · met Trump “today”</h1>"
    + "<p>North Korean leader Kim met Donald Trump in Hanoi · 북한 on Wednesday 😀, he said.</p>"
    * 5
    + "</article></body></html>"
)
LINE = '{"id": "é·1", "headline": "Kim · 북한", "body": "Kim Jong Un met Donald Trump · 😀."}\n'
RULE = """rules:
  - id: talks
    title: "Kim · 북한"
    owner: desk
    severity: info
    destinations: [console]
    when: Kim AND "Trump"
    tests:
      - {text: "Kim · met Trump", fires: true}
      - {text: "北", fires: true}
"""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """Return files whose names hold one byte of Latin-1, as Python reads such names."""
    folder = os.fsencode(tmp_path_factory.mktemp("odd")) + b"/d\xe9"
    Path(os.fsdecode(folder)).mkdir()
    contents = {"html": PAGE, "jsonl": LINE, "txt": "Kim met Trump · 북한.", "bad.jsonl": "{·"}
    names = {"d": os.fsdecode(folder), "missing": os.fsdecode(folder + b"/no\xe9")}
    for suffix, content in {**contents, "yaml": RULE}.items():
        where = folder + b"/rules" if suffix == "yaml" else folder
        Path(os.fsdecode(where)).mkdir(exist_ok=True)
        path = where + b"/caf\xe9." + suffix.encode()
        Path(os.fsdecode(path)).write_bytes(content.encode())
        names[suffix] = os.fsdecode(path)
    return {**names, "rules": os.fsdecode(folder + b"/rules")}


COMMANDS = (
    "try clean {html} {txt} {missing}",
    "try tag {jsonl} {txt} {bad.jsonl}",
    "try match {jsonl} --rules {yaml}",
    "try match {txt} --rules {rules}",
    "try match {jsonl} --rules {missing}",
    "try dups {jsonl} {jsonl}",
    "try dups {missing}",
    "rules check {rules}",
    "rules check {missing}",
    "rules test {rules}",
    "rules diff {rules} {yaml}",
    "rules why talks {jsonl} --rules {rules}",
    "rules why-not talks {txt} --rules {rules}",
    "rules missed talks {jsonl} --rules {rules}",
    "rules backtest {yaml} --articles {jsonl}",
    "actors check --actors {rules}",
    "actors who kim --actors {missing}",
    "actors list --actors {rules}",
)


def run(words: str, names: Mapping[str, str], encoding: str) -> CommandResult:
    arguments = [
        names.get(word.strip("{}"), word) if word.startswith("{") else word
        for word in words.split()
    ]
    return run_forked(*arguments, encoding=encoding)


@pytest.mark.parametrize(("options", "encoding"), [("", "ascii"), (" --json", "utf-8")])
@pytest.mark.parametrize("words", COMMANDS)
def test_no_command_ends_by_what_it_has_to_print(
    words: str, options: str, encoding: str, files: Mapping[str, str]
) -> None:
    """Every line of --json is JSON; nothing is called a bug."""
    result = run(words + options, files, encoding)
    assert result.code in (0, 1, 2, 78)
    assert "a bug" not in result.err
    assert "Traceback" not in result.err
    if options and result.code < 2:
        for line in result.lines:
            orjson.loads(line)


def test_what_an_encoding_lacks_is_escaped(files: Mapping[str, str]) -> None:
    """In JSON it means the same; in text it can be read."""
    plain = run("try clean {html}", files, "ascii").out
    assert "Kim \\u00b7 met Trump \\u201ctoday\\u201d" in plain
    lines = [run("try clean --json {html}", files, code).lines[0] for code in ("ascii", "utf-8")]
    assert orjson.loads(lines[0]) == orjson.loads(lines[1])
    article = orjson.loads(lines[0])
    assert article["title"] == "Kim · met Trump “today”"
    assert "북한" in article["body"][0]
    assert "😀" in article["body"][0]
    assert article["file"].endswith("/d\ufffd/caf\ufffd.html")


@pytest.mark.parametrize("encoding", ["latin-1", "cp1251", "koi8-r"])
def test_an_8_bit_terminal_shows_what_it_has(encoding: str, files: Mapping[str, str]) -> None:
    """In text and in JSON, which both name the file."""
    for options in ("", " --json"):
        result = run("try clean {html}" + options, files, encoding)
        assert (result.code, result.err) == (0, "")
        assert "Kim met Donald Trump" in result.out


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"file": "caf\udce9"}, '{"file":"caf\ufffd"}'),
        ({"a\udce9": [("\udce9", {"x": "\ud83d"})]}, '{"a\ufffd":[["\ufffd",{"x":"\ufffd"}]]}'),
        (CommandResult(0, "\udce9", ""), '{"code":0,"out":"\ufffd","err":""}'),
        ("é😀", '"é😀"'),
    ],
)
def test_json_of_odd_names_is_json(value: object, expected: str) -> None:
    """In keys, lists and data classes alike."""
    assert json_line(value) == expected
    assert printable("caf\udce9 é") == "caf\ufffd é"


def test_every_command_prints_json_by_it() -> None:
    """The stand-in for Slack prints what it received, which is UTF-8 by then."""
    direct = {
        str(path.relative_to(CONSOLE))
        for path in CONSOLE.rglob("*.py")
        if "orjson.dumps" in path.read_text("utf-8")
    }
    assert direct == {"printing/json_lines.py", "fake_slack/events.py"}


def test_what_is_no_json_is_still_an_error() -> None:
    """Only names are replaced."""
    with pytest.raises(TypeError):
        json_line({"a": object()})


def test_any_stream_may_stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streams without an encoding of their own are left alone."""
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    escape_what_cannot_be_printed()
    assert "😀é\udce9".encode("ascii", ESCAPE) == rb"\ud83d\ude00\u00e9\udce9"
