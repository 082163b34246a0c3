from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from services.alerting.language.check import Vocabulary
from services.alerting.rules.positions import position_in_file
from services.alerting.rules.rule_set import (
    find_rule_problems,
    load_rule_files,
    load_rules,
    parse_rule_files,
)
from shared.files.yaml_document import VALUE, DocumentError, YamlDocument, parse
from shared.messages.schemas import Corroboration, GroupTiming
from tests.hypothesis_profiles import examples

VOCABULARY = Vocabulary(
    actors=frozenset({"kim-jong-un"}),
    offices=frozenset({"us-president"}),
    countries=frozenset({"prk", "kor"}),
)

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
    return [
        (problem.line, problem.column, problem.code)
        for problem in find_rule_problems((path,), VOCABULARY)
    ]


def test_six_mistakes_are_told_at_once_each_at_its_place(tmp_path: Path) -> None:
    """All mistakes of a file, also inside expressions, are reported together with their places."""
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
    (RULE + "when: a\nneeds: {independent: 1, within: 1h}\n", (5, 22, "bad-needs")),
    (RULE + "when: a\nneeds: {independent: 2, within: 3d}\n", (5, 33, "bad-needs")),
    (RULE + "when: a\nneeds: {independent: 2, within: soon}\n", (5, 33, "bad-duration")),
    (RULE + "when: a\nnotify: slack:x\n", (5, 1, "wrong-type")),
    (RULE + "when: a\ntests:\n  - {article: x.txt}\n", (6, 5, "missing-field")),
    (RULE + "when: a\ntests:\n  - {article: ../x.txt, fires: true}\n", (6, 6, "bad-article")),
    (
        RULE + "when: a\ntests:\n  - {article: {body: x, date: soon}, fires: true}\n",
        (6, 25, "bad-date"),
    ),
    (RULE + 'when: "a b" AND c\n', (4, 13, "yaml")),
    ("", (1, 1, "no-rules")),
    ("rules: []\n", (1, 1, "no-rules")),
    ("rules: a\n", (1, 1, "wrong-type")),
    ("just text\n", (1, 1, "wrong-type")),
    ("- foo\n", (1, 3, "wrong-type")),
]


@pytest.mark.parametrize(
    ("text", "problem"), MISTAKES, ids=[repr(text[-24:]) for text, _ in MISTAKES]
)
def test_a_bad_file_says_where(tmp_path: Path, text: str, problem: tuple[int, int, str]) -> None:
    """One mistake gives one problem, at its field."""
    assert problems(tmp_path, text) == [problem]


@pytest.mark.parametrize(
    ("when", "place"),
    [
        ("when: trump AND kim # NOT golf\n", (4, 21)),
        ("when: trump #AND kim\nowner: me\n", (4, 13)),
        ("when: trump\n  AND kim\t# golf", (5, 11)),
        ("when: actor(kim-jong-un)   # OR moon\n", (4, 28)),
        ("when: trump #\n", (4, 13)),
    ],
)
def test_a_comment_that_cuts_the_expression_is_a_warning(
    tmp_path: Path, when: str, place: tuple[int, int]
) -> None:
    """YAML ends a plain value at it, and the rule means less than it seems to say."""
    assert problems(tmp_path, RULE + when) == [(*place, "comment-cuts")]


@pytest.mark.parametrize(
    "when",
    [
        "when: trump#\n".replace("#", ""),
        "# trump\nwhen: trump AND kim\n# golf\n",
        "when: 'trump AND kim' # golf\n",
        'when: "trump" # golf\n',
        "when: | # golf\n  trump AND kim\n# golf\n",
        "when: trump AND kim\nowner: me # the desk\n",
        "when: >-\n  trump\n  AND kim\nowner: me\n",
    ],
)
def test_other_comments_are_fine(tmp_path: Path, when: str) -> None:
    """Above, below, behind quotes, behind the sign of a block."""
    assert problems(tmp_path, RULE + when) == []


@pytest.mark.parametrize(
    ("when", "place"),
    [
        ("when: |\n  trump # golf\n", (5, 9)),
        ("when: |\n  # golf\n  trump\n", (5, 3)),
        ("when: |\n  trump AND\n  #kim OR\n  moon\n", (6, 3)),
    ],
)
def test_in_a_block_a_comment_is_part_of_the_expression(
    tmp_path: Path, when: str, place: tuple[int, int]
) -> None:
    """It is a mistake there, and the suggestion says where comments stand."""
    path = tmp_path / "rules.yaml"
    path.write_text(RULE + when, "utf-8")
    first = find_rule_problems((path,))[0]
    assert (first.line, first.column, first.code) == (*place, "bad-character")
    assert "comment" in first.suggestion


@pytest.mark.parametrize(
    ("pending", "code"),
    [
        ("[actor(jane-doe)]", "pending-id"),
        ("[actor(kim-jong-un), actor(jane-doe)]", "not-pending"),
        ("[jane-doe]", "bad-pending"),
        ("actor(jane-doe)", "wrong-type"),
        ('[actor("Jane Doe")]', "bad-pending"),
    ],
)
def test_ids_that_the_data_will_get(tmp_path: Path, pending: str, code: str) -> None:
    """They are listed as tags; those that the data has by now are named."""
    text = RULE + f"when: actor(jane-doe) AND a\npending: {pending}\n"
    assert code in [found for _, _, found in problems(tmp_path, text)]


def test_yaml_that_ends_at_a_quote_is_answered_with_the_block_form(tmp_path: Path) -> None:
    """A quoted phrase at the beginning of a plain value is the usual trap."""
    path = tmp_path / "rules.yaml"
    path.write_text(RULE + 'when: "a b" AND c\n', "utf-8")
    assert "when: |" in find_rule_problems((path,))[0].suggestion


SIX_OTHERS = """\
rules:
  - id: quoted
    title: Quoted
    severity: low
    when: "end of the war" AND kim
  - id: Spaced Id
    title: Spaced
    severity: low
    group: {wait: 5 minutes}
    when: trump and kim
  - id: tested
    title: Tested
    severity: low
    when: |
      su*mit AND actor(kim-jon-un)
    tests:
      - article: 004_947d3aa60bc3ea5e.txt
  - id: tabbed
    title: Tabbed
\tseverity: low
    when: kim
  - id: open
    title: [Open
    severity: low
    when: kim
  - title: Nameless
    severity: low
    when: country(kp) OR NOT kim
"""


def test_a_rule_that_is_no_yaml_does_not_hide_the_mistakes_of_the_others(tmp_path: Path) -> None:
    """Three rules stop YAML, each reported where its mistake begins.

    So is everything that is wrong with the rules between them.
    """
    assert problems(tmp_path, SIX_OTHERS) == [
        (5, 28, "yaml"),
        (6, 9, "bad-id"),
        (9, 19, "bad-duration"),
        (10, 17, "lower-case-operator"),
        (15, 9, "wildcard"),
        (15, 18, "unknown-actor"),
        (17, 9, "missing-field"),
        (20, 1, "yaml"),
        (23, 12, "yaml"),
        (26, 5, "missing-field"),
        (28, 11, "unknown-country"),
        (28, 26, "or-not"),
    ]


TOLD_ONCE = [
    (RULE + 'when: "a AND b\nnotify: [slack:x]\n', (4, 7, "yaml"), "never closed", "when: |"),
    (RULE + "when: a\nnotify: [slack:x\ntests: []\n", (5, 9, "yaml"), "never closed", "close it"),
    (RULE + "when: a\n---\n" + RULE, (5, 1, "yaml"), "second document", "one list"),
    (RULE + "when: |\n\ta\n", (5, 1, "yaml"), "tab", "spaces"),
    (RULE + "when: !foo\n", (4, 7, "yaml"), "tag", "plain value"),
    (RULE + "when: a\x07b\n", (4, 8, "yaml"), "0x0007", "when: |"),
    (
        "rules:\n  - &x {id: a, title: T, severity: low, when: a}\n  - <<: *x\n    id: b\n",
        (3, 5, "yaml"),
        "aliases",
        "write the value out",
    ),
    (RULE + "<<: {when: a}\n", (4, 1, "unknown-field"), "elsewhere", "write the fields out"),
    (RULE + "title: Two\nwhen: a\n", (4, 1, "duplicate-key"), "twice", ""),
    (RULE + "when:\n", (4, 1, "missing-field"), "when is empty", "for example"),
    (
        "rules:\n  - id: a\n    title: T\n     severity: low\n",
        (4, 14, "yaml"),
        "mapping values",
        "indented",
    ),
]


@pytest.mark.parametrize(
    ("text", "problem", "message", "suggestion"), TOLD_ONCE, ids=[row[2] for row in TOLD_ONCE]
)
def test_one_mistake_of_yaml_is_told_once(
    tmp_path: Path, text: str, problem: tuple[int, int, str], message: str, suggestion: str
) -> None:
    """It is reported where it begins, in plain words, with a fix.

    What it causes further down is not another mistake.
    """
    path = tmp_path / "rules.yaml"
    path.write_text(text, "utf-8")
    (found,) = find_rule_problems((path,))
    assert (found.line, found.column, found.code) == problem
    assert message in found.message
    assert suggestion in found.suggestion


@pytest.mark.parametrize(
    "change",
    [
        lambda text: "\ufeff" + text,
        lambda text: text.replace("\n", "\r\n"),
        lambda text: "# ü金🚀\n" + text,
    ],
    ids=["bom", "crlf", "wide"],
)
def test_places_count_characters_whatever_the_bytes(
    tmp_path: Path, change: Callable[[str], str]
) -> None:
    """A byte order mark, Windows line ends and multi-byte characters shift nothing."""
    path = tmp_path / "rules.yaml"
    path.write_bytes(change(RULE + "when: |\n  é金 OR a b\n").encode())
    (found,) = find_rule_problems((path,))
    assert (found.line - change("").count("\n"), found.column, found.code) == (
        5,
        11,
        "side-by-side",
    )


def test_a_file_in_another_encoding_says_where(tmp_path: Path) -> None:
    """It has line and column of the first byte that is not UTF-8."""
    path = tmp_path / "rules.yaml"
    path.write_bytes(RULE.encode() + "when: café".encode("latin-1"))
    (found,) = find_rule_problems((path,))
    assert (found.line, found.column, found.code, found.suggestion) == (
        4,
        10,
        "encoding",
        "save the file as UTF-8",
    )


_STRAYS = (
    "",
    "---",
    "- a",
    "  - id: x",
    "when: |",
    "\t",
    "{",
    "]",
    "'",
    '"',
    "*x",
    "&x y",
    "<<: *x",
    "? a",
    "%",
    "\x00",
)
_LINES = st.sampled_from((*SIX_OTHERS.splitlines(), *_STRAYS))


@given(st.lists(_LINES, max_size=30).map("\n".join) | st.text(max_size=80))
@examples(200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_file_ends_the_reader(tmp_path: Path, text: str) -> None:
    """Whatever is in a file, the result is rules, or problems inside it."""
    path = tmp_path / "rules.yaml"
    path.write_bytes(text.encode("utf-8", "replace"))
    rules, found = parse_rule_files((path,), VOCABULARY)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").splitlines() or [""]
    assert rules or found
    assert all(1 <= problem.line <= len(lines) + 1 and problem.column >= 1 for problem in found)


STYLES = [
    "when: a AND\n  b c",
    "when: 'a AND b c'",
    'when: "a AND b c"',
    "when: |\n  a AND\n  b c",
    "when: >-\n  a AND\n\n  b c",
    "when: |2\n    a AND\n  b c",
    "when: 'o''x AND b c'",
    'when: "a\\tAND\\u00a0b c"',
    'when: "\\x61\\u0062\\U00000063 AND\\n\\_\\\n   b c"',
]


@pytest.mark.parametrize("style", STYLES)
def test_a_place_inside_when_is_a_place_in_the_file(tmp_path: Path, style: str) -> None:
    """However YAML writes the value, the error points at the c."""
    text = f"{RULE}{style}\n"
    line = next(number for number, one in enumerate(text.split("\n"), start=1) if "b c" in one)
    column = text.split("\n")[line - 1].index("c", text.split("\n")[line - 1].index("b")) + 1
    assert problems(tmp_path, text) == [(line, column, "side-by-side")]


_WRITTEN = {
    "plain": lambda value: value,
    "single": lambda value: "'" + value.replace("'", "''") + "'",
    "double": lambda value: (
        '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("ü", "\\u00fc") + '"'
    ),
    "block": lambda value: "|  # why\n\n    " + value.replace(" AND ", "\n      AND "),
    "folded": lambda value: ">-\n    " + value.replace(" AND ", "\n    AND "),
}


@given(
    st.lists(st.sampled_from(["a", "o'brien", '"x y"', "ü", "金正恩", "(b OR c)"]), max_size=6),
    st.data(),
)
@examples(200)
def test_a_place_inside_any_value_is_its_place_in_the_file(
    parts: list[str], data: st.DataObject
) -> None:
    """A character that is valid nowhere is reported where it is in the file.

    It is, in every style and behind quotes, escapes and wide characters.
    """
    at = data.draw(st.integers(0, len(parts)))
    value = " AND ".join([*parts[:at], "§", *parts[at:]])
    style = data.draw(
        st.sampled_from(
            ["single", "double", "block", "folded", *(["plain"] if value[0] != '"' else [])]
        )
    )
    text = f"rules:\n- title: ü §\n  when: {_WRITTEN[style](value)}\n  owner: x\n"
    document = parse(text, YamlDocument("rules.yaml", None, []))
    read = document.value_at(("rules", 0, "when"))
    before = read[: read.index("§")]
    line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
    found = position_in_file(
        text, document.position(("rules", 0, "when", VALUE)), read, line, column
    )
    assert text.split("\n")[found[0] - 1][found[1] - 1] == "§"
    assert found[0] > 2


def test_the_end_of_when_is_after_its_last_character() -> None:
    """An expression that ends too early is reported after its last word, not after the block."""
    text = "when: |\n  trump AND\n\nnotify: []\n"
    assert position_in_file(text, (1, 7), "trump AND\n", 1, 10) == (2, 12)


def test_rules_come_by_id_with_what_the_file_says(tmp_path: Path) -> None:
    """All files of the folder, single rules and lists, are one set ordered by id."""
    (tmp_path / "b.yaml").write_text(
        RULE
        + "when: (NOT golf) AND Trump\nowner: desk\n"
        + "group: {wait: 2m}\nnotify: [slack:a, slack:a]\n",
        "utf-8",
    )
    (tmp_path / "a.yaml").write_text(
        "rules:\n  - {id: two, title: Two, severity: high, when: kim}\n", "utf-8"
    )
    one, two = load_rules(tmp_path, VOCABULARY).rules
    assert (one.rule.rule_id, two.rule.rule_id) == ("one", "two")
    assert one.rule.when == "trump AND NOT golf"
    assert one.rule.group is not None
    assert (one.rule.owner, one.rule.group.wait_s, one.rule.destinations) == (
        "desk",
        120,
        ("slack:a",),
    )


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ("title: One\nseverity: low\nwhen: KIM", True),
        ("title: Two\nseverity: low\nwhen: kim", False),
        ("title: One\nseverity: high\nwhen: kim", False),
        ("title: One\nseverity: low\nwhen: moon", False),
    ],
)
def test_a_revision_is_what_an_alert_carries_of_the_rule(
    tmp_path: Path, change: str, same: bool
) -> None:
    """Another meaning, title or severity is another revision.

    Another notation of the same expression is not.
    """
    revisions = []
    for name, text in (("a", "title: One\nseverity: low\nwhen: kim"), ("b", change)):
        path = tmp_path / f"{name}.yaml"
        path.write_text(f"id: one\n{text}\n", "utf-8")
        revisions.append(load_rule_files((path,)).rules[0].rule.revision)
    assert (revisions[0] == revisions[1]) is same


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    """A service without rules would be silent for ever: it had better not start."""
    with pytest.raises(DocumentError, match="no rule file"):
        load_rules(tmp_path)


def test_group_and_needs_are_parsed(tmp_path: Path) -> None:
    """What a group leaves out is the route's or the default; `by: [story]` says nothing new."""
    text = RULE + "when: a\ngroup: {by: [story], wait: 2m}\nneeds: {independent: 2, within: 30m}\n"
    (tmp_path / "one.yaml").write_text(text, "utf-8")
    (loaded,) = load_rules(tmp_path).rules
    assert loaded.rule.group == GroupTiming(wait_s=120)
    assert loaded.rule.needs == Corroboration(independent=2, within_s=1_800)


def test_warnings_do_not_refuse_a_rule(tmp_path: Path) -> None:
    """A rule that says `us` is loaded, and its set has the warning."""
    (tmp_path / "a.yaml").write_text(RULE + "when: us AND trump\n", "utf-8")
    loaded = load_rules(tmp_path)
    assert len(loaded.rules) == 1
    assert [(warning.line, warning.column, warning.code) for warning in loaded.warnings] == [
        (4, 7, "common-word")
    ]
