"""Where machine code is cached."""

from collections.abc import Callable
from pathlib import Path

import pytest

from shared.base.jit import Kernel, cache_folder
from shared.files.writable_folder import is_writable


def write_kernel(folder: Path, source: str) -> Kernel:
    folder.mkdir(exist_ok=True)
    (folder / "one.py").write_text(source)
    return Kernel(folder, folder.glob("*.py"))


def test_other_source_is_another_folder(tmp_path: Path) -> None:
    """Code compiled from an older version of any file of the kernel is never run."""
    first, second, again = (
        write_kernel(tmp_path / "kernel", source).folder for source in ("a = 1", "a = 2", "a = 1")
    )
    assert first == again != second
    assert first is not None
    assert first.is_relative_to(tmp_path)


def test_a_compiled_function_does_what_it_did(tmp_path: Path) -> None:
    """It leaves its machine code in the kernel's folder."""
    kernel = write_kernel(tmp_path / "kernel", "")

    @kernel.jit
    def double(value: int) -> int:
        """Twice the value."""
        return 2 * value

    assert double(21) == 42
    assert kernel.folder is not None
    assert list(kernel.folder.rglob("*.nbi"))


def test_it_is_cached_beside_the_source(tmp_path: Path) -> None:
    """If that is writable: the next process finds it."""
    assert cache_folder(tmp_path / "shipped", tmp_path / "own") == tmp_path / "shipped"


def all_but(shipped: Path) -> Callable[[Path, int], bool]:
    """Return a check that says of the shipped folder that it is not writable."""
    return lambda folder, mode: folder != shipped and is_writable(folder, mode)


def ship(folder: Path) -> Path:
    (folder / "kernel").mkdir(parents=True)
    (folder / "kernel" / "words.nbc").write_bytes(b"code")
    return folder


def test_a_read_only_image_fills_the_users_cache(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """numba must be able to write where it reads; code compiled for the image is copied."""
    shipped, own = ship(tmp_path / "shipped"), tmp_path / "cache" / "own"
    for folder in (shipped / "kernel", shipped):
        folder.chmod(0o555)
    for _ in range(2):
        assert cache_folder(shipped, own, all_but(shipped)) == own
    assert (own / "kernel" / "words.nbc").read_bytes() == b"code"
    assert [path.name for path in own.parent.iterdir()] == ["own"]
    assert {oct(path.stat().st_mode & 0o777) for path in (own, own / "kernel")} == {"0o700"}
    assert caplog.text == ""


def test_a_cache_beside_the_source_can_be_read_by_everybody(tmp_path: Path) -> None:
    """An image is built by root and runs as another user."""
    kernel = write_kernel(tmp_path / "kernel", "")
    assert kernel.folder is not None
    assert kernel.folder.stat().st_mode & 0o055 == 0o055


def test_a_copy_that_fails_is_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A start that takes half a minute because of a missing file says why."""
    shipped, own = tmp_path / "shipped", tmp_path / "cache" / "own"
    shipped.mkdir()
    (shipped / "words.nbc").symlink_to(tmp_path / "gone")
    assert cache_folder(shipped, own, all_but(shipped)) == own
    assert f"{shipped}: " in caplog.text
    assert "No such file" in caplog.text


def test_without_a_writable_folder_there_is_no_cache(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Then the kernel is compiled in every process, which works, and is logged."""
    (tmp_path / "file").write_bytes(b"")
    assert cache_folder(tmp_path / "file" / "shipped", tmp_path / "file" / "own") is None
    assert cache_folder(tmp_path / "file" / "shipped", None) is None
    assert caplog.text.count("cannot write to") == 2
