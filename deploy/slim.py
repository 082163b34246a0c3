"""Remove from a virtual environment what no service needs at run time: ``python3 slim.py /venv``.

Runs while the image is built, with the image's own Python and the standard library only, because
nothing of the project is installed yet.
"""

import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

PACKAGES = (
    "pip",
    "setuptools",
    "pkg_resources",
    "_distutils_hack",
    "distutils-precedence.pth",
    "wheel",
    "numpy/f2py",
    "numba/cuda",
)
"""Tools to install and build with, and code for graphics cards."""
TESTS = ("tests", "testing/tests")
SOURCES = ("*.pyi", "*.pyx", "*.pxd", "*.pxi", "*.c", "*.cc", "*.cpp", "*.h", "*.hpp", "*.a")
"""The sources of compiled modules, and types for editors."""
LOCALES = ("root.dat", "en.dat", "en_US.dat")
"""Of babel: its global table names countries, and courlan asks it whether a language exists."""
LEXERS = ("__init__.py", "_mapping.py", "python.py", "special.py")
"""Of pygments: rich only colours Python, and only if SUMMITWIRE_DEBUG is set."""
UNSTRIPPED = "numpy*"
"""Libraries that were laid out by patchelf, which strip can break."""


def iter_unneeded(packages: Path) -> Iterator[Path]:
    """Yield all files and folders to remove from site-packages; folders before their files."""
    yield from (packages / name for name in PACKAGES)
    yield from packages.glob("pip-*.dist-info")
    yield from packages.glob("setuptools-*.dist-info")
    for package in ("numpy", "numba", "llvmlite", "lxml", "regex"):
        yield from (path for name in TESTS for path in (packages / package).rglob(name))
    yield from (path for pattern in SOURCES for path in packages.rglob(pattern))
    yield from (
        path
        for path in (packages / "babel" / "locale-data").glob("*.dat")
        if path.name not in LOCALES
    )
    yield from (
        path for path in (packages / "pygments" / "lexers").glob("*.py") if path.name not in LEXERS
    )


def remove(paths: Iterable[Path]) -> None:
    """Remove files and folders, as far as they still exist."""
    for path in list(paths):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def strip_symbols(packages: Path) -> None:
    """Remove debug symbols from libraries, if the image's base has binutils."""
    numpy = set(packages.glob(UNSTRIPPED))
    libraries = [
        str(path) for path in packages.rglob("*.so*") if not numpy.intersection(path.parents)
    ]
    tool = shutil.which("strip")
    if tool is None:
        sys.stdout.write("no strip (binutils) here: the image is some 30 MB larger\n")
    elif libraries:
        subprocess.run([tool, "--strip-unneeded", *libraries], check=True)


def main() -> None:
    """Slim the environment that the command line names."""
    (packages,) = Path(sys.argv[1]).glob("lib/python3*/site-packages")
    remove(iter_unneeded(packages))
    strip_symbols(packages)


if __name__ == "__main__":
    main()
