"""Every metric is declared with its meaning, and logs are JSON unless on a terminal."""

import json
import logging
from collections.abc import Iterator
from typing import Literal

import pytest
import structlog
from prometheus_client.parser import text_string_to_metric_families

from shared.base import log, metrics


def test_metrics_have_the_prefix_a_meaning_and_base_units() -> None:
    """What Grafana and Prometheus' naming rules ask for."""
    families = [
        family
        for family in text_string_to_metric_families(metrics.exposition().decode())
        if family.name.startswith("summitwire_")
    ]
    assert len(families) >= 15
    for family in families:
        assert family.documentation, family.name
        assert not family.name.endswith(("_ms", "_mb", "_milliseconds")), family.name


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """The root logger and structlog as they were."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield
    root.handlers[:] = before
    root.setLevel(level)
    structlog.contextvars.clear_contextvars()
    structlog.reset_defaults()


def test_logs_are_json_lines_with_the_services_name(capsys: pytest.CaptureFixture[str]) -> None:
    """Ours and the libraries', where standard error is no terminal."""
    log.configure("cleaner", level="info", style="auto")
    log.get("x").info("batch committed", records=3)
    logging.getLogger("aiokafka").error("from a library")
    own, theirs = (json.loads(line) for line in capsys.readouterr().err.splitlines())
    assert (own["event"], own["records"], own["service"], own["level"]) == (
        "batch committed",
        3,
        "cleaner",
        "info",
    )
    assert (theirs["event"], theirs["level"]) == ("from a library", "error")


def test_noise_of_libraries_is_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    """A rebalance is forty lines of aiokafka's information."""
    log.configure("cleaner", level="info", style="json")
    logging.getLogger("aiokafka.consumer").info("Revoking previously assigned partitions")
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("style", ["console", "json"])
def test_a_stack_trace_shows_no_local_variables(
    capsys: pytest.CaptureFixture[str], style: Literal["console", "json"]
) -> None:
    """They may be a feed's token or a webhook's address."""
    log.configure("fetcher", level="info", style=style)
    headers = {"Authorization": "-".join(("s3cr3t", "token"))}
    try:
        _ = headers["Cookie"]
    except KeyError:
        log.get("x").exception("a bug")
    text = capsys.readouterr().err
    assert "KeyError" in text
    assert "test_metrics_and_log.py" in text
    assert "s3cr3t-token" not in text
