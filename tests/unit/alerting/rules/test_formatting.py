from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from services.alerting.language.format import format as canonical
from services.alerting.language.layout import WIDTH, layout
from services.alerting.language.parsing.parse import parse
from services.alerting.language.tree import Node
from services.alerting.rules.formatting import format_rule_file
from shared.base.project import project_root
from tests.hypothesis_profiles import examples
from tests.language_trees import trees

RULE = "id: one\ntitle:   One # as it is\nseverity: low\n"
WORDS = [
    "word" + str(number).translate(str.maketrans("0123456789", "abcdefghij"))
    for number in range(30)
]
LONG = " OR ".join(WORDS)

FORMATTED = [
    ("when: Trump  # why\nnotify: [ a ]\n", "when: trump  # why\nnotify: [ a ]\n"),
    ("when: Trump\n  AND Kim # why\n", "when: trump AND kim # why\n"),
    ("when: '(NOT golf) AND O''Brien'\n", "when: 'o''brien AND NOT golf'\n"),
    ('when: "Trump AND \\"x y\\""\n', 'when: "trump AND \\"x y\\""\n'),
    ("when: Trump-Kim\n", "when: |\n  \"trump kim\"\n"),
    (
        "when: |  # why\n     Trump\n       AND Kim\n\n\n# end\n",
        "when: |  # why\n     trump AND kim\n\n\n# end\n",
    ),
    ("when: >-\n  Trump\n  AND Kim", "when: >-\n  trump AND kim"),
    ("when: |2\n    Trump\n  AND Kim\n", "when: |2\n  trump AND kim\n"),
    (f"when: {LONG} # why\nowner: me", None),
    (f"when: |\n  trump AND ({LONG}) AND moon\n", None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("written", "expected"), FORMATTED, ids=[written[:24] for written, _ in FORMATTED]
)
@pytest.mark.parametrize("windows", [False, True], ids=["unix", "windows"])
def test_only_expressions_change(written: str, expected: str | None, windows: bool) -> None:
    """In every YAML style comments, blanks and other fields stay as they are.

    So do Windows line ends and the byte order mark.
    """

    def ends(text: str) -> str:
        return "\ufeff" + text.replace("\n", "\r\n") if windows else text

    done = format_rule_file(ends(RULE + written))
    assert expected is None or done == ends(RULE + expected)
    assert done.startswith(ends(RULE))
    assert ("# why" in written) is ("# why" in done)
    assert done.count("\r") == (done.count("\n") if windows else 0)
    assert format_rule_file(done) == done


def test_a_long_plain_value_becomes_a_block() -> None:
    """Its comment stays on the line of the key."""
    done = format_rule_file(f"{RULE}when: {LONG} # why\nowner: me\n")
    assert done.startswith(f"{RULE}when: | # why\n  worda OR wordb")
    assert done.endswith("\nowner: me\n")
    assert max(map(len, done.split("\n"))) <= WIDTH + 2


def test_every_rule_of_a_file_is_formatted_where_it_stands() -> None:
    """The file has a list of rules, some on one line, some with the expression first."""
    text = (
        "rules:\n- {id: a,  when: '(NOT golf) AND x', title: T}\n"
        "- when: |\n\n    Trump\n  id: b\n# end\n"
    )
    assert format_rule_file(text) == (
        "rules:\n- {id: a,  when: 'x AND NOT golf', title: T}\n"
        "- when: |\n    trump\n  id: b\n# end\n"
    )


def test_long_groups_stand_in_brackets_of_their_own() -> None:
    """AND's parts are one per line, an OR's in rows: changing a term changes one line."""
    assert layout(parse(f"trump AND ({LONG}) W/5 (summit OR meeting) AND NOT golf")) == (
        "trump",
        "AND (",
        "  " + " OR ".join(WORDS[:11]),
        *(
            "  " + " ".join(f"OR {word}" for word in WORDS[start:end])
            for start, end in ((11, 21), (21, 30))
        ),
        ") W/5 (summit OR meeting)",
        "AND NOT golf",
    )


@given(trees(max_leaves=24))
@examples(200)
def test_the_lines_are_the_same_expression(tree: Node) -> None:
    """Line breaks change nothing: the tree is the same, and so is the rule's revision."""
    assert parse("\n".join(layout(tree))) == tree


_STYLES = {
    "block": lambda form: "|\n  " + form,
    "folded": lambda form: ">-\n  " + form,
    "single": lambda form: "'" + form.replace("'", "''") + "'",
    "double": lambda form: '"' + form.replace("\\", "\\\\").replace('"', '\\"') + '"',
}


@given(trees(), st.sampled_from(sorted(_STYLES)), st.booleans())
@examples(150)
def test_a_formatted_file_says_the_same(tree: Node, style: str, spread: bool) -> None:
    """In every style, only the spelling of the expression changes in the file's YAML.

    Formatting again changes nothing.
    """
    form = canonical(tree).replace(
        " AND ", "\n   AND " if spread and style == "block" else "  AND "
    )
    value = _STYLES[style](form).replace("\n", "\n  ")
    text = f"# head\nrules:\n- id: one\n  when: {value}\n  notify: [ x ]  # tail\n"
    done = format_rule_file(text)
    (rule,) = yaml.safe_load(done)["rules"]
    assert parse(rule.pop("when")) == tree
    assert rule == {"id": "one", "notify": ["x"]}
    assert done.startswith("# head\nrules:\n- id: one\n  when:")
    assert done.endswith("\n  notify: [ x ]  # tail\n")
    assert format_rule_file(done) == done


@pytest.mark.parametrize(
    "path", sorted((project_root() / "seeds" / "rules").glob("*.yaml")), ids=lambda path: path.name
)
def test_the_seeds_are_in_canonical_form(path: Path) -> None:
    """The repository has what `summitwire rules fmt` writes."""
    text = path.read_bytes().decode()
    assert format_rule_file(text) == text
