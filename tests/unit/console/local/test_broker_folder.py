"""What is checked before a broker starts, and what is reported of one that ended."""

from pathlib import Path

import pytest

from services.console.local.kafka_broker.configuration import HOST, server_properties
from services.console.local.kafka_broker.data_folder import (
    MIN_FREE_BYTES,
    FolderState,
    check_space,
    classify_folder,
    needs_format,
)
from services.console.local.kafka_broker.end_reason import CAUSES, why_it_ended
from shared.base.exits import ConfigurationError
from shared.kafka.topics import DEAD_LETTER_MAX_BYTES

GOOD = "#\nversion=1\nnode.id=1\ncluster.id=x\ndirectory.id=y\n"


@pytest.mark.parametrize(
    ("names", "meta", "verdict"),
    [
        ((), None, FolderState.FRESH),
        (("meta.properties", "bootstrap.checkpoint"), GOOD, FolderState.READY),
        (("bootstrap.checkpoint",), None, FolderState.HALF_WRITTEN),
        (("alerts.v1-0",), None, FolderState.HALF_WRITTEN),
        (("meta.properties",), "", FolderState.CORRUPTED),
        (("meta.properties",), "\0\0\0", FolderState.CORRUPTED),
        (("meta.properties",), "version=1\nnode.id=1\n", FolderState.CORRUPTED),
        (("meta.properties",), GOOD.replace("id=1", "id=2"), FolderState.FOREIGN),
    ],
)
def test_a_log_folder_is_judged_by_what_it_holds(
    names: tuple[str, ...], meta: str | None, verdict: FolderState
) -> None:
    """Only an empty folder is formatted, and only a whole one of our node is used."""
    assert classify_folder(frozenset(names), meta) is verdict


def test_a_fresh_folder_is_formatted_and_a_formatted_one_is_not(tmp_path: Path) -> None:
    """The state comes from the real files."""
    assert needs_format(tmp_path)
    (tmp_path / "log").mkdir()
    assert needs_format(tmp_path)
    (tmp_path / "log" / "meta.properties").write_text(GOOD)
    assert not needs_format(tmp_path)


def test_a_folder_that_cannot_be_used_is_named_with_what_to_do(tmp_path: Path) -> None:
    """The error says which folder, what is wrong, what to do and what that costs."""
    (tmp_path / "log").mkdir()
    (tmp_path / "log" / "articles.raw.v1-0").mkdir()
    with pytest.raises(
        ConfigurationError,
        match=rf"{tmp_path}/log cannot be used: .*cut short; "
        rf"delete {tmp_path} \(its topics are lost\)",
    ):
        needs_format(tmp_path)


def test_a_file_where_the_log_folder_should_be_is_said(tmp_path: Path) -> None:
    """No stack trace for a path that is not a folder."""
    (tmp_path / "log").write_text("")
    with pytest.raises(ConfigurationError, match="cannot be read: Not a directory"):
        needs_format(tmp_path)


def test_a_full_disk_is_seen_before_the_start() -> None:
    """The minimum is accepted; one byte less is refused with both figures."""
    check_space(Path("data"), MIN_FREE_BYTES)
    with pytest.raises(ConfigurationError, match="255 MB left and the broker needs 256"):
        check_space(Path("data"), MIN_FREE_BYTES - 1)


@pytest.mark.parametrize(("words", "meaning"), CAUSES, ids=lambda text: text[:20])
def test_every_known_cause_is_recognised(words: str, meaning: str) -> None:
    """A log that ends with a known exception is reported in plain words."""
    assert (
        why_it_ended(f"WARN all is well\njava.io.IOException: {words} (x)\n\tat kafka.Kafka.main")
        == meaning
    )


def test_an_unknown_error_is_quoted_and_silence_is_no_cause() -> None:
    """For an unknown error the last error line is returned; after a kill there is none."""
    assert why_it_ended("ERROR first\nERROR second thing\n\tat x") == "ERROR second thing"
    assert why_it_ended("WARN performing activation\n") is None
    assert why_it_ended("") is None


def test_the_broker_is_closed_to_other_machines_and_takes_the_largest_dead_letter() -> None:
    """Both listeners are on the loopback address; nothing is created by use."""
    properties = dict(line.split("=", 1) for line in server_properties(9092, 9093).splitlines())
    assert all(f"://{HOST}:" in listener for listener in properties["listeners"].split(","))
    assert properties["auto.create.topics.enable"] == "false"
    assert int(properties["message.max.bytes"]) > DEAD_LETTER_MAX_BYTES
