import json
from pathlib import Path

from services.console.rules.commands import app
from tests.cli import CommandResult, invoke

BODIES = (
    *(f"Pyongyang launched a missile from Wonsan, part {n}, Seoul said." for n in range(4)),
    *(f"Pyongyang launched a projectile from Wonsan, part {n}, Seoul said." for n in range(3)),
    *(f"Carmakers fear tariffs on steel, part {n}." for n in range(20)),
)


def corpus(folder: Path) -> str:
    path = folder / "articles.jsonl"
    lines = (
        json.dumps(
            {"id": str(n), "headline": f"News {n}", "body": body, "date": f"2019-05-{n + 1:02}"}
        )
        for n, body in enumerate(BODIES)
    )
    path.write_text("\n".join(lines), "utf-8")
    return str(path)


def missed(*arguments: str) -> CommandResult:
    return invoke(app, "missed", *arguments)


def test_words_to_add_are_printed_with_their_cost(tmp_path: Path) -> None:
    """26 days of articles: three more of them are a bit more than a message in ten days."""
    ended = missed("--expr", "missile*", corpus(tmp_path))
    assert ended.code == 0
    assert "expr fires on 4 of 27 articles (26.0 days)" in ended.out
    assert "projectile: 3 of these and 0 other articles, 0.12 messages a day" in ended.out
    assert "as: missile* OR projectile" in ended.out


def test_json_is_one_object(tmp_path: Path) -> None:
    """A program reads the same facts."""
    report = json.loads(missed("--expr", "missile*", corpus(tmp_path), "--json").out)
    assert (report["rule"], report["hits"], report["articles"]) == ("expr", 4, 27)
    assert {"word", "clause", "articles", "similar", "messages_per_day", "rule"} == set(
        report["suggestions"][0]
    )


def test_a_rule_is_named_by_its_id(tmp_path: Path) -> None:
    """The rule comes first, the articles after it."""
    rules = tmp_path / "rules.yaml"
    rules.write_text(
        "id: launches\ntitle: T\nseverity: low\nnotify: [slack:x]\nwhen: missile*\n", "utf-8"
    )
    ended = missed("launches", corpus(tmp_path), "--rules", str(rules))
    assert ended.out.startswith("launches fires on 4 of 27 articles")


def test_a_rule_without_hits_is_an_error(tmp_path: Path) -> None:
    """The command says that there is nothing to compare with, and what to do."""
    ended = missed("--expr", "submarine", corpus(tmp_path))
    assert ended.code == 1
    assert "fires on none of 27 articles" in ended.err
    assert "widen it first" in ended.err


def test_wrong_use_is_refused(tmp_path: Path) -> None:
    """Either files or the topic, and --since only with the topic."""
    assert missed("--expr", "missile*").code == 2
    assert missed("--expr", "missile*", corpus(tmp_path), "--from-topic").code == 2
    assert missed("--expr", "missile*", corpus(tmp_path), "--since", "7d").code == 2
    assert missed("--expr", "missile*", str(tmp_path / "nothing.jsonl")).code == 2
