"""Every sub-command has help with an example, whose first line its group prints."""

import inspect
import subprocess
import sys

import pytest

from services.console.__main__ import COMMANDS, build_app
from services.console.lazy import LazyGroup
from tests.cli import invoke, iter_commands

ALL = dict(iter_commands())
LEAVES = [words for words, command in ALL.items() if not hasattr(command, "commands")]
GROUPS = [words for words, command in ALL.items() if isinstance(command, LazyGroup)]

SLOW = ("aiokafka", "numpy", "pydantic_settings", "structlog")


def first_line(words: str) -> str:
    """The first paragraph of a command's own help, as its group prints it."""
    return inspect.cleandoc(ALL[words].help or "").split("\n\n")[0].replace("\n", " ")


@pytest.mark.parametrize("group", GROUPS)
def test_a_group_says_what_its_commands_say(group: str) -> None:
    """The line in the group's table is the first paragraph of the command's own help."""
    sources = ALL[group].sources
    assert {name: source.summary for name, source in sources.items()} == {
        name: first_line(f"{group} {name}".strip()) for name in sources
    }


@pytest.mark.parametrize("words", LEAVES)
def test_every_command_has_an_example(words: str) -> None:
    """In its help or below it, and it calls this very command."""
    text = f"{ALL[words].help}\n{ALL[words].epilog or ''}"
    assert f"summitwire {words}" in text.partition("Example: ")[2]


@pytest.mark.parametrize("words", ALL)
def test_help_is_printed_for_every_command(words: str) -> None:
    """Exit code 0, and the first line of the help is on the page."""
    ended = invoke(build_app(), *words.split(), "--help")
    assert ended.code == 0
    assert first_line(words).split()[0] in ended.out


def test_a_typo_is_met_with_the_nearest_command() -> None:
    """Although no sub-command has been imported."""
    ended = invoke(build_app(), "rulez")
    assert ended.code == 2
    assert "Did you mean 'rules'" in ended.err


@pytest.mark.parametrize(
    ("line", "expected"),
    [("summitwire ", set(COMMANDS)), ("summitwire rules wh", {"why", "why-not"})],
)
def test_the_shell_completes_commands(line: str, expected: set[str]) -> None:
    """At each level; in a process of its own, as a shell calls it."""
    environment = {
        "_SUMMITWIRE_COMPLETE": "complete_bash",
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(line.split(" ")) - 1),
    }
    command = [sys.executable, "-m", "services.console"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert expected == set(done.stdout.split())


@pytest.mark.parametrize(
    ("words", "unused"),
    [
        ("--help", (*SLOW, "msgspec", "yaml")),
        ("rules --help", (*SLOW, "msgspec", "yaml")),
        ("rules check", (*SLOW, "trafilatura")),
        ("topics list", (*SLOW, "yaml")),
    ],
)
def test_a_command_imports_only_what_it_uses(words: str, unused: tuple[str, ...]) -> None:
    """Start-up is most of what a short command costs."""
    code = (
        "import sys\nfrom services.console.__main__ import main\n"
        f"sys.argv[1:] = {words.split()!r}\n"
        "try:\n    main()\nfinally:\n"
        f"    print('imported:', *({set(unused)!r} & sys.modules.keys()))"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "imported:"
