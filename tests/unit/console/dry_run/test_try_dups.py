"""``try dups``: its fixed shape, and what it says of bad input."""

import json
from pathlib import Path

import pytest
import typer

from services.console.dry_run.dups import try_dups

BODY = (
    "The two delegations met for three hours on Tuesday and agreed to meet again "
    "before the end of the month, a spokeswoman for the ministry said."
)


def articles(path: Path, *bodies: str) -> Path:
    path.write_text(
        "".join(
            json.dumps({"id": f"a{number}", "title": f"Title {number}", "body": body}) + "\n"
            for number, body in enumerate(bodies)
        )
    )
    return path


def test_a_line_a_story_with_more_than_one_article(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ids in their order, nothing for articles that are alone."""
    try_dups(
        [
            articles(
                tmp_path / "a.jsonl", BODY, "Something else altogether was said.", BODY + " More."
            )
        ],
        json_=True,
    )
    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == [
        {"group": ["a0", "a2"]}
    ]


def group(tmp_path: Path, capsys: pytest.CaptureFixture[str], *lines: dict[str, str]) -> list[str]:
    path = tmp_path / "a.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    try_dups([path], json_=True)
    return [", ".join(json.loads(line)["group"]) for line in capsys.readouterr().out.splitlines()]


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (("2018-05-01", "2019-05-01"), []),
        (("2018-05-01", "2018-05-20"), ["0, 1"]),
        (("2018-05-01T00:00:00Z", "2018-06-10T09:00:00+09:00"), []),
        (("2019-05-01", "2018-05-01", "2019-05-03"), ["0, 2"]),
        (("2018-05-01", "2018-05-25", "2018-06-15"), ["0, 1, 2"]),
        (("2018-05-01", ""), ["0, 1"]),
    ],
)
def test_the_same_text_next_year_is_another_story(
    days: tuple[str, ...], expected: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An annual announcement is as old as it says; an article without a date is of any day."""
    lines = [
        {"id": str(number), "body": BODY} | ({"published": day} if day else {})
        for number, day in enumerate(days)
    ]
    assert group(tmp_path, capsys, *lines) == expected


def test_the_opposite_news_is_another_story(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In the same words, but for "not"."""
    denied = BODY.replace("agreed to meet", "did not agree to meet")
    lines = [{"id": "yes", "body": BODY}, {"id": "no", "body": denied}, {"id": "re", "body": BODY}]
    assert group(tmp_path, capsys, *lines) == ["yes, re"]


def test_people_read_titles(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without --json, a heading and a line an article."""
    try_dups([articles(tmp_path / "a.jsonl", BODY, BODY)])
    assert capsys.readouterr().out.splitlines()[:2] == ["2 copies", "  a0    Title 0"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", ":1:2: not JSON"),
        ('{"title": "x"}', "missing required field `id`"),
        (None, "cannot be read"),
    ],
)
def test_what_is_not_an_article_is_reported_with_its_place(
    text: str | None, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """File and line, and exit code 2."""
    path = tmp_path / "a.jsonl"
    if text is not None:
        path.write_text(text)
    with pytest.raises(typer.Exit) as ended:
        try_dups([path], json_=True)
    assert ended.value.exit_code == 2
    assert says in capsys.readouterr().err
