"""Edited files: every mistake at once, each at its place."""

import gc
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from shared.files import yaml_document


@dataclass(frozen=True)
class Feed:
    url: str
    every: int


def read(text: str) -> yaml_document.YamlDocument:
    return yaml_document.parse(text, yaml_document.YamlDocument("feeds.yaml", None, []))


def test_all_mistakes_are_told_at_once() -> None:
    """Each invalid element is a problem at its line and column; valid ones are still read."""
    document = read("feeds:\n- {url: a, every: x}\n- url: b\n  every: 5\n- {url: c, evry: 5}\n")
    good = list(document.items(("feeds",), Feed))
    assert good == [(("feeds", 1), Feed("b", 5))]
    assert [(p.line, p.column) for p in document.problems] == [(2, 12), (5, 12), (5, 3)]
    assert "did you mean every?" in str(document.problems[1])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a: [1", "not YAML"),
        ("a: &x [1]\nb: *x", "aliases are not allowed"),
        ("a: !!python/object:os.system x", "not allowed here"),
        ("a: 1\na: 2", "is given twice"),
        ("a: 2018-13-45", "month must be in 1..12"),
        ("[" * 60, "not YAML"),
        ("\x00", "not YAML"),
    ],
)
def test_hostile_or_broken_yaml_is_a_problem(text: str, says: str) -> None:
    """Nothing in a file can run code, grow without bound or end the program."""
    assert says in str(read(text).problems[0])


def test_a_file_that_cannot_be_read_is_a_problem(tmp_path: Path) -> None:
    """A missing file and one in another encoding say so."""
    (tmp_path / "latin.yaml").write_bytes("a: ü".encode("latin-1"))
    assert "cannot be read" in str(yaml_document.load(tmp_path / "none.yaml").problems[0])
    assert "not UTF-8" in str(yaml_document.load(tmp_path / "latin.yaml").problems[0])


def test_what_was_read_leaves_no_nodes_behind() -> None:
    """A service reads its files again and again: nothing but the values stays in memory."""
    read("a: [1, 2018-09-12, yes, x]")
    gc.collect()
    assert [
        node
        for node in gc.get_objects()
        if type(node) is yaml.ScalarNode and node.value == "2018-09-12"
    ] == []
