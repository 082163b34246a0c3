"""The file of routes while a process runs."""

from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from services.alerting.rollout.routes_file import follow_routes_file
from services.alerting.routes.routes import Routes
from shared.files.yaml_document import DocumentError

NAME = "summitwire_routes_last_reload_successful"
GOOD = "receivers:\n  - {name: %s, notify: [slack:a]}\n"


def test_without_a_file_there_are_no_routes() -> None:
    """Alerts go to the destinations of their rules."""
    routes = follow_routes_file("")
    assert routes.value == Routes()
    assert not routes.has_changed(1e9)


def test_a_changed_file_is_used_if_it_is_good(tmp_path: Path) -> None:
    """Else the last good routes stay, and the gauge says so."""
    path = tmp_path / "routes.yaml"
    path.write_text(GOOD % "a", "utf-8")
    routes = follow_routes_file(str(path))
    assert list(routes.value.receivers) == ["a"]
    assert not routes.has_changed(10.0)
    path.write_text("receivers: [", "utf-8")
    assert [routes.has_changed(now) for now in (20.0, 30.0)] == [False, True]
    assert not routes.reload()
    assert list(routes.value.receivers) == ["a"]
    assert REGISTRY.get_sample_value(NAME) == 0
    path.write_text(GOOD % "bb", "utf-8")
    assert routes.reload()
    assert list(routes.value.receivers) == ["bb"]
    assert REGISTRY.get_sample_value(NAME) == 1


def test_a_bad_file_is_refused_at_the_start(tmp_path: Path) -> None:
    """There is nothing to fall back on."""
    path = tmp_path / "routes.yaml"
    path.write_text("route: {reciever: a}\n", "utf-8")
    with pytest.raises(DocumentError, match="did you mean receiver"):
        follow_routes_file(str(path))
