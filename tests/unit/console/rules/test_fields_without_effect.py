"""What a rule says without effect is reported where results could seem to include it."""

from pathlib import Path

import pytest

from services.console.rules.commands import app
from tests.cli import invoke

RULE = """\
id: letters
title: A letter from Kim
severity: medium
when: letter
notify: [slack:newsroom]
tests:
  - article: {body: Kim sent a letter.}
    fires: true
"""
ARTICLE = (
    '{"id": "a1", "headline": "Kim writes", "body": "Kim sent a letter.", "date": "2018-09-10"}\n'
)


@pytest.mark.parametrize("command", ["check", "test", "backtest"])
@pytest.mark.parametrize("group", ["", "group: {wait: 2m}\n"], ids=["without", "with"])
def test_commands_say_that_group_has_no_effect(tmp_path: Path, command: str, group: str) -> None:
    """It is a warning, so that the exit code is still 0."""
    rule, articles = tmp_path / "rule.yaml", tmp_path / "articles.jsonl"
    rule.write_text(RULE + group, "utf-8")
    articles.write_text(ARTICLE, "utf-8")
    arguments = [str(articles), "--rules", str(rule)] if command == "backtest" else [str(rule)]
    ended = invoke(app, command, *arguments)
    assert ended.code == 0, ended.out + ended.err
    is_reported = "rule.yaml:9:1: warning: group has no effect" in ended.out + ended.err
    assert is_reported is bool(group)
