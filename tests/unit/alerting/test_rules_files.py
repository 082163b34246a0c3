from pathlib import Path

import pytest

from services.alerting.language.check import Vocabulary
from services.alerting.rules import load_rules, problems_of, read_files
from services.alerting.when_place import in_file
from shared.documents import DocumentError

VOCABULARY = Vocabulary(actors=frozenset({"kim-jong-un"}), offices=frozenset({"us-president"}), countries=frozenset({"prk"}))

SIX_MISTAKES = """\
rules:
  - id: first
    title: First
    severity: hihg
    when: trump
  - id: second
    title: Second
    severity: low
    when: |
      trump
        AND kim moon
  - id: third
    titel: Third
    title: Third
    severity: low
    when: 'actor(kim-jong-un) AND actor(kim-jon-un)'
    notify: [slack:newsroom, slakc:newsroom]
  - id: first
    title: Fourth
    severity: low
    when: >
      trump AND
      "end of the war
"""


def problems(folder: Path, text: str) -> list[tuple[int, int, str]]:
    path = folder / "rules.yaml"
    path.write_text(text, "utf-8")
    return [(problem.line, problem.column, problem.code) for problem in problems_of((path,), VOCABULARY)]


def test_six_mistakes_are_told_at_once_each_at_its_place(tmp_path: Path) -> None:
    """Whatever their kind, and inside expressions too, every mistake of a file comes in one answer with line and column."""
    assert problems(tmp_path, SIX_MISTAKES) == [
        (4, 15, "bad-severity"),
        (11, 17, "side-by-side"),
        (13, 5, "unknown-field"),
        (16, 35, "unknown-actor"),
        (17, 30, "bad-destination"),
        (18, 9, "duplicate-id"),
        (23, 7, "unclosed-quote"),
    ]


RULE = "id: one\ntitle: One\nseverity: low\n"

MISTAKES = [
    (RULE, (1, 1, "missing-field")),
    (RULE + "when: 5\n", (4, 1, "wrong-type")),
    (RULE + "when: ''\n", (4, 1, "missing-field")),
    (RULE.replace("one", "One") + "when: a\n", (1, 5, "bad-id")),
    (RULE + "when: a\ngroup: {wait: 5}\n", (5, 15, "bad-duration")),
    (RULE + "when: a\ngroup: {by: [rumour]}\n", (5, 14, "bad-group")),
    (RULE + "when: a\nnotify: slack:x\n", (5, 1, "wrong-type")),
    (RULE + "when: a\ntests:\n  - {article: x.txt}\n", (6, 5, "missing-field")),
    (RULE + "when: a\ntests:\n  - {article: ../x.txt, fires: true}\n", (6, 6, "bad-article")),
    (RULE + "when: a\ntests:\n  - {article: {body: x, date: soon}, fires: true}\n", (6, 25, "bad-date")),
    (RULE + 'when: "a b" AND c\n', (4, 13, "yaml")),
    ("", (1, 1, "no-rules")),
    ("rules: []\n", (1, 1, "no-rules")),
    ("rules: a\n", (1, 1, "wrong-type")),
    ("just text\n", (1, 1, "wrong-type")),
    ("- foo\n", (1, 3, "wrong-type")),
]


@pytest.mark.parametrize(("text", "problem"), MISTAKES, ids=[repr(text[-24:]) for text, _ in MISTAKES])
def test_a_bad_file_says_where(tmp_path: Path, text: str, problem: tuple[int, int, str]) -> None:
    """One mistake gives one problem, at its field."""
    assert problems(tmp_path, text) == [problem]


def test_yaml_that_ends_at_a_quote_is_answered_with_the_block_form(tmp_path: Path) -> None:
    """A quoted phrase at the beginning of a plain value is the usual trap."""
    path = tmp_path / "rules.yaml"
    path.write_text(RULE + 'when: "a b" AND c\n', "utf-8")
    assert "when: |" in problems_of((path,))[0].suggestion


STYLES = [
    "when: a AND\n  b c",
    "when: 'a AND b c'",
    'when: "a AND b c"',
    "when: |\n  a AND\n  b c",
    "when: >-\n  a AND\n\n  b c",
    "when: |2\n    a AND\n  b c",
]


@pytest.mark.parametrize("style", STYLES)
def test_a_place_inside_when_is_a_place_in_the_file(tmp_path: Path, style: str) -> None:
    """Whichever way YAML writes the value, the error points at the c."""
    text = f"{RULE}{style}\n"
    line = next(number for number, one in enumerate(text.split("\n"), start=1) if "b c" in one)
    column = text.split("\n")[line - 1].index("c", text.split("\n")[line - 1].index("b")) + 1
    assert problems(tmp_path, text) == [(line, column, "side-by-side")]


def test_the_end_of_when_is_after_its_last_character() -> None:
    """An expression that ends too early is marked behind its last word, not at the end of the block."""
    text = "when: |\n  trump AND\n\nnotify: []\n"
    assert in_file(text, (1, 7), "trump AND\n", 1, 10) == (2, 12)


def test_rules_come_by_id_with_what_the_file_says(tmp_path: Path) -> None:
    """Every file of the folder, a single rule or a list, in one set ordered by id."""
    (tmp_path / "b.yaml").write_text(RULE + "when: (NOT golf) AND Trump\nowner: desk\ngroup: {wait: 2m}\nnotify: [slack:a, slack:a]\n", "utf-8")
    (tmp_path / "a.yaml").write_text("rules:\n  - {id: two, title: Two, severity: high, when: kim}\n", "utf-8")
    one, two = load_rules(tmp_path, VOCABULARY).rules
    assert (one.rule.rule_id, two.rule.rule_id) == ("one", "two")
    assert one.rule.when == "trump AND NOT golf"
    assert (one.owner, one.group.wait_s, one.rule.destinations) == ("desk", 120, ("slack:a",))


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ("title: One\nseverity: low\nwhen: KIM", True),
        ("title: Two\nseverity: low\nwhen: kim", False),
        ("title: One\nseverity: high\nwhen: kim", False),
        ("title: One\nseverity: low\nwhen: moon", False),
    ],
)
def test_a_revision_is_what_an_alert_carries_of_the_rule(tmp_path: Path, change: str, same: bool) -> None:
    """Another meaning, title or severity is another revision; another way of writing the same expression is not."""
    revisions = []
    for name, text in (("a", "title: One\nseverity: low\nwhen: kim"), ("b", change)):
        path = tmp_path / f"{name}.yaml"
        path.write_text(f"id: one\n{text}\n", "utf-8")
        revisions.append(read_files((path,)).rules[0].rule.revision)
    assert (revisions[0] == revisions[1]) is same


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    """A service without rules would be silent for ever: better not to start."""
    with pytest.raises(DocumentError, match="no rule file"):
        load_rules(tmp_path)


def test_warnings_do_not_refuse_a_rule(tmp_path: Path) -> None:
    """A rule that says `us` is loaded, and its set tells the warning."""
    (tmp_path / "a.yaml").write_text(RULE + "when: us AND trump\n", "utf-8")
    loaded = load_rules(tmp_path)
    assert len(loaded.rules) == 1
    assert [(warning.line, warning.column, warning.code) for warning in loaded.warnings] == [(4, 7, "common-word")]
