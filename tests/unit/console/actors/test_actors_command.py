"""`summitwire actors`: what it tells, in which shape, with which exit code."""

import json
from pathlib import Path

import pytest

from services.console.actors.commands import app
from services.console.errors import EXIT_BAD, EXIT_USAGE
from tests.cli import invoke

DATA = """\
countries:
  - {iso3: PRK, names: [North Korea], metonyms: [Pyongyang]}
  - {iso3: KOR, names: [South Korea], metonyms: [Pyongyang]}
actors:
  - {id: ri-a, name: Ri Yong Ho, country: PRK, gender: m, titled: [Minister Ri]}
  - {id: may-b, name: Theresa May, surnames: [May], country: KOR, gender: f}
organisations:
  - {id: body, names: [Foreign Ministry]}
offices:
  - id: prk-foreign-minister
    names: [North Korean foreign minister]
    needs_country: [foreign minister]
    country: PRK
    body: body
    terms:
      - {holder: ri-a, start: 2016-05-10, end: 2018-01-01, verified: true, source: seen}
      - {holder: may-b, start: 2018-02-01, acting: true, source: none seen}
decoys: [Theresa May]
"""
KEYWORDS = "keywords:\n  - id: summit\n    forms: {en: [summit]}\n"


def run(*arguments: str) -> tuple[int, list[str], str]:
    ended = invoke(app, *arguments)
    return ended.code, ended.lines, ended.err


@pytest.fixture
def folders(tmp_path: Path) -> tuple[str, str]:
    for name, text in (("actors", DATA), ("keywords", KEYWORDS)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "data.yaml").write_text(text, "utf-8")
    return str(tmp_path / "actors"), str(tmp_path / "keywords")


def test_check_warns_of_what_people_should_see(folders: tuple[str, str]) -> None:
    """Each warning has its line, and the exit code is 0.

    A gap, an undated title, a surname that is a month, a hidden name, a shared seat, a plural.
    """
    code, lines, messages = run("check", folders[0], "--keywords", folders[1], "--json")
    output = {
        (problem["code"], problem["line"], problem["level"]) for problem in map(json.loads, lines)
    }
    expected = (
        ("gap", 15),
        ("not-limited", 15),
        ("undated-title", 5),
        ("word-surname", 6),
        ("hidden-name", 6),
        ("shared-seat", 3),
        ("missing-form", 3),
    )
    assert output == {(kind, line, "warning") for kind, line in expected}
    assert code == 0
    assert "0 errors, 7 warnings" in messages


def test_check_ends_with_1_at_an_error(folders: tuple[str, str]) -> None:
    """Every mistake is told at once, each a line with its place."""
    path = Path(folders[0]) / "data.yaml"
    path.write_text(
        DATA.replace("holder: ri-a", "holder: ri-b").replace("body: body", "body: bodi"), "utf-8"
    )
    code, lines, _messages = run("check", folders[0], "--keywords", folders[1])
    assert code == EXIT_BAD
    assert [line.split(": ", 1)[0] for line in lines if ": error: " in line] == [
        f"{path}:14:11",
        f"{path}:16:18",
    ]


def test_check_tells_of_ids_that_are_gone(folders: tuple[str, str], tmp_path: Path) -> None:
    """Against an older folder, an id that no entry has any more is an error."""
    older = tmp_path / "older"
    older.mkdir()
    (older / "data.yaml").write_text(DATA.replace("ri-a", "ri-old"), "utf-8")
    code, lines, _messages = run(
        "check", folders[0], "--keywords", folders[1], "--against", str(older), "--json"
    )
    gone = [problem for problem in map(json.loads, lines) if problem["level"] == "error"]
    assert (code, [problem["code"] for problem in gone]) == (EXIT_BAD, ["changed-id"])
    assert "'ri-old'" in gone[0]["message"]


def test_the_seeds_are_clean() -> None:
    """The project's own data has neither errors nor warnings."""
    code, lines, _messages = run("check")
    assert (code, lines) == (0, [])


def test_who_holds_an_office() -> None:
    """One object a line: who, from when to when, acting, verified, and where that was found."""
    code, lines, _messages = run(
        "who", "secretary of state", "--on", "2018-04-10", "--country", "USA", "--json"
    )
    (terms,) = map(json.loads, lines)
    assert code == 0
    assert terms.pop("source")
    assert terms == {
        "on": "2018-04-10",
        "office": "us-secretary-of-state",
        "title": "secretary of state",
        "country": "USA",
        "actor": "john-sullivan",
        "name": "John Sullivan",
        "start": "2018-04-01",
        "end": "2018-04-26",
        "acting": True,
        "verified": True,
    }


@pytest.mark.parametrize(
    ("words", "day", "actors"),
    [
        ("us-secretary-of-state", "2018-03-20", ["rex-tillerson"]),
        ("the U.S. Secretary of State", "2018-09-12", ["mike-pompeo"]),
        ("South Korean foreign minister", "2018-09-12", ["kang-kyung-wha"]),
        ("Japan's prime minister", "2018-09-12", ["shinzo-abe"]),
        ("Mike Pompeo", "2018-04-10", ["mike-pompeo"]),
        ("tillerson", "2018-03-01", ["rex-tillerson"]),
    ],
)
def test_who_takes_ids_names_and_people(words: str, day: str, actors: list[str]) -> None:
    """With or without the country in words; a person by id, name or surname."""
    code, lines, _messages = run("who", words, "--on", day, "--json")
    assert (code, [json.loads(line)["actor"] for line in lines]) == (0, actors)


@pytest.mark.parametrize(
    ("arguments", "code", "expected"),
    [
        (("who", "secretary of stat"), EXIT_BAD, "did you mean secretary of state?"),
        (
            ("who", "us-secretary-of-state", "--on", "soon"),
            EXIT_USAGE,
            "--on: not a date: 'soon'; write 2018-04-10",
        ),
        (
            ("who", "us-special-representative-north-korea", "--on", "2018-05-10"),
            EXIT_BAD,
            "nobody is known to hold it on 2018-05-10",
        ),
        (
            ("who", "us-hostage-envoy", "--on", "2020-01-20"),
            EXIT_BAD,
            "us-hostage-envoy: not known after 2019-12-31",
        ),
        (
            ("who", "Kim Dae-jung", "--on", "2020-01-20"),
            EXIT_BAD,
            "kim-dae-jung: died on 2009-08-18",
        ),
        (
            ("who", "us-hostage-envoy", "--on", "2016-01-20"),
            EXIT_BAD,
            "us-hostage-envoy: not known before 2017-01-01",
        ),
    ],
)
def test_who_without_an_answer(arguments: tuple[str, ...], code: int, expected: str) -> None:
    """Unknown, misspelt or vacant: a line that says so."""
    ended, lines, output = run(*arguments)
    assert (ended, lines) == (code, [])
    assert expected in output


def test_who_of_a_person_whose_offices_have_expired(folders: tuple[str, str]) -> None:
    """Nothing is asserted after the last known day, and it is said which office that concerns."""
    text = DATA.replace("    body: body", "    body: body\n    known: {to: 2019-12-31}")
    (Path(folders[0]) / "data.yaml").write_text(text, "utf-8")
    options = ("--actors", folders[0], "--keywords", folders[1])
    assert run("who", "may-b", "--on", "2019-12-31", *options)[0] == 0
    code, lines, said = run("who", "may-b", "--on", "2020-01-01", *options)
    assert (code, lines) == (EXIT_BAD, [])
    assert "may-b: prk-foreign-minister is not known after 2019-12-31" in said


@pytest.mark.parametrize(
    ("known", "problem"),
    [
        ("{from: 2016-01-01, to: 2017-12-31}", "the office is known only to 2017-12-31"),
        ("{from: 2019-01-01, to: 2018-12-31}", "before it is known from 2019-01-01"),
        ("{until: 2019-12-31}", "unknown field 'until'"),
        ("{to: soon}", "not a date: 'soon'"),
        ("2019-12-31", "write known: {from: 2017-01-01, to: 2019-12-31}"),
    ],
)
def test_check_reports_mistakes_in_known(
    known: str, problem: str, folders: tuple[str, str]
) -> None:
    """A term that starts after the last known day, days in the wrong order, other fields, no day."""
    for text in (
        f"known: {known}\n{DATA}",
        DATA.replace("    body: body", f"    body: body\n    known: {known}"),
    ):
        (Path(folders[0]) / "data.yaml").write_text(text, "utf-8")
        code, lines, _said = run("check", folders[0], "--keywords", folders[1])
        assert code == EXIT_BAD
        assert any(problem in line for line in lines), lines


def test_check_reports_a_term_after_death(folders: tuple[str, str]) -> None:
    """Nobody holds an office after the day of death."""
    path = Path(folders[0]) / "data.yaml"
    path.write_text(DATA.replace("gender: m", "gender: m, died: 2017-01-01", 1), "utf-8")
    code, lines, _said = run("check", folders[0], "--keywords", folders[1])
    assert code == EXIT_BAD
    assert any("goes on after the day of death, 2017-01-01" in line for line in lines), lines


def test_check_counts_offices_that_are_not_known_today(folders: tuple[str, str]) -> None:
    """Who holds an office today is not known if its last known day has passed; that is said."""
    path = Path(folders[0]) / "data.yaml"
    path.write_text(f"known: {{from: 2016-01-01, to: 2019-12-31}}\n{DATA}", "utf-8")
    code, _lines, said = run("check", folders[0], "--keywords", folders[1])
    assert code == 0
    assert "who holds 1 of 1 offices is not known on 20" in said
    assert "1 not known after 2019-12-31" in said


def test_list_marks_spellings_by_rule() -> None:
    """Listed names have no rule; each other one names its rule."""
    _code, lines, _messages = run("list", "--country", "KOR", "--json")
    moon = next(entry for entry in map(json.loads, lines) if entry["id"] == "moon-jae-in")
    rules = {name["name"]: name["rule"] for name in moon["names"]}
    assert rules["Moon Jae-in"] is None
    assert rules["Moon Jaein"] == "given name in one word"


@pytest.mark.parametrize("kind", ["offices", "organisations", "countries"])
def test_list_other_kinds(kind: str) -> None:
    """Each kind is listed as objects and as lines, only of the country asked for."""
    _code, lines, _messages = run("list", "--kind", kind, "--country", "JPN", "--json")
    assert lines
    assert {json.loads(line).get("country") or json.loads(line).get("iso3") for line in lines} == {
        "JPN"
    }
    assert len(run("list", "--kind", kind, "--country", "JPN")[1]) == len(lines)
