"""A cache of bytes is whole, its owner's own, bounded, and never an error."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from shared.files.user_cache import _MAX_FILES, CachedBytes, user_cache

DATA = b"some entries" * 99


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "entries"


def test_what_was_stored_is_loaded_also_by_another_process(folder: Path) -> None:
    """The folder and the files are the owner's only."""
    CachedBytes(folder).store("a1", DATA)
    assert CachedBytes(folder).load("a1") == DATA
    assert CachedBytes(folder).load("a2") is None
    assert [path.name for path in folder.iterdir()] == ["a1"]
    assert folder.stat().st_mode & 0o077 == 0
    assert (folder / "a1").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content[:-1],
        lambda content: content[:40] + b"?" + content[41:],
        lambda content: content + b"more",
        lambda _content: b"",
        lambda _content: b"short",
    ],
    ids=["cut", "changed", "longer", "empty", "short"],
)
def test_a_damaged_file_is_missing_until_it_is_stored_again(
    folder: Path, damage: Callable[[bytes], bytes]
) -> None:
    """A crash or a full disk leaves no wrong data."""
    cache = CachedBytes(folder)
    cache.store("a", DATA)
    (folder / "a").write_bytes(damage((folder / "a").read_bytes()))
    assert cache.load("a") is None
    cache.store("a", DATA)
    assert cache.load("a") == DATA


@pytest.mark.parametrize("mode", [0o770, 0o777, 0o707])
def test_a_folder_that_others_can_write_to_is_not_used(folder: Path, mode: int) -> None:
    """Neither read nor written: anybody could have put the files there."""
    cache = CachedBytes(folder)
    cache.store("a", DATA)
    folder.chmod(mode)
    assert cache.load("a") is None
    cache.store("b", DATA)
    assert [path.name for path in folder.iterdir()] == ["a"]


def test_a_link_to_a_folder_is_not_used(folder: Path, tmp_path: Path) -> None:
    """Somebody else may have laid it."""
    target = tmp_path / "target"
    target.mkdir(mode=0o700)
    folder.parent.mkdir()
    folder.symlink_to(target)
    CachedBytes(folder).store("a", DATA)
    assert list(target.iterdir()) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_folder_of_another_user_is_not_used(folder: Path) -> None:
    """As when root runs with the home of a user."""
    cache = CachedBytes(folder)
    cache.store("a", DATA)
    os.chown(folder, 12345, 12345)
    assert cache.load("a") is None


def test_no_folder_and_a_file_in_its_place_are_no_error(tmp_path: Path) -> None:
    """Without a cache everything is computed."""
    (tmp_path / "file").write_bytes(b"")
    for cache in (CachedBytes(None), CachedBytes(tmp_path / "file")):
        cache.store("a", DATA)
        assert cache.load("a") is None


def test_only_the_newest_files_stay(folder: Path) -> None:
    """Each change of the data leaves a file behind."""
    cache = CachedBytes(folder)
    for number in range(_MAX_FILES + 3):
        cache.store(str(number), DATA)
        os.utime(folder / str(number), ns=(number, number))
    assert len(list(folder.iterdir())) == _MAX_FILES
    assert cache.load("0") is None
    assert cache.load(str(_MAX_FILES + 2)) == DATA


def test_without_a_home_there_is_no_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """With one, it lies where other programs keep theirs."""
    monkeypatch.setenv("HOME", str(tmp_path))
    assert user_cache("entries") == tmp_path / ".cache" / "summitwire" / "entries"
