"""Where machine code is kept."""

from pathlib import Path

from shared.compiled import Kernel, cache_folder, writable


def made(here: Path, source: str) -> Kernel:
    here.mkdir(exist_ok=True)
    (here / "one.py").write_text(source)
    return Kernel(here, here.glob("*.py"))


def test_other_source_is_another_folder(tmp_path: Path) -> None:
    """Code is never run that was made of an older version of any file of the kernel."""
    first, second, again = (made(tmp_path / "kernel", source).folder for source in ("a = 1", "a = 2", "a = 1"))
    assert first == again != second
    assert first is not None
    assert first.is_relative_to(tmp_path)


def test_a_compiled_function_does_what_it_did(tmp_path: Path) -> None:
    """And leaves its machine code in the kernel's folder."""
    kernel = made(tmp_path / "kernel", "")

    @kernel.compiled
    def doubled(value: int) -> int:
        """Twice the value."""
        return 2 * value

    assert doubled(21) == 42
    assert kernel.folder is not None
    assert list(kernel.folder.rglob("*.nbi"))


def test_it_is_kept_beside_the_source(tmp_path: Path) -> None:
    """Where that can be written: the next process finds it."""
    assert cache_folder(tmp_path / "shipped", tmp_path / "own") == tmp_path / "shipped"


def test_a_read_only_image_fills_the_users_cache(tmp_path: Path) -> None:
    """numba wants to write where it reads; what was compiled for the image is copied, so that nothing is compiled twice."""
    shipped, own = tmp_path / "shipped", tmp_path / "cache" / "own"
    (shipped / "kernel").mkdir(parents=True)
    (shipped / "kernel" / "words.nbc").write_bytes(b"code")
    for _ in range(2):
        assert cache_folder(shipped, own, lambda folder: folder != shipped and writable(folder)) == own
    assert (own / "kernel" / "words.nbc").read_bytes() == b"code"
    assert [path.name for path in own.parent.iterdir()] == ["own"]


def test_where_nothing_can_be_written_there_is_no_cache(tmp_path: Path) -> None:
    """Then the kernel is compiled in every process, which works."""
    (tmp_path / "file").write_bytes(b"")
    assert cache_folder(tmp_path / "file" / "shipped", tmp_path / "file" / "own") is None
    assert cache_folder(tmp_path / "file" / "shipped", None) is None
