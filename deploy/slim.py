"""Takes out of a virtual environment what no service needs when it runs: ``python3 slim.py /venv``, while the image is built.

Standard library only, and the image's own Python: nothing of the project is there yet.
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
"""Not needed to run: tools that install and build, and code for graphics cards."""
TESTS = ("tests", "testing/tests")
SOURCES = ("*.pyi", "*.pyx", "*.pxd", "*.pxi", "*.c", "*.cc", "*.cpp", "*.h", "*.hpp", "*.a")
"""What compiled modules were made of; types for editors."""
LOCALES = ("root.dat", "en.dat", "en_US.dat")
"""Of babel's: it names countries by its global table, and courlan asks it whether a language exists."""
LEXERS = ("__init__.py", "_mapping.py", "python.py", "special.py")
"""Of pygments': rich colours Python only, and only where SUMMITWIRE_DEBUG asks for it."""
UNSTRIPPED = "numpy*"
"""Libraries that patchelf has laid out, which strip can break; all others may lose their symbols for debuggers."""


def needless(packages: Path) -> Iterator[Path]:
    """Every file and folder to remove from a site-packages folder; what lies in a folder comes after it."""
    yield from (packages / name for name in PACKAGES)
    yield from packages.glob("pip-*.dist-info")
    yield from packages.glob("setuptools-*.dist-info")
    for package in ("numpy", "numba", "llvmlite", "lxml", "regex"):
        yield from (found for name in TESTS for found in (packages / package).rglob(name))
    yield from (found for pattern in SOURCES for found in packages.rglob(pattern))
    yield from (
        found
        for found in (packages / "babel" / "locale-data").glob("*.dat")
        if found.name not in LOCALES
    )
    yield from (
        found
        for found in (packages / "pygments" / "lexers").glob("*.py")
        if found.name not in LEXERS
    )


def remove(paths: Iterable[Path]) -> None:
    """Remove files and folders that are still there."""
    for path in list(paths):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def strip(packages: Path) -> None:
    """Remove debuggers' symbols from libraries, where the image's base has binutils."""
    numpy = set(packages.glob(UNSTRIPPED))
    libraries = [
        str(found) for found in packages.rglob("*.so*") if not numpy.intersection(found.parents)
    ]
    tool = shutil.which("strip")
    if tool is None:
        sys.stdout.write("no strip (binutils) here: the image is some 30 MB larger\n")
    elif libraries:
        subprocess.run([tool, "--strip-unneeded", *libraries], check=True)


def main() -> None:
    """Slim the environment that the command line names."""
    (packages,) = Path(sys.argv[1]).glob("lib/python3*/site-packages")
    remove(needless(packages))
    strip(packages)


if __name__ == "__main__":
    main()
