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
    """Return the component that reloads the routes."""
    return ReloadLoop(routes, _log_reload)


def _log_reload(routes: Routes) -> None:
    log.info("routes reloaded", receivers=len(routes.receivers), tests=len(routes.tests))
