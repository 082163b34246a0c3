"""``summitwire silence``: what is refused before anything is written."""

from pathlib import Path
from typing import Final

import pytest
from typer.testing import CliRunner

from services.alerting.routes.matchers import parse_matcher
from services.console.routes.label_values import describe_unknown_values
from services.console.silences.commands import app

WHY: Final = ("--comment", "why")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("rule=a",), "say why"),
        (("rule=a", "--comment", " "), "say why"),
        (WHY, "say what to silence"),
        (("rle=a", *WHY), "did you mean rule?"),
        (("severity=urgent", *WHY), "is not a severity"),
        (("rle=a", "severity=urgent", *WHY), "is not a severity"),
        (("--story", "xyz", *WHY), "'xyz' is no story"),
        (("rule=a", "--duration", "soon", *WHY), "write 10s, 5m, 4h or 7d"),
        (("rule=a", "--duration", "2h", "--end", "2027-01-01", *WHY), "not both"),
        (("rule=a", "--end", "tomorrow", *WHY), "'tomorrow' is not a time"),
        (("rule=a", "--end", "2018-01-01T00:00", *WHY), "before it begins"),
        (("rule=a", "--start", "2030-01-01", "--end", "2029-01-01", *WHY), "before it begins"),
        (("rule=a", "--duration", "0s", *WHY), "before it begins"),
        (("rule=a", "--duration", "400d", *WHY), "a year at most"),
    ],
)
def test_a_bad_silence_is_refused(arguments: tuple[str, ...], message: str) -> None:
    """With 2, and what to write instead."""
    ended = CliRunner().invoke(app, ["add", *arguments])
    assert ended.exit_code == 2
    assert message in " ".join(ended.output.split())


RULES: Final = """
rules: [{id: second-summit, title: A, severity: low, owner: asia, when: actor(kim-jong-un)}]
"""


@pytest.fixture
def rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Set RULES_DIR to a folder with one rule."""
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "rules.yaml").write_text(RULES)
    monkeypatch.setenv("RULES_DIR", str(folder))
    return folder


@pytest.mark.parametrize(
    ("matcher", "expected"),
    [
        ("rule=second-sumit", "no rule is called 'second-sumit' in {rules}; did you mean second-"),
        ("rule=~third-.*", "no rule is called 'third-.*' in {rules}"),
        ("owner!=europe", "no owner is called 'europe' in {rules}"),
        ("actor=kim-jong-uno", "no actor is called 'kim-jong-uno' in "),
        ("country=xyz", "no country is called 'xyz' in "),
        ("rule=second-summit", ""),
        ("rule=~second.*|third", ""),
        ("owner=", ""),
        ("actor=kim-jong-un", ""),
        ("country=prk", ""),
        ("source=nobody-knows", ""),
        ("severity>=high", ""),
    ],
)
def test_a_value_that_no_alert_has_is_warned_of(rules: Path, matcher: str, expected: str) -> None:
    """Who mistypes would believe that it is silent now."""
    shown = list(describe_unknown_values([parse_matcher("severity=low"), parse_matcher(matcher)]))
    assert len(shown) == bool(expected)
    assert all(each.startswith("warning: " + expected.format(rules=rules)) for each in shown)


@pytest.mark.parametrize("content", [None, "rules: [", "rules: [{id: A}]"])
def test_without_readable_files_nothing_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str | None
) -> None:
    """The services may run elsewhere."""
    for name in ("RULES_DIR", "ACTORS_DIR"):
        monkeypatch.setenv(name, str(tmp_path / name))
    if content is not None:
        (tmp_path / "RULES_DIR").mkdir()
        (tmp_path / "RULES_DIR" / "bad.yaml").write_text(content)
    matchers = [parse_matcher("rule=nosuch"), parse_matcher("actor=nosuch")]
    assert list(describe_unknown_values(matchers)) == []


def test_settings_that_are_wrong_are_not_its_business(monkeypatch: pytest.MonkeyPatch) -> None:
    """Doctor names them; a silence is added all the same."""
    monkeypatch.setenv("GROUP_WAIT", "soon")
    assert list(describe_unknown_values([parse_matcher("rule=nosuch")])) == []


@pytest.mark.parametrize("text", ["nosuch", "slak:ops", "slack:", "slack:a b"])
def test_a_destination_that_is_none_is_refused(text: str) -> None:
    """It would silence nothing."""
    ended = CliRunner().invoke(app, ["add", "rule=a", *WHY, "--destination", text])
    assert ended.exit_code == 2
    assert "is not a destination" in " ".join(ended.output.split())
