import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from services.console.rules.commands import app
from shared.base.project import project_root
from tests.cli import invoke

SEED = str(project_root() / "seeds" / "articles" / "004_947d3aa60bc3ea5e.txt")
RULE = "id: {id}\ntitle: T\nseverity: low\nnotify: [slack:x]\nwhen: {when}\n"
PAGE = (
    "<!doctype html><html><head><title>Kim wrote again</title></head>"
    "<body><article><h1>Kim wrote again</h1>"
    "<p>North Korean leader <b>Kim Jong Un</b> sent President Donald Trump another letter &amp; "
    "a gift on Monday, officials said in a statement.</p>"
    "<p>Nobody at the White House wanted to say on Monday what the letter had asked for, "
    "where, and when.</p></article></body></html>"
)


def run(*arguments: str, stdin: bytes | None = None) -> tuple[int, list[str], str]:
    ended = invoke(app, *arguments, stdin=stdin)
    return ended.code, ended.lines, ended.err


def objects(lines: list[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines]


def rules(folder: Path, **whens: str) -> str:
    folder.mkdir(exist_ok=True)
    for name, when in whens.items():
        (folder / f"{name}.yaml").write_text(RULE.format(id=name, when=when), "utf-8")
    return str(folder)


def lines(path: Path, *articles: dict[str, Any]) -> str:
    path.write_text("".join(json.dumps(article) + "\n" for article in articles), "utf-8")
    return str(path)


def test_why_points_into_the_cleaned_and_the_original_text() -> None:
    """The JSON is fixed: each span with its offsets in the cleaned article and in the file."""
    code, out, _ = run("why", SEED, "--expr", 'headline(summit) AND "peace treaty"', "--json")
    (results,) = objects(out)
    assert code == 0
    assert (results["rule"], results["fires"], results["pubstatus"]) == ("expr", True, "usable")
    text = Path(SEED).read_text("utf-8")
    for span in results["spans"]:
        assert text[span["original"]["start"] : span["original"]["end"]] == span["surface"]
        assert span["unmapped"] is None
    assert [span["clause"] for span in results["spans"]] == ["headline(summit)", '"peace treaty"']


def test_why_finds_words_of_a_page_through_its_tags(tmp_path: Path) -> None:
    """The original of a page is its HTML."""
    page = tmp_path / "page.html"
    page.write_text(PAGE, "utf-8")
    code, out, _ = run(
        "why", str(page), "--expr", 'actor(kim-jong-un) AND "letter a gift"', "--json"
    )
    spans = objects(out)[0]["spans"]
    assert code == 0
    originals = {
        span["surface"]: PAGE[span["original"]["start"] : span["original"]["end"]]
        for span in spans
        if span["original"]
    }
    assert originals["letter & a gift"] == "letter &amp; a gift"
    assert originals["Kim Jong Un"] == "Kim Jong Un"


def test_why_says_where_the_original_is_not_known(tmp_path: Path) -> None:
    """JSON lines hold only cleaned text: the place is null, with the reason."""
    path = lines(tmp_path / "a.jsonl", {"id": "1", "body": "Kim wrote."})
    code, out, _ = run("why", path, "--expr", "kim", "--json")
    (span,) = objects(out)[0]["spans"]
    assert (code, span["original"]) == (0, None)
    assert "not at hand" in span["unmapped"]


def test_why_of_a_rule_that_does_not_fire_is_exit_code_1() -> None:
    """And why-not of one that does."""
    assert run("why", SEED, "--expr", "iceberg")[0] == 1
    assert run("why-not", SEED, "--expr", "summit")[0] == 1


def test_why_not_names_the_clause_and_the_smallest_change(tmp_path: Path) -> None:
    """The JSON is fixed; the changed rule is one that fires."""
    folder = rules(tmp_path / "rules", one="second W/1 summit AND summitt")
    code, out, _ = run("why-not", SEED, "one", "--rules", folder, "--json")
    (results,) = objects(out)
    assert code == 0
    assert {
        name: results[name] for name in ("rule", "fires", "clause", "failing", "edits", "changed")
    } == {
        "rule": "one",
        "fires": False,
        "clause": "summitt",
        "failing": 1,
        "edits": ["summitt replaced by summit*"],
        "changed": "second W/1 summit AND summit*",
    }
    assert run("why", SEED, "--expr", results["changed"])[0] == 0


def test_json_lines_bring_articles_or_tagged_messages(tmp_path: Path) -> None:
    """With or without tags, from standard input, or as `tail --json` prints the topic."""
    tagged = {
        "id": "1",
        "body": "He wrote.",
        "tags": {"actor(kim-jong-un)": [["body", 0, 1]], "country(prk)": [["body", 0, 1]]},
    }
    assert (
        run(
            "why",
            "-",
            "--expr",
            "actor(kim-jong-un) AND country(prk)",
            stdin=json.dumps(tagged).encode(),
        )[0]
        == 0
    )
    assert (
        run(
            "why",
            "-",
            "--expr",
            "actor(kim-jong-un)",
            stdin=b'{"id": 2, "body": "Kim Jong Un wrote."}',
        )[0]
        == 0
    )
    golden = json.loads(
        (project_root() / "tests" / "contract" / "golden" / "TaggedArticle.v1.json").read_text(
            "utf-8"
        )
    )
    path = lines(tmp_path / "topic.jsonl", {"partition": 0, "value": golden}, golden)
    assert len(run("why", path, "--expr", "trump OR kim OR summit", "--json")[1]) == 2


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"{", "not JSON"),
        (b'{"id": "1", "body": "\xff"}', "not JSON"),
        (b'{"id": "1", "body": 3}', "not an article"),
        (b"[]", "not an article"),
        (b'{"id": "1", "body": "a", "date": "soon"}', "not a date"),
        (
            b'{"id": "1", "body": "a", "tags": {"person(kim)": [["body", 0, 1]]}}',
            "not a tag",
        ),
        (
            b'{"id": "1", "body": "a", "tags": {"actor(kim)": [["body", 0, 9]]}}',
            "are not in a body of 1 words",
        ),
        (b"\n\n", "holds no article"),
    ],
)
def test_a_line_that_is_not_an_article_is_reported_with_its_place(
    tmp_path: Path, data: bytes, message: str
) -> None:
    """Exit code 1, and the file and line."""
    path = tmp_path / "bad.jsonl"
    path.write_bytes(data)
    code, _, err = run("why", str(path), "--expr", "kim")
    assert code == 1
    assert message in err
    assert str(path) in err


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["why", SEED], 2, "name one rule by its id"),
        (["why", SEED, "second-summit", "--expr", "kim"], 2, "name one rule by its id"),
        (["why", SEED, "second-sumit"], 2, "did you mean second-summit?"),
        (["why", SEED, "--expr", "trump kim"], 1, "two terms side by side"),
        (["why-not", SEED, "--expr", "actor(kim-jong-n)"], 1, "did you mean actor(kim-jong-un)?"),
        (["why", "/no/such/file", "second-summit"], 2, "neither a file nor a folder"),
        (
            [
                "why",
                str(project_root() / "services" / "board" / "static" / "icon.svg"),
                "--expr",
                "kim",
            ],
            1,
            "holds no article",
        ),
        (["backtest"], 2, "either which articles"),
        (["backtest", SEED, "--from-topic"], 2, "either which articles"),
        (["backtest", SEED, "--since", "7d"], 2, "--since goes with --from-topic"),
        (["backtest", SEED, "--budget", "many"], 2, "write 50/day"),
        (["backtest", SEED, "--expr", "kim", "--rule", "x"], 2, "either --expr or rules"),
        (["backtest", SEED, "--rule", "second-sumit"], 2, "did you mean second-summit?"),
        (["diff", "no-such-revision", SEED], 2, "neither a file nor a folder"),
        (["diff", "--", "-oops", SEED], 2, "neither a file, a folder nor a git revision"),
        (["diff", SEED, SEED], 1, "fix the rules first"),
    ],
)
def test_wrong_use_says_how_to_fix_it(arguments: list[str], code: int, message: str) -> None:
    """Exit code 2 for wrong use, 1 for what is bad; one line on standard error."""
    exit_code, _, err = run(*arguments)
    assert exit_code == code
    assert message in err


def test_a_backtest_of_files_reports_days_rules_changes_and_misses(tmp_path: Path) -> None:
    """The JSON is fixed, an object a line, kind first; gains and losses: against active rules."""
    articles = [
        {"id": f"a{n}", "headline": f"Report {n}", "body": body, "date": f"2018-09-0{n}"}
        for n, body in enumerate(BODIES, start=1)
    ]
    now = rules(tmp_path / "now", letters="letter*", other="golf")
    tried = rules(tmp_path / "tried", letters="kim W/2 letter", fresh="golf AND trump")
    path = lines(tmp_path / "articles.jsonl", *articles)
    code, out, err = run(
        "backtest", path, "--rules", tried, "--in-force", now, "--budget", "0/day", "--json"
    )
    results = objects(out)
    summary = {
        "articles": 4,
        "days": 4,
        "unreadable": 0,
        "alerts": 2,
        "messages": 2,
        "gained": 1,
        "lost": 1,
    }
    assert code == 0
    assert results[0] == {"kind": "summary"} | summary | {
        "budget": 0,
        "over_budget": ["2018-09-01", "2018-09-03"],
    }
    assert [entry for entry in results if entry["kind"] == "rule"] == [
        {"kind": "rule", "rule": "fresh", "alerts": 1, "gained": 1, "lost": 0, "new": True},
        {"kind": "rule", "rule": "letters", "alerts": 1, "gained": 0, "lost": 1, "new": False},
    ]
    assert [
        (entry["kind"], entry["rule"], entry["article"])
        for entry in results
        if entry["kind"] in ("gained", "lost")
    ] == [
        ("gained", "fresh", "a3"),
        ("lost", "letters", "a2"),
    ]
    nearest = next(entry for entry in results if entry["kind"] == "miss")
    assert (nearest["rule"], nearest["article"], nearest["lacking"], nearest["changed"]) == (
        "letters",
        "a2",
        0,
        "kim W/9 letter",
    )
    assert "warning: over the budget of 0 messages a day on 2 of 4 days" in err


BODIES = (
    "A letter of Kim came.",
    "Kim spoke. Nobody in the room had seen any letter.",
    "Trump played golf.",
    "The harvest was good.",
)


def test_a_backtest_goes_on_after_a_bad_article(tmp_path: Path) -> None:
    """The others are tried; the bad one is reported, and the exit code is 1."""
    path = tmp_path / "some.jsonl"
    path.write_text('{"id": "1", "body": "Kim wrote."}\n{"id": "2"\n', "utf-8")
    code, out, err = run("backtest", str(path), "--expr", "kim", "--json")
    assert code == 1
    assert objects(out)[0]["alerts"] == 1
    assert f"{path}:2:" in err


def test_diff_shows_rules_and_alerts_that_change(tmp_path: Path) -> None:
    """Added, removed and changed rules with expressions; gained and lost alerts with words."""
    old = rules(tmp_path / "old", one="trump AND kim", gone="golf", same="(kim) AND trump")
    new = rules(tmp_path / "new", one="trump W/3 kim", more="letter", same="kim AND trump")
    path = lines(
        tmp_path / "a.jsonl",
        {"id": "1", "headline": "Kim", "body": "A letter, and much later a word from Trump."},
    )
    code, out, err = run("diff", old, new, path, "--json")
    results = objects(out)
    assert code == 0
    changes = [
        (
            entry["change"],
            entry["rule"],
            entry["old"] and entry["old"]["when"],
            entry["new"] and entry["new"]["when"],
        )
        for entry in results[:3]
    ]
    assert changes == [
        ("removed", "gone", "golf", None),
        ("added", "more", None, "letter"),
        ("changed", "one", "trump AND kim", "trump W/3 kim"),
    ]
    assert [
        (entry["change"], entry["rule"], [span["surface"] for span in entry["spans"]])
        for entry in results[3:-1]
    ] == [
        ("gained", "more", ["letter"]),
        ("lost", "one", ["Trump", "Kim"]),
    ]
    assert results[-1]["kind"] == "receiver"
    assert (results[-1]["destination"], results[-1]["days"]) == ("slack:x", 1)
    assert results[-1]["old"]["kinds"] == results[-1]["new"]["kinds"] == {"first": 1}
    assert (results[-1]["old"]["alerts"], results[-1]["new"]["alerts"]) == (2, 2)
    assert "1 rule added, 1 removed, 1 changed; 1 alert gained, 1 lost" in err
    assert any("+ when: trump W/3 kim" in line for line in run("diff", old, new, path)[1])


def test_diff_takes_git_revisions_of_the_folder(tmp_path: Path) -> None:
    """HEAD~1 is the folder as it was then, whatever it holds now."""
    folder = tmp_path / "repository" / "rules"
    folder.parent.mkdir()
    git = [
        "git",
        "-C",
        str(folder.parent),
        "-c",
        "user.name=t",
        "-c",
        "user.email=t@example.org",
        "-c",
        "commit.gpgsign=false",
    ]
    subprocess.run([*git, "init", "-q"], check=True)
    for when in ("kim", "kim AND trump"):
        rules(folder, one=when)
        subprocess.run([*git, "add", "."], check=True)
        subprocess.run([*git, "commit", "-qm", "rules"], check=True)
    rules(folder, one="golf")
    before = objects(run("diff", "HEAD~1", "HEAD", "--rules", str(folder), "--json")[1])
    assert [(entry["old"]["when"], entry["new"]["when"]) for entry in before] == [
        ("kim", "kim AND trump")
    ]
    now = objects(run("diff", "HEAD", str(folder), "--rules", str(folder), "--json")[1])
    assert [(entry["old"]["when"], entry["new"]["when"]) for entry in now] == [
        ("kim AND trump", "golf")
    ]


TEST = (
    "tests:\n  - article: {{body: Kim wrote to Kim and Trump., date: 2018-09-11}}\n"
    "    fires: {fires}\n    spans: [{spans}]\n"
)


@pytest.mark.parametrize(
    ("spans", "passed", "message"),
    [
        ("Kim, Trump", True, ""),
        ("Trump, Kim", True, ""),
        ("Kim", False, "it also marks “Trump”"),
        ("Kim, Trump, wrote", False, "it does not mark “wrote”"),
    ],
)
def test_a_test_may_say_which_words_are_marked(
    tmp_path: Path, spans: str, passed: bool, message: str
) -> None:
    """Each different span once, in any order; differences are reported."""
    path = tmp_path / "rules.yaml"
    path.write_text(
        RULE.format(id="one", when="kim AND trump") + TEST.format(fires="true", spans=spans),
        "utf-8",
    )
    code, out, _ = run("test", str(path), "--json")
    (results,) = objects(out)
    assert (results["passed"], code) == (passed, 0 if passed else 1)
    assert passed or results["told"] == message
    assert results["marked"] == ["Kim", "Trump"]


def test_words_of_a_test_that_must_not_fire_are_a_mistake(tmp_path: Path) -> None:
    """It is reported at its place, before any test runs."""
    path = tmp_path / "rules.yaml"
    path.write_text(
        RULE.format(id="one", when="kim") + TEST.format(fires="false", spans="Kim"), "utf-8"
    )
    code, out, _ = run("check", str(path), "--json")
    assert (code, objects(out)[0]["code"], objects(out)[0]["line"]) == (1, "bad-spans", 9)
