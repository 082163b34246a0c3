import json
from pathlib import Path

import pytest
import typer

from services.console.dry_run.match import try_match
from tests.cli import invoke

APP = typer.Typer()
APP.command()(try_match)


def run(folder: Path, when: str, *articles: str) -> tuple[int, list[dict[str, object]], str]:
    (folder / "rules.yaml").write_text(
        f"rules:\n  - {{id: one, title: T, severity: low, when: '{when}'}}\n"
        "  - {id: two, title: T, severity: low, when: golf}\n",
        "utf-8",
    )
    (folder / "articles.jsonl").write_text("\n".join(articles) + "\n", "utf-8")
    ended = invoke(APP, "--json", "--rules", str(folder), str(folder / "articles.jsonl"))
    return ended.code, [json.loads(line) for line in ended.lines], ended.err


def test_given_tags_are_word_positions_and_answers_are_code_points(tmp_path: Path) -> None:
    """Words 1 to 3 are returned as code points, in a text whose lower case has other offsets."""
    line = json.dumps(
        {
            "id": 7,
            "body": "İßİ: Mike Pompeo met Kim",
            "tags": {"actor(mike-pompeo)": [["body", 1, 3]]},
        },
        ensure_ascii=False,
    )
    code, answers, _ = run(tmp_path, "actor(mike-pompeo) W/2 kim", line)
    assert code == 0
    assert answers == [
        {"id": 7, "fires": ["one"], "spans": {"one": [["body", 5, 16], ["body", 21, 24]]}}
    ]


def test_without_tags_the_tagger_runs(tmp_path: Path) -> None:
    """Offices are those of the article's date."""
    lines = [
        json.dumps({"id": date, "headline": "Pompeo", "body": "Mike Pompeo spoke.", "date": date})
        for date in ("2018-09-12", "2017-09-12")
    ]
    _, answers, _ = run(tmp_path, "office(us-secretary-of-state)", *lines)
    assert [answer["fires"] for answer in answers] == [["one"], []]


def test_source_and_language_are_the_articles(tmp_path: Path) -> None:
    """Filters read what the line says."""
    line = json.dumps({"id": "a", "headline": "Kim", "source": "nikkei", "lang": "en", "tags": {}})
    assert run(tmp_path, "kim AND source(nikkei) AND lang(en)", line)[1] == [
        {"id": "a", "fires": ["one"], "spans": {"one": [["headline", 0, 3]]}}
    ]


def test_what_only_repeated_text_fires_is_suppressed_and_shown(tmp_path: Path) -> None:
    """An article with marks says so; the stretches that are shown are those of the rest."""
    lines = [
        json.dumps({"id": number, "body": "Kim left. Golf. Kim", "tags": {}, "repeated": marks})
        for number, marks in enumerate([[[10, 19]], []])
    ]
    assert run(tmp_path, "kim", *lines)[1] == [
        {"id": 0, "fires": ["one"], "spans": {"one": [["body", 0, 3]]}, "suppressed": ["two"]},
        {
            "id": 1,
            "fires": ["one", "two"],
            "spans": {"one": [["body", 0, 3], ["body", 16, 19]], "two": [["body", 10, 14]]},
        },
    ]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "articles.jsonl:1"),
        ('{"body": "x"}', "missing required field `id`"),
        ('{"id": 1, "body": "x", "date": "soon"}', "not a date"),
        (
            '{"id": 1, "body": "x", "tags": {"actor(a)": [["body", 0, 2]]}}',
            "words 0 to 2 are not in a body of 1 words",
        ),
    ],
)
def test_a_bad_article_says_which_line(tmp_path: Path, line: str, message: str) -> None:
    """Wrong input is exit code 2 and one line."""
    code, _, error = run(tmp_path, "kim", line)
    assert code == 2
    assert message in error


def test_bad_rules_are_exit_code_1(tmp_path: Path) -> None:
    """With the mistakes on standard error."""
    code, answers, error = run(tmp_path, "trump kim", "{}")
    assert (code, answers) == (1, [])
    assert "side by side" in error


@pytest.mark.parametrize(
    ("when", "tag"),
    [
        ("event(visit)", "event(visit)"),
        ("event(visit, status=any)", "event(visit, status=any)"),
        (
            "event(visit, status=denied, who=country(prk))",
            "event(visit,status=denied,who=country(PRK))",
        ),
        ('event(visit, to=country("North Korea"))', "event(visit, to=country(prk))"),
        ('country("North Korea")', "country(prk)"),
    ],
)
def test_tags_of_events_are_named_as_in_rules(tmp_path: Path, when: str, tag: str) -> None:
    """A line's own tag is found by the rule with the same text, blanks and case aside."""
    line = json.dumps({"id": 1, "body": "Kim went", "tags": {tag: [["body", 1, 2]]}})
    code, (found,), err = run(tmp_path, when, line)
    assert (code, err) == (0, "")
    assert found["spans"] == {"one": [["body", 4, 8]]}


def test_a_deck_is_the_second_text(tmp_path: Path) -> None:
    """Its spans say so, in reading order, and its tags count its words."""
    line = json.dumps(
        {
            "id": 1,
            "headline": "Kim",
            "deck": "Moon met Kim",
            "body": "Kim",
            "tags": {"actor(kim)": [["deck", 2, 3]]},
        }
    )
    _, (found,), _ = run(tmp_path, "kim OR actor(kim) OR deck(moon)", line)
    assert found["spans"] == {
        "one": [["headline", 0, 3], ["deck", 0, 4], ["deck", 9, 12], ["body", 0, 3]]
    }
