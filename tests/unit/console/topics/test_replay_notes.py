"""Where the position of an unfinished replay is stored."""

from pathlib import Path

import pytest

from services.console.topics.pace import Pace
from services.console.topics.replayer import Replay, from_files, notes_folder
from tests.kafka_tools import cluster_at


def a_replay(notes: Path | None) -> Replay:
    return Replay(cluster_at("127.0.0.1:1"), from_files([]), Pace(), notes)


def test_it_is_the_first_folder_that_can_be_written(tmp_path: Path) -> None:
    """A missing folder is created; that of an image is read-only."""
    file = tmp_path / "file"
    file.touch()
    assert (
        notes_folder([file / "var", tmp_path / "cache" / "replays"])
        == tmp_path / "cache" / "replays"
    )
    assert (tmp_path / "cache" / "replays").is_dir()
    assert notes_folder([file / "var"]) is None


def test_what_was_noted_is_read_again(tmp_path: Path) -> None:
    """Only a replay of the same articles finds it; a truncated file counts as none."""
    a_replay(tmp_path)._save_position(7)
    assert a_replay(tmp_path)._load_position() == 7
    next(tmp_path.iterdir()).write_bytes(b'{"art')
    assert a_replay(tmp_path)._load_position() == 0


def test_nowhere_to_note_is_no_failure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A full disk is reported once, and what was published stays published."""
    a_replay(None)._save_position(7)
    assert a_replay(None)._load_position() == 0
    gone = a_replay(tmp_path / "gone")
    gone._save_position(7)
    gone._save_position(8)
    assert capsys.readouterr().err.count("starts over") == 1
