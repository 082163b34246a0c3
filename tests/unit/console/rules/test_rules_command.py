import json
from pathlib import Path

import pytest

from services.console.rules.commands import app
from tests.cli import invoke

GOOD = "id: {id}\ntitle: T\nseverity: low\nwhen: {when}\n"


def run(*arguments: str) -> tuple[int, list[str]]:
    ended = invoke(app, *arguments)
    return ended.code, ended.lines


def rule(folder: Path, when: str, tests: str = "") -> Path:
    path = folder / "rules.yaml"
    path.write_text(GOOD.format(id="one", when=when) + tests, "utf-8")
    return path


def test_check_prints_each_mistake_as_one_object(tmp_path: Path) -> None:
    """The shape is fixed: programs build on it. A mistake ends with exit code 1."""
    path = rule(tmp_path, "actor(kim-jong-n)")
    code, lines = run("check", str(path), "--json")
    assert code == 1
    assert [json.loads(line) for line in lines] == [
        {
            "file": str(path),
            "rule": "one",
            "line": 4,
            "column": 7,
            "level": "error",
            "code": "unknown-actor",
            "message": "no actor has the id kim-jong-n",
            "suggestion": "did you mean actor(kim-jong-un)?",
        }
    ]


def test_check_of_a_good_file_is_silent(tmp_path: Path) -> None:
    """Nothing on standard output, exit code 0."""
    assert run("check", str(rule(tmp_path, "trump AND kim"))) == (0, [])


@pytest.mark.parametrize(
    ("expression", "code", "column"),
    [("trump AND kim", 0, None), ("us AND kim", 0, 1), ("trump kim", 1, 7)],
)
def test_check_takes_one_expression(expression: str, code: int, column: int | None) -> None:
    """A warning alone is not a failure."""
    exit_code, lines = run("check", "--json", "--expr", expression)
    assert exit_code == code
    assert [json.loads(line)["column"] for line in lines] == ([column] if column else [])


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "/no/such/file"],
        ["check", "--expr", "a", "."],
        ["check", "--nonsense"],
        ["test", "/no/such/file"],
    ],
)
def test_wrong_use_is_exit_code_2(arguments: list[str]) -> None:
    """Wrong use has another exit code than a bad rule."""
    assert run(*arguments)[0] == 2


TESTS = (
    "tests:\n  - {{article: {{body: Kim wrote., date: 2018-09-11}}, fires: {first}}}\n"
    "  - {{article: 004_947d3aa60bc3ea5e.txt, fires: {second}}}\n"
)


@pytest.mark.parametrize(
    ("first", "second", "code"), [("true", "true", 0), ("false", "true", 1), ("true", "false", 1)]
)
def test_tests_run_through_cleaner_tagger_and_rule(
    tmp_path: Path, first: str, second: str, code: int
) -> None:
    """Each test of the file is one line; one that fails is exit code 1."""
    exit_code, lines = run(
        "test",
        str(rule(tmp_path, "actor(kim-jong-un) OR kim", TESTS.format(first=first, second=second))),
        "--json",
    )
    assert exit_code == code
    assert [json.loads(line)["passed"] for line in lines] == [first == "true", second == "true"]


def test_a_test_of_a_missing_article_fails_and_says_so(tmp_path: Path) -> None:
    """It neither passes nor crashes."""
    exit_code, lines = run(
        "test", str(rule(tmp_path, "kim", "tests:\n  - {article: nothing.txt, fires: false}\n"))
    )
    assert exit_code == 1
    assert "neither a file nor a folder" in "\n".join(lines)


def test_files_with_mistakes_are_not_tested(tmp_path: Path) -> None:
    """The mistakes are reported instead."""
    exit_code, lines = run("test", str(rule(tmp_path, "trump kim")))
    assert exit_code == 1
    assert ":4:13:" in lines[0]


def test_fmt_prints_the_canonical_form() -> None:
    """One line on standard output; an invalid expression is exit code 1."""
    assert run("fmt", "(NOT golf) AND Trump-Kim") == (0, ['"trump kim" AND NOT golf'])
    assert run("fmt", "trump kim")[0] == 1


@pytest.mark.parametrize(
    ("written", "form"),
    [
        ('actor("Kim Jong Un")', "actor(kim-jong-un)"),
        ('actor("KIM JONG-UN") AND country("North Korea")', "actor(kim-jong-un) AND country(prk)"),
        ('office("U.S. secretary of state")', "office(us-secretary-of-state)"),
        ('event(visit, who=country("the United States"))', "event(visit, who=country(usa))"),
    ],
)
def test_fmt_prints_ids_for_names(written: str, form: str) -> None:
    """Whatever spelling of the data stands there, the form has the id."""
    assert run("fmt", written) == (0, [form])


def test_a_name_of_several_entries_is_a_mistake_that_lists_them() -> None:
    """All commands that read rules say so, and none of them guesses."""
    for arguments in (("fmt", 'actor("Moon")'), ("check", "--expr", 'actor("Moon")')):
        code, lines = run(*arguments)
        assert code == 1
        if arguments[0] == "check":
            assert "actor(moon-jae-in) or actor(moon-chung-in)" in lines[0]


def test_fmt_writes_ids_into_files(tmp_path: Path) -> None:
    """The rest of the file stays as it is."""
    path = tmp_path / "rules.yaml"
    text = "id: a\ntitle: A\nseverity: low\nwhen: |  # why\n  {}\n"
    path.write_text(text.format('country("North Korea") AND "denuclear* talks"'))
    assert run("fmt", str(path)) == (0, [str(path)])
    assert path.read_text() == text.format('country(prk) AND "denuclear* talks"')


def test_fmt_rewrites_files_and_check_only_tells(tmp_path: Path) -> None:
    """--check changes nothing and exits with 1; fmt writes and names the file; --stdout prints."""
    path = rule(tmp_path, "(NOT golf) AND Trump")
    before = path.read_text("utf-8")
    assert run("fmt", str(path), "--check") == (1, [str(path)])
    assert path.read_text("utf-8") == before
    after = before.replace("(NOT golf) AND Trump", "trump AND NOT golf")
    assert run("fmt", str(path), "--stdout") == (0, after.splitlines())
    assert run("fmt", str(tmp_path)) == (0, [str(path)])
    assert path.read_text("utf-8") == after
    assert run("fmt", str(path), "--check") == (0, [])
    assert [results.name for results in tmp_path.iterdir()] == [path.name]


def test_fmt_leaves_a_file_with_mistakes_alone(tmp_path: Path) -> None:
    """They are reported instead, with exit code 1; a missing file is wrong use."""
    path = rule(tmp_path, "Trump Kim")
    before = path.read_bytes()
    assert run("fmt", str(path))[0] == 1
    assert path.read_bytes() == before
    assert run("fmt", str(tmp_path / "none.yaml"))[0] == 2


def test_check_tells_what_is_said_in_vain_and_across_rules(tmp_path: Path) -> None:
    """A rule that can never fire is an error; a redundant one is a warning, at its place."""
    path = tmp_path / "rules.yaml"
    path.write_text(
        "".join(
            f"- {{id: {name}, title: T, severity: low, when: {when}}}\n"
            for name, when in (("a", "kim"), ("b", "kim AND xi"))
        )
    )
    code, lines = run("check", str(path), "--json")
    assert (
        code,
        [(results["line"], results["rule"], results["code"]) for results in map(json.loads, lines)],
    ) == (0, [(2, "b", "subsumed-rule")])
    code, lines = run("check", "--json", "--expr", "kim AND NOT kim")
    assert (code, [json.loads(line)["code"] for line in lines]) == (1, ["contradiction"])


def test_unused_vocabulary_is_told_when_asked_for(tmp_path: Path) -> None:
    """Each keyword that no rule names, at its place; a normal check does not report them."""
    path = rule(tmp_path, "keyword(sanctions)")
    assert run("check", str(path)) == (0, [])
    code, lines = run("check", str(path), "--unused", "--json")
    message = [json.loads(line) for line in lines]
    assert code == 0
    assert {results["code"] for results in message} == {"unused-keyword"}
    assert "no rule names keyword(summit)" in [results["message"] for results in message]
    assert "no rule names keyword(sanctions)" not in [results["message"] for results in message]


def test_check_tells_a_test_whose_article_is_missing(tmp_path: Path) -> None:
    """It is a warning at the test, because the rule itself is good."""
    code, lines = run(
        "check",
        str(rule(tmp_path, "kim", "tests:\n  - {article: nothing.txt, fires: false}\n")),
        "--json",
    )
    (results,) = map(json.loads, lines)
    assert (code, results["line"], results["level"], results["code"]) == (
        0,
        6,
        "warning",
        "missing-article",
    )
