"""A source's folder on a real file system: claimed, read, put away, whatever lies in it."""

import os
import socket
from pathlib import Path

import pytest

from services.fetcher.drop_box.intake import FileKind
from services.fetcher.drop_box.source_folder import (
    DONE,
    FAILED,
    PROBLEM_SUFFIX,
    WORK,
    ClaimedFile,
    SourceFolder,
)


@pytest.fixture
def folder(tmp_path: Path) -> SourceFolder:
    return SourceFolder(tmp_path)


def claimed(folder: SourceFolder, name: str, content: bytes = b"x") -> ClaimedFile:
    (folder.path / name).write_bytes(content)
    folder.claim(name)
    (file,) = (file for file in folder.list_claimed() if file.name == name)
    return file


def test_what_lies_in_a_folder_is_told_apart(folder: SourceFolder) -> None:
    """Links are not followed, also to files; nothing is opened."""
    (folder.path / "file").write_text("x")
    (folder.path / "link").symlink_to("/etc/passwd")
    (folder.path / "broken").symlink_to("nowhere")
    (folder.path / "folder").mkdir()
    os.mkfifo(folder.path / "pipe")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(folder.path / "socket"))
    for name in (WORK, DONE, FAILED):
        (folder.path / name).mkdir()
    assert {file.name: file.kind for file in folder.list_files()} == {
        "file": FileKind.FILE,
        "link": FileKind.LINK,
        "broken": FileKind.LINK,
        "folder": FileKind.FOLDER,
        "pipe": FileKind.SPECIAL,
        "socket": FileKind.SPECIAL,
    }


def test_a_claimed_file_cannot_be_taken_for_its_successor(folder: SourceFolder) -> None:
    """A new file of the same name is another; both come to done/."""
    first = claimed(folder, "a.txt", b"one")
    (folder.path / "a.txt").write_bytes(b"two")
    assert folder.read(first, 10) == b"one"
    folder.put_away(first, DONE)
    folder.claim("a.txt")
    (second,) = folder.list_claimed()
    folder.put_away(second, DONE)
    done = {path.name: path.read_bytes() for path in (folder.path / DONE).iterdir()}
    assert done == {"a.txt": b"one", f"{second.token[:8]}-a.txt": b"two"}
    assert list((folder.path / WORK).iterdir()) == []


def test_a_claim_takes_the_trigger_along(folder: SourceFolder) -> None:
    """Else the next file of that name would be triggered before it is complete."""
    for name in ("a.txt", "a.txt.ok"):
        (folder.path / name).write_text("x")
    folder.claim("a.txt", ".ok")
    assert [file.name for file in folder.list_files()] == []
    assert [file.name for file in folder.list_claimed()] == ["a.txt"]


def test_what_is_gone_is_left_alone(folder: SourceFolder) -> None:
    """Another process may be ahead by a step, before each of ours."""
    folder.claim("gone")
    assert folder.list_claimed() == []
    assert list((folder.path / WORK).iterdir()) == []
    file = claimed(folder, "a.txt")
    file.path.unlink()
    assert not folder.has_changed(file)
    folder.claim_again(file)
    folder.put_away(file, DONE)
    assert list((folder.path / DONE).iterdir()) == []
    with pytest.raises(FileNotFoundError):
        folder.read(file, 10)


def test_no_more_is_read_than_allowed(folder: SourceFolder) -> None:
    """One byte more says that it is too large."""
    assert folder.read(claimed(folder, "big", b"x" * 100), 10) == b"x" * 11


def test_a_file_that_became_a_link_or_a_pipe_is_not_read(folder: SourceFolder) -> None:
    """Opening a pipe would block, a link could lead to a secret."""
    link, pipe = claimed(folder, "a"), claimed(folder, "b")
    for file in (link, pipe):
        file.path.unlink()
    link.path.symlink_to("/etc/passwd")
    os.mkfifo(pipe.path)
    for file in (link, pipe):
        with pytest.raises(OSError, match=r"symbolic links|no regular file"):
            folder.read(file, 10)
        folder.put_away(file, FAILED, "no regular file")
    assert (folder.path / FAILED / "a").is_symlink()


def test_a_problem_lies_beside_its_file(folder: SourceFolder) -> None:
    """Whatever characters it holds."""
    file = claimed(folder, "a.xml")
    folder.put_away(file, FAILED, "broken \udce9 XML")
    note = folder.path / FAILED / f"a.xml{PROBLEM_SUFFIX}"
    assert note.read_text("utf-8") == "broken ? XML\n"
    assert (folder.path / FAILED / "a.xml").exists()


@pytest.mark.parametrize("name", ["x" * 255, "é" * 127, "caf\udce9.txt", "-rf", "a\nb", "x" * 250])
def test_any_name_can_be_claimed_and_put_away_with_a_problem(
    name: str, folder: SourceFolder
) -> None:
    """Names of full length, with bytes that are no UTF-8, or with line breaks."""
    file = claimed(folder, name)
    assert file.name == name
    folder.put_away(file, FAILED, "why")
    names = sorted(path.name for path in (folder.path / FAILED).iterdir())
    assert len(names) == 2
    assert names[1] == f"{names[0]}{PROBLEM_SUFFIX}"


def test_a_file_that_is_written_to_after_it_was_read_gets_a_new_claim(folder: SourceFolder) -> None:
    """Its token is what says that it was published: what it holds now was not."""
    file = claimed(folder, "a.txt", b"one")
    assert not folder.has_changed(file)
    with file.path.open("ab") as stream:
        stream.write(b" two")
    assert folder.has_changed(file)
    folder.claim_again(file)
    (again,) = folder.list_claimed()
    assert (again.name, again.token != file.token) == ("a.txt", True)
