"""Values from edited files: the last good one stays active, and changes are picked up."""

import asyncio
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, Gauge
from structlog.testing import capture_logs

from shared.files.file_watcher import WatchedFolders
from shared.files.last_good import LastGood, ReloadLoop
from shared.files.reload_report import Reloads
from shared.files.yaml_document import DocumentError, Problem
from tests.stage_tools import eventually


class Texts:
    """A folder whose one file is the value; the word ``bad`` in it is a mistake."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "one.yaml"
        self.file.write_text("first", "utf-8")
        self.successful = Gauge("successful", "test", registry=CollectorRegistry())
        self.reloads = Reloads(
            "texts", self.successful, Gauge("at", "test", registry=CollectorRegistry())
        )
        self.loads = 0

    def load(self) -> str:
        self.loads += 1
        text = self.file.read_text("utf-8")
        if "bad" in text:
            raise DocumentError([Problem(str(self.file), 3, 5, "a bad word", "write another")])
        return text

    def build(self, empty: str | None = None) -> LastGood[str]:
        return LastGood(
            WatchedFolders(self.file.parent),
            self.load,
            self.reloads,
            describe=lambda value: value,
            empty=empty,
        )

    @property
    def gauge(self) -> float:
        return float(self.successful._value.get())


@pytest.fixture
def texts(tmp_path: Path) -> Texts:
    return Texts(tmp_path)


def test_bad_files_keep_the_last_good_value(texts: Texts) -> None:
    """The gauge is 0, the log says what is wrong and what stays active; then a good file counts."""
    good = texts.build()
    texts.file.write_text("bad", "utf-8")
    with capture_logs() as logged:
        assert not good.reload()
    assert (good.value, texts.gauge) == ("first", 0)
    assert [(line["event"], line["active"]) for line in logged] == [("texts not reloaded", "first")]
    assert logged[0]["because"] == f"{texts.file}:3:5: error: a bad word; write another"
    texts.file.write_text("second", "utf-8")
    assert good.reload()
    assert (good.value, texts.gauge) == ("second", 1)


def test_bad_files_at_the_start_are_refused_unless_there_is_something_to_begin_with(
    texts: Texts,
) -> None:
    """There is no last good value then."""
    texts.file.write_text("bad", "utf-8")
    with pytest.raises(DocumentError):
        texts.build()
    assert texts.build(empty="nothing").value == "nothing"
    assert texts.gauge == 0


def test_fresh_reads_again_only_what_changed(texts: Texts) -> None:
    """Asked as often as one likes."""
    good = texts.build()
    assert (good.fresh(), good.fresh(), texts.loads) == ("first", "first", 1)
    texts.file.write_text("second one", "utf-8")
    assert (good.fresh(), good.fresh(), texts.loads) == ("second one", "second one", 2)


async def test_following_switches_when_files_change_and_when_asked(texts: Texts) -> None:
    """Only good values are switched to, once each; a requested reload reads unchanged files."""
    switched = list[str]()
    following = ReloadLoop(good := texts.build(), switched.append)
    task = asyncio.create_task(following.run())
    try:
        texts.file.write_text("second", "utf-8")
        await eventually(lambda: switched == ["second"], "the change is taken in")
        texts.file.write_text("bad", "utf-8")
        await eventually(lambda: texts.gauge == 0, "the mistake is found")
        assert good.value == "second"
        texts.file.write_text("third", "utf-8")
        await eventually(lambda: switched == ["second", "third"], "the mended file counts")
        following.request_reload()
        await eventually(
            lambda: switched == ["second", "third", "third"], "it reads because it was asked to"
        )
    finally:
        await following.stop()
        await task
