"""Measure how the code is named: ``python -m tests.naming [FOLDER …]`` prints a table.

tests/contract/test_names.py holds the code to it; docs/glossary.md has the words to use instead.
"""

import ast
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
FOLDERS: Final = ("services", "shared")
RETIRED: Final = frozenset(
    [
        *("anew", "asked", "both", "done", "each", "found", "given", "here", "held", "kept"),
        *("known", "least", "made", "marked", "more", "most", "named", "one", "ones"),
        *("others", "ours", "placed", "rest", "said", "seen", "settled", "shown", "taken"),
        *("there", "told", "wanted", "what", "who"),
    ]
)
"""Words that say nothing of what they name, or that only this project used."""
PARTICIPLE: Final = re.compile(
    r"^(?:[a-z]+ed|told|kept|read|found|made|seen|known|held|cut|left|said|shown|given|taken|"
    r"written|chosen|drawn|grown|hidden|spoken|broken)$"
)
NOT_A_PARTICIPLE: Final = frozenset({"embed", "feed", "need", "seed", "shed", "speed"})


@dataclass(frozen=True)
class Name:
    """An identifier where it is introduced: a function, a parameter or an attribute."""

    path: Path
    line: int
    kind: str
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.kind} {self.text}"


def python_files(folders: Iterable[str] = FOLDERS) -> list[Path]:
    """Return the Python files of the folders, relative to the project."""
    files = (path for folder in folders for path in sorted((ROOT / folder).rglob("*.py")))
    return [path.relative_to(ROOT) for path in files]


def names_in(path: Path) -> Iterator[Name]:
    """Yield every function, parameter and attribute that a file introduces."""
    for node in ast.walk(ast.parse((ROOT / path).read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield Name(path, node.lineno, "function", node.name)
        elif isinstance(node, ast.arg):
            yield Name(path, node.lineno, "parameter", node.arg)
        elif isinstance(node, ast.ClassDef):
            fields = (each for each in node.body if isinstance(each, ast.AnnAssign))
            for target in (field.target for field in fields):
                if isinstance(target, ast.Name):
                    yield Name(path, target.lineno, "attribute", target.id)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield Name(path, node.lineno, "attribute", node.attr)


def retired_names(paths: Iterable[Path]) -> list[Name]:
    """Return the names that are a retired word, leading underscores aside."""
    return [name for path in paths for name in names_in(path) if name.text.strip("_") in RETIRED]


def class_names(paths: Iterable[Path]) -> dict[str, list[Path]]:
    """Return each class name and the files that define it."""
    classes: dict[str, list[Path]] = {}
    for path in paths:
        for node in ast.walk(ast.parse((ROOT / path).read_text("utf-8"))):
            if isinstance(node, ast.ClassDef):
                classes.setdefault(node.name, []).append(path)
    return classes


def is_participle(function: str) -> bool:
    """Return whether a function's name opens with a participle: ``settled``, ``read_back``."""
    first = function.strip("_").partition("_")[0]
    return bool(PARTICIPLE.match(first)) and first not in NOT_A_PARTICIPLE


def figures(folder: str) -> dict[str, str]:
    """Return the figures of a folder, ready to print."""
    paths = python_files([folder])
    introduced = [name for path in paths for name in names_in(path)]
    functions = [name.text for name in introduced if name.kind == "function"]
    twice = [name for name, files in class_names(paths).items() if len(set(files)) > 1]
    per_folder = Counter(path.parent for path in paths)
    return {
        "names": str(len(introduced)),
        "retired": str(len(retired_names(paths))),
        "functions": str(len(functions)),
        "participles": f"{sum(map(is_participle, functions)) / len(functions):.1%}",
        "classes twice": str(len(twice)),
        "largest folder": str(max(per_folder.values())),
    }


def main(folders: list[str]) -> None:
    """Print the figures of each folder, and the retired words it uses most."""
    for folder in folders or FOLDERS:
        line = " · ".join(f"{what} {figure}" for what, figure in figures(folder).items())
        counts = Counter(name.text.strip("_") for name in retired_names(python_files([folder])))
        print(f"{folder}: {line}")  # noqa: T201 - what this script is for
        print("  " + ", ".join(f"{word} {n}" for word, n in counts.most_common(12)))  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])
