"""The file of routes as a running process has it: the last valid one, reloaded when it changes."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from services.alerting.routes.parse_routes import load_routes
from services.alerting.routes.routes import Routes
from shared.base import metrics
from shared.base.log import get
from shared.files.file_watcher import WatchedFolders
from shared.files.last_good import LastGood, ReloadLoop
from shared.files.reload_report import Reloads

log = get(__name__)


def follow_routes_file(name: str) -> LastGood[Routes]:
    """Load the routes; without a file there are none. DocumentError lists every mistake."""
    reloads = Reloads("routes", metrics.ROUTES_RELOADED, metrics.ROUTES_RELOADED_AT)
    files = WatchedFolders(Path(name)) if name else WatchedFolders()
    load: Callable[[], Routes] = partial(load_routes, Path(name)) if name else Routes
    return LastGood(files, load, reloads)


def build_reload_loop(routes: LastGood[Routes]) -> ReloadLoop[Routes]:
    """Return the component that reloads the routes, and logs when they have changed."""
    current = routes.value

    def log_change(loaded: Routes) -> None:
        nonlocal current
        if loaded != current:
            receivers, tests = len(loaded.receivers), len(loaded.tests)
            log.info("routes reloaded", receivers=receivers, tests=tests)
        current = loaded

    return ReloadLoop(routes, log_change)
