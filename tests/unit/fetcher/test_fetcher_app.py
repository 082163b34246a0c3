"""The fetcher's wiring: what it refuses to start with, and feeds that exceed a child's limits."""

import time
from pathlib import Path

import pytest

from services.fetcher import app
from services.fetcher.parsing import feed_parser
from services.fetcher.settings import FetcherSettings
from shared.base.exits import ConfigurationError
from shared.base.outcomes import InvalidMessage
from shared.base.settings import KafkaSettings
from shared.files.yaml_document import DocumentError
from shared.kafka.cluster import Cluster
from shared.limits.process_pool import ProcessPool
from shared.stream.watchdog import Progress


def build(**settings: str) -> None:
    app.build(
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
