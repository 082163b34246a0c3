"""The fetcher's wiring: what it refuses to start with, and feeds that exceed a child's limits."""

import time
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from services.fetcher import app
from services.fetcher.full_text.selected_part import select_part
from services.fetcher.parsing import feed_parser
from services.fetcher.settings import FetcherSettings
from shared.base.exits import ConfigurationError
from shared.base.outcomes import InvalidMessage
from shared.base.settings import KafkaSettings
from shared.files.yaml_document import DocumentError
from shared.kafka.cluster import Cluster
from shared.limits.process_pool import ProcessPool
from shared.service.worker import Service
from shared.stream.watchdog import Progress


def build(**settings: str) -> Service:
    return app.build(
        Cluster(KafkaSettings()),
        Progress(60, time.monotonic()),
        FetcherSettings.model_validate(settings),
    )


def test_a_wrong_allow_list_or_feeds_file_is_told_at_start(tmp_path: Path) -> None:
    """The error names the setting, or the file's line; nothing is downloaded before."""
    with pytest.raises(ConfigurationError, match=r"FETCH_ALLOW: 10\.0\.0\.1/8"):
        build(fetch_allow="localhost, 10.0.0.1/8")
    (tmp_path / "feeds.yaml").write_text("feeds:\n- {url: x, source: n}\n")
    with pytest.raises(DocumentError, match=r"feeds\.yaml:2:4: error"):
        build(feeds_file=str(tmp_path / "feeds.yaml"))


def test_the_fetcher_reloads_its_feeds_and_shows_which_they_are(tmp_path: Path) -> None:
    """SIGHUP has something to do, and replicas can be compared."""
    (tmp_path / "feeds.yaml").write_text("feeds:\n- {url: https://n.example/f, source: n}\n")
    service = build(feeds_file=str(tmp_path / "feeds.yaml"))
    assert service.reload is not None
    revisions = [
        sample.value
        for family in REGISTRY.collect()
        for sample in family.samples
        if sample.name == "summitwire_feeds_info"
    ]
    assert revisions == [1.0]


async def test_a_page_that_takes_too_long_to_select_from_costs_its_child_only() -> None:
    """A hundred thousand elements within each other."""
    children = ProcessPool(
        workers=1, time_limit_s=1.0, memory_limit_mb=512, preload="services.fetcher.parsing.warmup"
    )
    await children.start()
    try:
        with pytest.raises(InvalidMessage):
            await children.call(select_part, b"<div>" * 100_000, "text/html", "p")
        part = await children.call(select_part, b"<main>x</main>", "text/html", "main")
        assert part is not None
        assert b"<main>x</main>" in part
    finally:
        await children.stop()


def test_a_drop_folder_that_does_not_exist_is_told_at_start(tmp_path: Path) -> None:
    """A wrong mount would otherwise be a wire that is silent; an existing one is watched."""
    with pytest.raises(ConfigurationError, match=r"DROP_FOLDER: .*gone is no folder"):
        build(drop_folder=str(tmp_path / "gone"))
    build(drop_folder=str(tmp_path), drop_trigger=".ok")
    with pytest.raises(ValueError, match="drop_trigger"):
        build(drop_trigger="ok")


async def test_a_feed_that_takes_too_long_costs_its_child_only() -> None:
    """Eight MB of opening tags end as InvalidMessage in time; a new child parses the next feed."""
    children = ProcessPool(
        workers=1, time_limit_s=1.0, memory_limit_mb=512, preload=feed_parser.__name__
    )
    await children.start()
    try:
        with pytest.raises(InvalidMessage):
            await children.call(
                feed_parser.parse, b"<rss>" + b"<item><a>" * 900_000, None, "https://news.example/"
            )
        good = b'<rss version="2.0"><channel><item><link>/1</link></item></channel></rss>'
        assert (
            len(
                (
                    await children.call(feed_parser.parse, good, None, "https://news.example/")
                ).entries
            )
            == 1
        )
    finally:
        await children.stop()
