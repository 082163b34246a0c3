"""Only files that never run are removed from the image."""

import runpy
from pathlib import Path

import pytest

SLIM = runpy.run_path(str(Path(__file__).parents[2] / "deploy" / "slim.py"))
GOES = (
    "pip/__init__.py",
    "pip-24.0.dist-info/METADATA",
    "numpy/f2py/x.py",
    "numpy/core/tests/test_x.py",
    "numba/cuda/x.py",
    "lxml/etree.pyx",
    "uvloop/loop.c",
    "yaml/__init__.pyi",
    "babel/locale-data/de.dat",
    "pygments/lexers/ada.py",
)
STAYS = (
    "numpy/__init__.py",
    "numba/core/x.py",
    "numba-0.68.dist-info/METADATA",
    "lxml/etree.so",
    "babel/global.dat",
    "babel/locale-data/root.dat",
    "babel/locale-data/en.dat",
    "pygments/lexers/python.py",
    "dateparser/languages/x.py",
    "pipes/__init__.py",
)


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    """A site-packages folder with some of each."""
    for name in (*GOES, *STAYS):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    return tmp_path


def test_what_never_runs_goes_and_the_rest_stays(packages: Path) -> None:
    """Tools, tests, sources of compiled modules and unused languages go; metadata and data stay."""
    SLIM["remove"](SLIM["iter_unneeded"](packages))
    assert {
        str(path.relative_to(packages)) for path in packages.rglob("*") if path.is_file()
    } == set(STAYS)


def test_numpys_libraries_keep_their_symbols(
    packages: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """They are laid out in a way that strip can break; the others are stripped."""
    for name in ("numpy.libs/libblas.so", "numpy/core.so"):
        (packages / name).parent.mkdir(exist_ok=True)
        (packages / name).touch()
    tools = packages / "tools"
    tools.mkdir()
    (tools / "strip").write_text('#!/bin/sh\necho "$@"\n')
    (tools / "strip").chmod(0o755)
    monkeypatch.setenv("PATH", str(tools), prepend=":")
    SLIM["strip_symbols"](packages)
    assert capfd.readouterr().out == f"--strip-unneeded {packages}/lxml/etree.so\n"
