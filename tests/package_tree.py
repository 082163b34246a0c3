"""Print the packages as a tree, each with the first line of its docstring.

README.md shows the tree; tests/contract/test_documents_name_files.py compares the two.
After a change: ``python -m tests.package_tree --write``.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
README: Final = ROOT / "README.md"
FOLDERS: Final = ("services", "shared")
DEPTH: Final = 2
"""Levels below a folder that are shown: a service and its packages."""
COLUMN: Final = 19
BLOCK: Final = re.compile(r"(?<=```text\n)services/\n.*?(?=```)", re.DOTALL)


def summary(package: Path) -> str:
    """Return the first line of a package's docstring, without its markup and final period."""
    source = (package / "__init__.py").read_text("utf-8")
    docstring = ast.get_docstring(ast.parse(source)) or ""
    return docstring.partition("\n")[0].removesuffix(".").replace("``", "")


def lines(folder: Path, level: int = 0) -> Iterator[str]:
    """Yield one line for a folder and for each package in it."""
    name = f"{'  ' * level}{folder.name}/"
    yield name if level == 0 else f"{name:{COLUMN}}{summary(folder)}"
    if level < DEPTH:
        for package in sorted(path.parent for path in folder.glob("*/__init__.py")):
            yield from lines(package, level + 1)


def tree() -> str:
    """Return the whole tree, as README.md shows it."""
    return "".join(f"{line}\n" for folder in FOLDERS for line in lines(ROOT / folder))


def main() -> None:
    """Print the tree, or write it into README.md."""
    if "--write" in sys.argv:
        README.write_text(BLOCK.sub(lambda _: tree(), README.read_text("utf-8")), "utf-8")
    else:
        sys.stdout.write(tree())


if __name__ == "__main__":
    main()
