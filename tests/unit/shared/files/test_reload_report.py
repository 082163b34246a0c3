"""Mistakes in files are logged once, however often the files are read."""

from collections.abc import Iterator

import pytest
import structlog
from prometheus_client import CollectorRegistry, Gauge
from structlog.testing import capture_logs

from shared.files.reload_report import MAX_LOG_LINES, Reloads
from shared.files.yaml_document import Problem

ONE, TWO = (Problem("rules/a.yaml", line, 1, f"mistake {line}") for line in (1, 2))


@pytest.fixture
def reloads() -> Iterator[Reloads]:
    structlog.reset_defaults()
    gauges = [Gauge(name, "test", registry=CollectorRegistry()) for name in ("successful", "at")]
    yield Reloads("rules", *gauges)
    structlog.reset_defaults()


def logged(reloads: Reloads, *problems: Problem, where: str = "files") -> list[str]:
    """What one bad reload writes."""
    with capture_logs() as lines:
        reloads.record_failure(where, problems)
        reloads.log_problems(7)
    assert all(line["event"] == "rules not reloaded" and line["active"] == 7 for line in lines)
    return [line["because"] for line in lines]


def test_each_mistake_is_a_line_when_it_is_new(reloads: Reloads) -> None:
    """With file and place; at the next reload those that are known are a count."""
    assert logged(reloads, ONE) == [str(ONE)]
    assert logged(reloads, ONE, TWO) == [
        str(TWO),
        "1 more mistakes: `summitwire rules check` lists them",
    ]
    assert logged(reloads, ONE, TWO) == ["2 known mistakes: `summitwire rules check` lists them"]


def test_many_mistakes_are_a_few_lines(reloads: Reloads) -> None:
    """Ten files of nonsense."""
    problems = [Problem("rules/a.yaml", line, 1, "nonsense") for line in range(500)]
    lines = logged(reloads, *problems)
    assert len(lines) == MAX_LOG_LINES + 1
    assert lines[-1].startswith(f"{500 - MAX_LOG_LINES} more mistakes")
    assert len(logged(reloads, *problems)) == 1


def test_a_mistake_that_was_mended_and_comes_back_is_new(reloads: Reloads) -> None:
    """In between all was well."""
    assert logged(reloads, ONE) == [str(ONE)]
    reloads.record_success("files")
    assert logged(reloads, ONE) == [str(ONE)]


def test_what_is_known_elsewhere_is_not_written_again(reloads: Reloads) -> None:
    """Files and topic are told apart."""
    assert logged(reloads, ONE) == [str(ONE)]
    assert logged(reloads, TWO, where="rules.v1") == [
        "1 known mistakes: `summitwire rules check` lists them",
        str(TWO),
    ]
