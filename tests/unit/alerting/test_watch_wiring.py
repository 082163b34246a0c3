"""The watch runs beside deliver and nowhere else; heartbeats only where a URL is configured."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from services.alerting import app
from services.alerting.settings import AlertingSettings
from services.alerting.watch.heartbeat import Heartbeat
from services.alerting.watch.watcher import Watch, WatchPlan
from shared.base.exits import ConfigurationError
from shared.kafka.cluster import Cluster
from shared.stream.watchdog import Progress


def components(only: Sequence[str], **changes: object) -> set[type]:
    settings = AlertingSettings.model_validate(changes)
    service = app.build(Cluster(settings), Progress(120.0, 0.0), settings, only)
    return {type(component) for component in service.components}


@pytest.mark.parametrize(
    ("only", "changes", "expected"),
    [
        (["deliver"], {}, {Watch}),
        (["deliver", "count"], {"heartbeat_url": "https://hc.example/x"}, {Watch, Heartbeat}),
        (["count"], {"heartbeat_url": "https://hc.example/x"}, set()),
    ],
)
def test_it_runs_beside_deliver(
    only: Sequence[str], changes: dict[str, object], expected: set[type]
) -> None:
    """One process of them leads; which one is decided while they run."""
    assert components(only, **changes) & {Watch, Heartbeat} == expected


def test_a_bad_heartbeat_url_is_reported_with_the_other_mistakes() -> None:
    """At once, and without the URL."""
    changes = {"heartbeat_url": "ftp://s3cret", "slack_webhook_url": "nonsense"}
    with pytest.raises(ConfigurationError, match="HEARTBEAT_URL") as error:
        components(["deliver"], **changes)
    assert "the default address" in str(error.value)
    assert "s3cret" not in str(error.value)


def test_the_plan_follows_the_settings() -> None:
    """0 leaves the dead man to what is usual."""
    assert AlertingSettings.model_validate({}).watch_plan() == WatchPlan()
    changes = {"dead_man_after": 60, "late_after": 10, "delivery_fallback": "slack:ops"}
    assert AlertingSettings.model_validate(changes).watch_plan() == WatchPlan(
        operators="slack:ops",
        dead_man_after=timedelta(minutes=1),
        late_after=timedelta(seconds=10),
    )
