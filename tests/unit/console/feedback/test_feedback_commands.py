"""``summitwire feedback``: what is refused before anything is written."""

from typing import Final

import pytest
from typer.testing import CliRunner

from services.console.feedback.commands import app

STORY: Final = ("--story", "s", "--destination", "slack:a")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("acknowledge",), "say which message"),
        (("acknowledge", "--message", "a", *STORY), "say which message"),
        (("acknowledge", "--story", "s"), "add --destination slack:asia"),
        (("acknowledge", *STORY, "--author", " "), "say who you are"),
        (("acknowledge", *STORY, "-c", "x" * 501), "at most 500 characters"),
        (("wrong", *STORY), "say why: --why with one of off_topic"),
        (("wrong", *STORY, "--why", "boring"), "say why it is wrong: off_topic"),
        (("wrong", "--why", "denied"), "say which message"),
    ],
)
def test_bad_feedback_is_refused(arguments: tuple[str, ...], message: str) -> None:
    """With 2, and what to write instead."""
    ended = CliRunner().invoke(app, arguments)
    assert ended.exit_code == 2
    assert message in " ".join(ended.output.split())
