"""``summitwire silence``: what is refused before anything is written."""

from typing import Final

import pytest
from typer.testing import CliRunner

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
