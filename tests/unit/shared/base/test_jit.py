"""Where machine code is kept."""

from collections.abc import Callable
from pathlib import Path

import pytest

from shared.base.jit import Kernel, cache_folder
from shared.files.writable_folder import is_writable


def made(here: Path, source: str) -> Kernel:
    here.mkdir(exist_ok=True)
    (here / "one.py").write_text(source)
    return Kernel(here, here.glob("*.py"))


def test_other_source_is_another_folder(tmp_path: Path) -> None:
    """Code is never run that was made of an older version of any file of the kernel."""
    first, second, again = (
        made(tmp_path / "kernel", source).folder for source in ("a = 1", "a = 2", "a = 1")
    )
    assert first == again != second
    assert first is not None
    assert first.is_relative_to(tmp_path)


def test_a_compiled_function_does_what_it_did(tmp_path: Path) -> None:
    """And leaves its machine code in the kernel's folder."""
    kernel = made(tmp_path / "kernel", "")

    @kernel.jit
    def doubled(value: int) -> int:
        """Twice the value."""
        return 2 * value

    assert doubled(21) == 42
    assert kernel.folder is not None
    assert list(kernel.folder.rglob("*.nbi"))


def test_it_is_kept_beside_the_source(tmp_path: Path) -> None:
    """Where that can be written: the next process finds it."""
    assert cache_folder(tmp_path / "shipped", tmp_path / "own") == tmp_path / "shipped"


def without(shipped: Path) -> Callable[[Path, int], bool]:
    """Tell of every folder whether it can be written, and of the shipped one that it cannot."""
    return lambda folder, mode: folder != shipped and is_writable(folder, mode)


def ship(folder: Path) -> Path:
    (folder / "kernel").mkdir(parents=True)
    (folder / "kernel" / "words.nbc").write_bytes(b"code")
    return folder


def test_a_read_only_image_fills_the_users_cache(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """numba wants to write where it reads; what was compiled for the image is copied, so that nothing is compiled twice."""
    shipped, own = ship(tmp_path / "shipped"), tmp_path / "cache" / "own"
    for folder in (shipped / "kernel", shipped):
        folder.chmod(0o555)
    for _ in range(2):
        assert cache_folder(shipped, own, without(shipped)) == own
    assert (own / "kernel" / "words.nbc").read_bytes() == b"code"
    assert [path.name for path in own.parent.iterdir()] == ["own"]
    assert {oct(path.stat().st_mode & 0o777) for path in (own, own / "kernel")} == {"0o700"}
    assert caplog.text == ""


def test_what_is_made_beside_the_source_can_be_read_by_everybody(tmp_path: Path) -> None:
    """An image is built by root and runs as somebody else."""
    kernel = made(tmp_path / "kernel", "")
    assert kernel.folder is not None
    assert kernel.folder.stat().st_mode & 0o055 == 0o055


def test_a_copy_that_fails_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A start that takes half a minute for lack of a file says why."""
    shipped, own = tmp_path / "shipped", tmp_path / "cache" / "own"
    shipped.mkdir()
    (shipped / "words.nbc").symlink_to(tmp_path / "gone")
    assert cache_folder(shipped, own, without(shipped)) == own
    assert f"{shipped}: " in caplog.text
    assert "No such file" in caplog.text


def test_where_nothing_can_be_written_there_is_no_cache(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Then the kernel is compiled in every process, which works, and is told."""
    (tmp_path / "file").write_bytes(b"")
    assert cache_folder(tmp_path / "file" / "shipped", tmp_path / "file" / "own") is None
    assert cache_folder(tmp_path / "file" / "shipped", None) is None
    assert caplog.text.count("can be written") == 2
