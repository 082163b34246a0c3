"""Where machine code is kept."""

from pathlib import Path

from shared.compiled import Kernel, cache_folder


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


def test_where_the_source_cannot_be_written_the_users_cache_is_filled_from_it(tmp_path: Path) -> None:
    """As in an image: what was compiled when it was built is not compiled again."""
    shipped, own = tmp_path / "shipped", tmp_path / "own"
    blocked = tmp_path / "a file"
    blocked.write_text("")
    shipped.mkdir()
    (shipped / "code").write_text("machine code")
    assert cache_folder(blocked / "no folder", own) == own
    own.rmdir()
    assert cache_folder(shipped, own) == shipped


def test_without_any_place_everything_is_compiled_anew(tmp_path: Path) -> None:
    """None, not an error."""
    blocked = tmp_path / "a file"
    blocked.write_text("")
    assert cache_folder(blocked / "one", blocked / "two") is None
