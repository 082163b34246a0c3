"""``rules check --budget``: refuses a rule that would send more messages a day, and says so."""

import json
from pathlib import Path

import pytest

from services.console.rules.commands import app
from tests.builders import invent_words
from tests.cli import invoke

RULE = """\
id: {id}
title: T
severity: high
when: {when}
notify: [slack:newsroom]
"""


def write_rule(folder: Path, rule_id: str, when: str, more: str = "") -> str:
    path = folder / f"{rule_id}.yaml"
    path.write_text(RULE.format(id=rule_id, when=when) + more, "utf-8")
    return str(path)


def write_articles(folder: Path, per_day: list[int], *, copies: bool = False) -> str:
    """Write stories about Kim, so many on each day; ``copies``: each day's are one story."""
    lines = []
    for day, count in enumerate(per_day, start=1):
        for number in range(count):
            words = invent_words(100 * day + (0 if copies else number))
            article = {
                "id": f"{day}-{number}",
                "headline": f"Kim {' '.join(words[:5])}",
                "body": f"{' '.join(words[5:12])}. {' '.join(words[12:])}. Kim wrote.",
                "source": "wire",
                "published": f"2018-09-{day:02}T{8 + number // 4:02}:{number % 4 * 10:02}:00Z",
            }
            lines.append(json.dumps(article) + "\n")
    path = folder / "articles.jsonl"
    path.write_text("".join(lines), "utf-8")
    return str(path)


def check(*arguments: str) -> tuple[int, str, str]:
    ended = invoke(app, "check", *arguments)
    return ended.code, ended.out, ended.err


def test_a_rule_over_budget_is_refused_with_rule_figure_days_and_place(tmp_path: Path) -> None:
    """The worst day decides; one line in promtool's form, exit 1."""
    rule = write_rule(tmp_path, "kim", "kim")
    articles = write_articles(tmp_path, [1, 2, 5, 1, 1, 4, 1])
    code, out, err = check(rule, "--budget", "3/day", "--articles", articles)
    assert code == 1
    assert out.startswith(
        f"{rule}:4:1: error: kim: 5 messages to slack:newsroom on 2018-09-03, over its budget of "
        "3/day on 2 of 7 days; 2.1 a day on average (15 first; from 15 alerts); narrow it"
    )
    assert "measured on 15 articles of 7 days, 2018-09-01 to 2018-09-07" in err
    assert err.rstrip().endswith("1 error, 0 warnings")


def test_as_many_messages_as_the_budget_are_within_it(tmp_path: Path) -> None:
    """Seven days are enough to say so; JSON has the figures."""
    rule = write_rule(tmp_path, "kim", "kim")
    articles = write_articles(tmp_path, [3, 2, 3, 1, 1, 1, 1])
    code, out, err = check(rule, "--budget", "3/day", "--articles", articles, "--json")
    assert code == 0
    assert "too few" not in err
    assert json.loads(out) == {
        "kind": "budget",
        "rule": "kim",
        "budget": 3,
        "verdict": "within",
        "days": 7,
        "articles": 12,
        "alerts": 12,
        "destination": "slack:newsroom",
        "messages": 12,
        "messages_per_day": 1.71,
        "most_messages": 3,
        "day": "2018-09-01",
        "days_over": 0,
    }


def test_messages_are_counted_and_not_alerts(tmp_path: Path) -> None:
    """Eight copies a day raise eight alerts and one message."""
    rule = write_rule(tmp_path, "kim", "kim")
    articles = write_articles(tmp_path, [8] * 7, copies=True)
    code, out, _ = check(rule, "--budget", "1/day", "--articles", articles, "--json")
    (line,) = map(json.loads, out.splitlines())
    assert (code, line["verdict"], line["alerts"], line["messages"]) == (0, "within", 56, 7)


def test_few_days_cannot_say_that_a_rule_stays_within_budget(tmp_path: Path) -> None:
    """It is said, and not refused; a day over the budget is refused however few there are."""
    rule = write_rule(tmp_path, "kim", "kim")
    articles = write_articles(tmp_path, [2, 4])
    code, out, err = check(rule, "--budget", "4/day", "--articles", articles)
    assert (code, out) == (0, "")
    assert "too few days to judge 1 rule: 7 with articles are needed" in err
    assert "there are 2" in err
    code, out, _ = check(rule, "--budget", "3/day", "--articles", articles)
    assert code == 1
    assert "4 messages to slack:newsroom on 2018-09-02" in out


def test_a_rule_has_its_own_budget(tmp_path: Path) -> None:
    """Over its own it is a warning, over --budget an error; the lower of the two counts."""
    rules = tmp_path / "rules"
    rules.mkdir()
    write_rule(rules, "free", "kim")
    own = write_rule(rules, "own", "wrote", "budget: 2/day\n")
    articles = write_articles(tmp_path, [3] * 7)
    code, out, err = check(str(rules), "--articles", articles)
    assert code == 0
    assert out.startswith(f"{own}:4:1: warning: own: 3 messages to slack:newsroom on 2018-09-01")
    assert "1 warning" in err
    code, out, _ = check(str(rules), "--articles", articles, "--budget", "20/day")
    assert (code, out.count("error: own"), out.count("error: free")) == (1, 1, 0)
    code, out, _ = check(str(rules), "--articles", articles, "--budget", "1/day", "--json")
    errors = [line for line in map(json.loads, out.splitlines()) if line.get("level") == "error"]
    assert (code, [line["rule"] for line in errors]) == (1, ["free", "own"])
    assert {line["code"] for line in errors} == {"over-budget"}


def test_routes_count_each_receiver_by_itself(tmp_path: Path) -> None:
    """A digest makes one message of a day's stories; two receivers of three are not six."""
    rule = write_rule(tmp_path, "kim", "kim")
    articles = write_articles(tmp_path, [3] * 7)
    (tmp_path / "routes.yaml").write_text(
        "digests: [{name: daily, zone: UTC, at: ['20:00']}]\n"
        "receivers: [{name: desk, notify: [slack:desk]}]\n"
        "route: {receiver: desk, digest: daily}\n",
        "utf-8",
    )
    measured = ["--articles", articles, "--routes", str(tmp_path / "routes.yaml")]
    code, out, _ = check(rule, *measured, "--budget", "3/day")
    assert (code, out) == (0, "")
    code, out, _ = check(rule, *measured, "--budget", "1/day")
    assert (code, "slack:newsroom on" in out, "slack:desk" in out) == (1, True, False)


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--budget", "20/day"], 2, "say which with --from-topic, or --articles"),
        (["--budget", "20", "--articles", "ARTICLES"], 2, "invalid budget '20': write 50/day"),
        (["--budget", "-1/day", "--articles", "ARTICLES"], 2, "invalid budget '-1/day'"),
        (["--from-topic", "--articles", "ARTICLES"], 2, "either --from-topic or the files"),
        (["--since", "7d", "--articles", "ARTICLES"], 2, "--since goes with --from-topic"),
        (["--budget", "1/day", "--articles", "EMPTY"], 1, "no article was found"),
        (
            ["--budget", "1/day", "--articles", "ARTICLES", "--routes", "ROUTES"],
            1,
            "fix the routes",
        ),
    ],
)
def test_wrong_use_says_how_to_fix_it(
    tmp_path: Path, arguments: list[str], code: int, message: str
) -> None:
    (tmp_path / "empty.jsonl").write_text("", "utf-8")
    (tmp_path / "routes.yaml").write_text("route: {receiver: nobody}\n", "utf-8")
    names = {
        "ARTICLES": write_articles(tmp_path, [1]),
        "EMPTY": str(tmp_path / "empty.jsonl"),
        "ROUTES": str(tmp_path / "routes.yaml"),
    }
    rule = write_rule(tmp_path, "kim", "kim")
    exit_code, _, err = check(rule, *(names.get(each, each) for each in arguments))
    assert exit_code == code
    assert message in err


@pytest.mark.parametrize("written", ["20", "20/week", "many", "[20]", "-3/day"])
def test_a_bad_budget_is_a_mistake_of_the_file(tmp_path: Path, written: str) -> None:
    """With its place, and an example."""
    rule = write_rule(tmp_path, "kim", "kim", f"budget: {written}\n")
    code, out, err = check(rule, "--budget", "1/day", "--articles", write_articles(tmp_path, [1]))
    assert code == 1
    assert out.startswith(f"{rule}:6:9: error:")
    assert "is not a budget; write 20/day" in out
    assert "no budget was measured: fix the errors first" in err
