"""Which processes `summitwire reload` signals."""

from pathlib import Path

import pytest

from services.console.reload import (
    RunningService,
    catches_sighup,
    find_running_services,
    service_of,
)

CATCHES, IGNORES = (
    "Name:\tpython\nSigCgt:\t0000000000004001\n",
    "Name:\tpython\nSigCgt:\t0000000000004002\n",
)


@pytest.mark.parametrize(
    ("command", "service"),
    [
        ("python -m services.console run alerting", "alerting"),
        ("/venv/bin/python3.12 -m services.console run alerting --only match", "alerting"),
        ("/usr/bin/python3 /venv/bin/summitwire run tagger", "tagger"),
        ("/sbin/docker-init -- python -m services.console run alerting", None),
        ("python -m services.console up", None),
        ("python -m services.console run", None),
        ("python -m services.console", None),
        ("python -m services.console run stranger", None),
        ("python -c import run tagger", None),
        ("less summitwire run tagger", None),
        ("python", None),
        ("", None),
    ],
)
def test_a_service_is_known_by_its_command_line(command: str, service: str | None) -> None:
    """Python with our module or script, not a program that has these words among its arguments."""
    assert service_of([*command.encode().split(), b""]) == service


def process(proc: Path, pid: int, command: str, status: str) -> None:
    folder = proc / str(pid)
    folder.mkdir()
    (folder / "cmdline").write_bytes(command.encode().replace(b" ", b"\0") + b"\0")
    (folder / "status").write_text(status)


def test_what_would_end_a_process_is_told_apart(tmp_path: Path) -> None:
    """A service without files to reload does not handle SIGHUP: the signal would end it."""
    process(tmp_path, 12, "python -m services.console run cleaner", IGNORES)
    process(tmp_path, 7, "python -m services.console run tagger", CATCHES)
    (tmp_path / "13").mkdir()
    (tmp_path / "self").mkdir()
    assert list(find_running_services(tmp_path, 0)) == [
        RunningService("tagger", 7, True),
        RunningService("cleaner", 12, False),
    ]


def test_other_users_processes_are_left_alone(tmp_path: Path) -> None:
    """They could not be signalled; root may signal every process."""
    process(tmp_path, 7, "python -m services.console run tagger", CATCHES)
    owner = tmp_path.stat().st_uid
    assert [len(list(find_running_services(tmp_path, user))) for user in (0, owner, owner + 1)] == [
        1,
        1,
        0,
    ]


def test_a_process_without_a_table_of_signals_answers_none() -> None:
    """Other systems' /proc may lack it."""
    assert not catches_sighup("")
