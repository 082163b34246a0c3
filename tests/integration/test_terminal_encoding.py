"""A command in a process of its own prints what its terminal can show."""

import os
from pathlib import Path

from tests.cli import run_process
from tests.unit.console.test_printing import PAGE


def test_a_real_process_prints_in_the_encoding_of_its_terminal(tmp_path: Path) -> None:
    """Python sets the streams up by its environment; help texts have frames and signs, too."""
    page = os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.html")
    Path(page).write_text(PAGE, "utf-8")
    for words in (["try", "clean", page], ["--help"], ["rules", "--help"]):
        result = run_process(*words, environment={"PYTHONIOENCODING": "ascii"})
        assert (result.code, result.err) == (0, "")
