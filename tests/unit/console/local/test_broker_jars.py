"""The lock of Kafka's jars, and how missing jars are downloaded."""

import hashlib
from pathlib import Path

import pytest

from services.console.local.kafka_broker.download import ensure
from services.console.local.kafka_broker.jars import (
    LOCK,
    Jar,
    classpath,
    kafka_version,
    load_lock,
    lock_text,
    parse_lock,
    unusable_jars,
)
from services.console.local.kafka_broker.process import exclusive_lock
from shared.base.exits import ConfigurationError


def jar(name: str, content: bytes) -> Jar:
    return Jar(
        group="org.example",
        artifact=name,
        version="1.0",
        sha256=hashlib.sha256(content).hexdigest(),
    )


JARS = (jar("one", b"1"), jar("two", b"2"))


class Shelf:
    """A repository that has some contents by artifact, and counts requests."""

    def __init__(self, **contents: bytes) -> None:
        self.contents, self.asked = contents, list[str]()

    def fetch(self, jar: Jar, folder: Path) -> Path:
        self.asked.append(jar.artifact)
        if jar.artifact not in self.contents:
            raise OSError("no route to host")
        (folder / jar.artifact).write_bytes(self.contents[jar.artifact])
        return folder / jar.artifact


def test_the_lock_reads_back_what_it_wrote() -> None:
    """Sorted by name, comments ignored."""
    assert parse_lock(lock_text(JARS[::-1])) == JARS


@pytest.mark.parametrize("line", ["abc  a:b:1", f"{'0' * 64}  a:b", f"{'0' * 64} a:b:1"])
def test_a_bad_line_of_the_lock_is_quoted(line: str) -> None:
    """A damaged lock is an error, not a shorter lock."""
    with pytest.raises(ValueError, match=r"not a line of a jar lock"):
        parse_lock(line)


def test_the_committed_lock_holds_one_kafka_and_no_address() -> None:
    """All of Kafka's own jars are one version: mixed ones die at start with NoSuchMethodError."""
    jars = load_lock()
    assert {each.version for each in jars if each.group == "org.apache.kafka"} == {
        kafka_version(jars)
    }
    assert len({each.file for each in jars}) == len(jars)
    assert "/" not in LOCK.read_text("utf-8").replace("deploy/kafka/lock.py", "")


def test_what_is_missing_is_fetched_and_the_rest_is_left(tmp_path: Path) -> None:
    """A second call asks for nothing; no half-written file remains."""
    shelf = Shelf(one=b"1", two=b"2")
    (tmp_path / "one-1.0.jar").write_bytes(b"1")
    messages: list[str] = []
    ensure(JARS, tmp_path, shelf, messages.append)
    ensure(JARS, tmp_path, shelf, messages.append)
    assert shelf.asked == ["two"]
    assert len(messages) == 1
    assert sorted(path.name for path in tmp_path.glob("*")) == [
        ".lock",
        "one-1.0.jar",
        "two-1.0.jar",
    ]


def test_a_damaged_jar_is_fetched_again(tmp_path: Path) -> None:
    """What does not match the lock counts as missing."""
    (tmp_path / "one-1.0.jar").write_bytes(b"half")
    (tmp_path / "two-1.0.jar").write_bytes(b"2")
    ensure(JARS, tmp_path, Shelf(one=b"1"), lambda _line: None)
    assert unusable_jars(JARS, tmp_path) == ()


def test_no_network_says_what_is_missing_and_where_it_is_looked_for(tmp_path: Path) -> None:
    """One line: the jar, the folder, the reason, the way out."""
    with pytest.raises(
        ConfigurationError,
        match=rf"two-1.0.jar is not in {tmp_path} .*no route to host.*copy a filled",
    ):
        ensure(JARS, tmp_path, Shelf(one=b"1"), lambda _line: None)


def test_a_wrong_download_is_refused(tmp_path: Path) -> None:
    """Bytes that the lock does not name never get into the folder."""
    with pytest.raises(ConfigurationError, match=r"not what the lock names"):
        ensure(JARS, tmp_path, Shelf(one=b"evil", two=b"2"), lambda _line: None)
    assert not (tmp_path / "one-1.0.jar").exists()


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    """Before anything is downloaded."""
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match="cannot be written"):
        ensure(JARS, tmp_path / "file", Shelf(), lambda _line: None)


def test_two_downloads_do_not_meet(tmp_path: Path) -> None:
    """The second download is refused with a hint to wait."""
    shelf = Shelf(one=b"1", two=b"2")
    with (
        exclusive_lock(tmp_path / ".lock", "first"),
        pytest.raises(ConfigurationError, match="another start is downloading"),
    ):
        ensure(JARS, tmp_path, shelf, lambda _line: None)
    assert shelf.asked == []


def test_a_path_that_java_would_cut_in_two_is_refused(tmp_path: Path) -> None:
    """A colon cannot stand in a class path."""
    assert classpath(JARS, tmp_path) == f"{tmp_path}/one-1.0.jar:{tmp_path}/two-1.0.jar"
    with pytest.raises(ConfigurationError, match="Java cannot read jars"):
        classpath(JARS, tmp_path / "a:b")
