"""Machine code is kept where it can be, and what an image ships is used."""

from pathlib import Path

from services.alerting.matcher.kernel.compiled import cache_folder, writable


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
