"""The feeds file while a fetcher runs: what a change does, and what a mistake does not."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from services.fetcher.sources.feeds_file import FeedSpec
from services.fetcher.sources.follow_feeds import (
    build_reload_loop,
    follow_feeds_file,
    revision_of,
)
from shared.files.yaml_document import DocumentError

GAUGE = "summitwire_feeds_last_reload_successful"
FEED = "- {url: https://n.example/%s, source: n%s}\n"


def write(path: Path, *feeds: str) -> None:
    path.write_text("feeds:\n" + "".join(feeds), "utf-8")


def test_without_a_file_there_are_no_feeds() -> None:
    """And nothing is watched."""
    feeds = follow_feeds_file("")
    assert feeds.value == ()
    assert not feeds.has_changed(1e9)


def test_a_bad_file_ends_the_start(tmp_path: Path) -> None:
    """A service that cannot know its feeds does not start."""
    with pytest.raises(DocumentError, match=r"feeds\.yaml:1:1: error: cannot be read"):
        follow_feeds_file(str(tmp_path / "feeds.yaml"))


def test_a_changed_file_is_used_if_it_is_good(tmp_path: Path) -> None:
    """Else the last good feeds stay, and the gauge says so."""
    path = tmp_path / "feeds.yaml"
    write(path, FEED % ("a", ""))
    feeds = follow_feeds_file(str(path))
    assert not feeds.has_changed(10.0)
    write(path, FEED % ("a", ""), FEED % ("b", ", intervall: 5m"))
    assert [feeds.has_changed(now) for now in (20.0, 30.0)] == [False, True]
    assert not feeds.reload()
    assert [feed.url for feed in feeds.value] == ["https://n.example/a"]
    assert REGISTRY.get_sample_value(GAUGE) == 0
    write(path, FEED % ("b", ""))
    assert feeds.reload()
    assert [feed.url for feed in feeds.value] == ["https://n.example/b"]
    assert REGISTRY.get_sample_value(GAUGE) == 1


def test_a_new_token_counts_as_a_change(tmp_path: Path) -> None:
    """Rotated secrets are used without a restart; a missing one that is written ends the error."""
    path, token = tmp_path / "feeds.yaml", tmp_path / "token"
    token.write_text("one")
    write(path, FEED % ("a", ", token_file: token"))
    feeds = follow_feeds_file(str(path))
    # The file is new to the watch, so it may have changed since it was read: once more.
    assert [feeds.has_changed(now) for now in (10.0, 20.0)] == [False, True]
    assert feeds.reload()
    assert [feeds.has_changed(now) for now in (30.0, 40.0)] == [False, False]
    token.write_text("another")
    assert [feeds.has_changed(now) for now in (50.0, 60.0)] == [False, True]
    assert feeds.reload()
    assert feeds.value[0].headers == {"Authorization": "Bearer another"}
    token.unlink()
    assert [feeds.has_changed(now) for now in (70.0, 80.0)] == [False, True]
    assert not feeds.reload()
    assert feeds.value[0].headers == {"Authorization": "Bearer another"}
    token.write_text("a third")
    assert [feeds.has_changed(now) for now in (90.0, 100.0)] == [False, True]
    assert feeds.reload()


async def test_only_enabled_feeds_are_polled_and_only_a_difference_is_told(tmp_path: Path) -> None:
    """A comment in the file changes nothing."""
    path, uses = tmp_path / "feeds.yaml", list[list[str]]()
    write(path, FEED % ("a", ""))

    def use(specs: Sequence[FeedSpec]) -> None:
        uses.append([spec.url[-1] for spec in specs])

    feeds = follow_feeds_file(str(path))
    loop = build_reload_loop(feeds, use)
    switch = loop._on_switch
    for written in (
        (FEED % ("a", ""), "# a comment\n"),
        (FEED % ("a", ""), FEED % ("b", ", enabled: false")),
        (FEED % ("a", ", enabled: false"), FEED % ("b", "")),
    ):
        write(path, *written)
        assert feeds.reload()
        switch(feeds.value)
    assert uses == [["a"], ["b"]]


def test_replicas_with_the_same_feeds_show_the_same_revision(tmp_path: Path) -> None:
    """In any order, and whatever their tokens are, which no metric may show."""
    (tmp_path / "token").write_text("one")
    one, two = tmp_path / "one.yaml", tmp_path / "two.yaml"
    write(one, FEED % ("a", ", token_file: token"), FEED % ("b", ""))
    write(two, FEED % ("b", ""), FEED % ("a", ", token_file: token"))
    first = revision_of(follow_feeds_file(str(one)).value)
    (tmp_path / "token").write_text("two")
    assert revision_of(follow_feeds_file(str(two)).value) == first
    write(two, FEED % ("b", ""))
    assert revision_of(follow_feeds_file(str(two)).value) != first
