"""README.md, CONTRIBUTING.md and docs/*.md name files, commands and targets that exist."""

import importlib.util
import re
import subprocess
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest

from tests import package_tree
from tests.cli import iter_commands

ROOT: Final = Path(__file__).parents[2]
DOCUMENTS: Final = [
    path.relative_to(ROOT).as_posix()
    for path in [
        ROOT / "README.md",
        ROOT / "CONTRIBUTING.md",
        *sorted((ROOT / "docs").glob("*.md")),
    ]
]
FOLDERS: Final = "services|shared|tests|docs|bench|deploy|seeds|training"
PATH: Final = re.compile(rf"(?<![\w/.…-])(?:{FOLDERS})/[\w./*-]*\w")
FILE: Final = re.compile(r"(?<![\w/.<>*-])(?:[\w-]+/)*[\w-]+\.(?:py|js|html)\b")
SHELL: Final = re.compile(r"^```(?:sh|console)$.*?^```$|`[^`]+`", re.MULTILINE | re.DOTALL)
OTHER_BLOCK: Final = re.compile(r"^```(?!sh$|console$)\w.*?^```$", re.MULTILINE | re.DOTALL)
COMMAND: Final = re.compile(r"\bsummitwire((?: [a-z][a-z-]*)+)([^`\n#|]*)")
TARGET: Final = re.compile(r"\bmake\s([a-z-]+)")
MODULE: Final = re.compile(r"python -m ([\w.]+)")
TRANSIENT: Final = "__pycache__"
"""Written at run time: a folder that a document may name although a fresh clone has none."""


def text(document: str) -> str:
    """Return the text of a document."""
    return (ROOT / document).read_text("utf-8")


def code(document: str) -> str:
    """Return a document's shell commands and the like: blocks of shell, and inline spans."""
    return "\n".join(SHELL.findall(OTHER_BLOCK.sub("", text(document))))


@cache
def project_files() -> frozenset[str]:
    """Return the files that git tracks or would track, as ``/services/…``."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listing = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return frozenset(f"/{line}" for line in listing.splitlines())


def missing_paths(content: str) -> list[str]:
    """Return the paths from the project's folder that lead nowhere; ``*`` must match something."""
    paths = sorted(set(PATH.findall(content)))
    return [path for path in paths if TRANSIENT not in path and not any(ROOT.glob(path))]


def missing_files(content: str) -> list[str]:
    """Return the names of files, such as ``titles/headline.py``, that no file's path ends with."""
    names = sorted(set(FILE.findall(content)))
    return [name for name in names if not any(f.endswith(f"/{name}") for f in project_files())]


@cache
def commands() -> dict[str, Any]:
    """Return every command by the words that call it, such as ``rules check``."""
    return dict(iter_commands())


def command_problem(words: list[str], options: list[str]) -> str:
    """Return what is wrong with a command as a document writes it; nothing if it is right.

    ``words`` may go on with arguments of the command.
    """
    called = words[0]
    for word in words[1:]:
        if not hasattr(commands().get(called), "commands"):
            break
        called = f"{called} {word}"
    if called not in commands():
        return f"no command {called}"
    names = {name for option in commands()[called].params for name in option.opts} | {"--help"}
    absent = [option for option in options if option not in names]
    return f"{called} has no {', '.join(absent)}" if absent else ""


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_path_exists(document: str) -> None:
    """A reader can open each file and folder that a document names from the project's folder."""
    assert missing_paths(text(document)) == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_file_name_exists(document: str) -> None:
    """A file that a document names by its last parts alone is somewhere in the project."""
    assert missing_files(text(document)) == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_command_exists(document: str) -> None:
    """Each ``summitwire`` command exists, with the options that follow it."""
    uses = {
        (tuple(words.split()), tuple(re.findall(r"(?<!\S)--[a-z-]+", arguments)))
        for words, arguments in COMMAND.findall(code(document))
    }
    problems = [command_problem([*words], [*options]) for words, options in sorted(uses)]
    assert [problem for problem in problems if problem] == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_target_and_module_exists(document: str) -> None:
    """``make TARGET`` and ``python -m MODULE`` work."""
    targets = set(re.findall(r"^([a-z-]+):", text("Makefile"), re.MULTILINE))
    assert set(TARGET.findall(code(document))) <= targets
    modules = {name for name in MODULE.findall(code(document)) if "." in name}
    assert [name for name in modules if importlib.util.find_spec(name) is None] == []


def test_the_readme_shows_the_packages() -> None:
    """Its tree is the packages' docstrings: ``python -m tests.package_tree --write``."""
    assert f"```text\n{package_tree.tree()}```" in text("README.md")


def test_every_package_says_what_it_is_for() -> None:
    """In the first line of its docstring, at any depth."""
    packages = [
        path.parent
        for folder in package_tree.FOLDERS
        for path in (ROOT / folder).rglob("__init__.py")
    ]
    assert [package for package in packages if not package_tree.summary(package)] == []


@pytest.mark.parametrize(
    ("content", "missing"),
    [
        ("see `services/cleaner/page/titles/headline.py` and docs/rules.md.", []),
        ("tests/contract/golden/, tests/unit/<service>/test_<step>.py", []),
        ("all of seeds/actors/*.yaml", []),
        ("see `services/alerting/courier.py`.", ["services/alerting/courier.py"]),
        ("all of seeds/actors/*.toml", ["seeds/actors/*.toml"]),
        ("the folder docs/drawings/ has them", ["docs/drawings"]),
    ],
)
def test_a_stale_path_is_found(content: str, missing: list[str]) -> None:
    """The search above reports it; paths with placeholders are checked up to the placeholder."""
    assert missing_paths(content) == missing


@pytest.mark.parametrize(
    ("content", "missing"),
    [
        ("`headline.py` and titles/headline.py", []),
        ("`courier.py` and deliver/headline.py", ["courier.py", "deliver/headline.py"]),
    ],
)
def test_a_stale_file_name_is_found(content: str, missing: list[str]) -> None:
    """Also one whose folder is not the file's."""
    assert missing_files(content) == missing


@pytest.mark.parametrize(
    ("words", "options", "problem"),
    [
        (["rules", "check"], ["--expr"], ""),
        (["rulez"], [], "no command rulez"),
        (["rules", "chekc"], [], "no command rules chekc"),
        (["run", "cleaner"], [], ""),
        (["rules", "check"], ["--no-such"], "rules check has no --no-such"),
    ],
)
def test_a_stale_command_is_found(words: list[str], options: list[str], problem: str) -> None:
    """Its name, and the names of its options."""
    assert command_problem(words, options) == problem
