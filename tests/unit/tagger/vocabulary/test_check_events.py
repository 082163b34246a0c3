"""Mistakes in the files of events, each with file, line and how to mend it."""

from pathlib import Path

import pytest

from services.tagger.data.loader import load_folders
from shared.files.yaml_document import Problem

ACTORS = "countries: [{iso3: PRK, names: [North Korea]}]\n"
EVENTS = """\
event_words:
- {id: weapon, nouns: [missile]}
events:
- id: missile-test
  title: A missile is fired.
  cameo: ["150"]
  plover: MOBILIZE
  verbs: {en: [fire <weapon>]}
  weak: []
"""


def problems(tmp_path: Path, events: str) -> list[Problem]:
    for name, text in (("actors", ACTORS), ("keywords", events)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file.yaml").write_text(text, "utf-8")
    folders = load_folders(tmp_path / "actors", tmp_path / "keywords")
    return [problem for document in folders.documents for problem in document.problems]


def test_valid_events_have_no_problem(tmp_path: Path) -> None:
    """Otherwise the mistakes below would show nothing."""
    assert problems(tmp_path, EVENTS) == []


@pytest.mark.parametrize(
    ("before", "after", "line", "code", "suggestion"),
    [
        ("fire <weapon>", "fire <wepon>", 8, "unknown-group", "weapon"),
        ("fire <weapon>", "fire <weapon> at", 8, "bad-trigger", "“fire <weapon>”"),
        ("fire <weapon>", "<weapon> fire <weapon>", 8, "bad-trigger", "“fire <weapon>”"),
        ("fire <weapon>", "-", 8, "empty-name", ""),
        ('"150"', '"15"', 6, "bad-cameo", '"042"'),
        ('"150"', "150", 6, "wrong-type", "quotes"),
        ("MOBILIZE", "MOBILISE", 7, "wrong-type", ""),
        ("weak: []", "weak: [fires <weapon>]", 9, "unknown-trigger", "fire <weapon>"),
        ("weak: []", "aimed: atack", 9, "unknown-event", ""),
        ("weak: []", "short_verbs: [shoot <gun>]", 9, "unknown-group", "event_words"),
        ("weak: []", "forms: [fires]", 9, "unknown-field", ""),
        ("nouns: [missile]", "nouns: ['!']", 2, "empty-name", ""),
    ],
)
def test_mistakes_are_reported_where_they_are(
    before: str, after: str, line: int, code: str, suggestion: str, tmp_path: Path
) -> None:
    """With the line, a code, and a suggestion."""
    (problem,) = problems(tmp_path, EVENTS.replace(before, after))
    assert (problem.line, problem.code) == (line, code)
    assert suggestion in problem.suggestion
