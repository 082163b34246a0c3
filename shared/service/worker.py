"""The shell of every service: faust.App hosts aiokafka stages.

It gives them a service tree, signals, a graceful drain, timers and a web server. Faust's own Kafka
side stays off: the data plane is shared/stream/stage.py (docs/decisions/ says why, with
measurements).
"""

import asyncio
import ctypes
import gc
import os
import signal
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, NoReturn, Protocol

import faust
import uvloop
from faust.app.base import BootStrategy

from shared.base import exits
from shared.base.exits import ConfigurationError, UnreachableError
from shared.base.log import flush, get
from shared.base.port_check import check_port
from shared.base.ports import PORTS
from shared.base.settings import ServiceSettings
from shared.http.request_policy import RequestPolicy
from shared.kafka.broker_probe import BrokerProbe
from shared.kafka.cluster import Cluster
from shared.service.readiness import Readiness
from shared.service.web_server import Route, WebServer, build_probe_routes
from shared.stream.watchdog import Progress, Standstill, Watchdog

# Not our module's name: under that one Faust logs every start and stop of its tree.
log = get("summitwire.worker")

COLLECT_AFTER: Final = (50_000, 20, 50)
"""The garbage collector's thresholds: new objects before a collection of the youngest generation,
then collections of one generation before one of the next. Python's defaults are 700, 10, 10."""
FREE_MEMORY_BYTES: Final = 64 * 1024 * 1024
"""How much freed memory the process keeps."""
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3  # of glibc's malloc.h


class Component(Protocol):
    """A part of a service: a Stage, the feed poller, the deliverer."""

    async def start(self) -> None:
        """Prepare to run; an error ends the process."""

    async def run(self) -> None:
        """Work until stopped; after an error the process must exit."""

    async def stop(self) -> None:
        """Finish the work in progress and release everything."""


class _HostOnly(BootStrategy):  # type: ignore[misc]  # faust publishes no types
    """A boot strategy without a Faust consumer or producer."""

    enable_kafka = False
    enable_kafka_producer = False
    enable_kafka_consumer = False


class _FaustApp(faust.App):  # type: ignore[misc]  # as above
    BootStrategy = _HostOnly

    def _create_directories(self) -> None:
        """Create none: they are for Faust's tables, and a service may have no writable folder."""


class _Node(faust.Service):  # type: ignore[misc]  # as above
    """One component as a node of Faust's service tree.

    Joining a group can take as long as a rebalance: it runs beside the tree, so that probes and
    signals are answered meanwhile.
    """

    def __init__(self, component: Component, drain_s: float) -> None:
        super().__init__()
        self._component, self._drain_s = component, drain_s
        self._task: asyncio.Task[None] | None = None
        self._has_started = False

    async def on_start(self) -> None:
        """Start the component and watch its task."""
        self._task = asyncio.create_task(self._run())
        self._task.add_done_callback(_exit_on_error)

    async def on_stop(self) -> None:
        """Drain the component within the time limit."""
        try:
            await asyncio.wait_for(self._drain(), self._drain_s)
        except TimeoutError:
            _exit(
                f"drain took longer than {self._drain_s:g} s; "
                "what was not committed will be processed again",
                exits.TEMPORARY_FAILURE,
            )
        except Exception as error:  # noqa: BLE001 - Faust would log it and exit with 0
            _exit_on(error)

    async def _run(self) -> None:
        await self._component.start()
        self._has_started = True
        await self._component.run()

    async def _drain(self) -> None:
        if self._task is None:
            return
        if not self._has_started:  # it has nothing to finish
            self._task.cancel()
            return
        await self._component.stop()
        await self._task


class _Pulse:
    """Shows the watchdog that the event loop runs, whatever the stages wait for."""

    def __init__(self, progress: Progress) -> None:
        self._progress, self._stopping = progress, asyncio.Event()

    async def start(self) -> None:
        """Do nothing."""

    async def run(self) -> None:
        """Pulse ten times within the watchdog's limit, at least once a second."""
        while not self._stopping.is_set():
            self._progress.pulse(time.monotonic())
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), min(1.0, self._progress.limit_s / 10))

    async def stop(self) -> None:
        """Stop pulsing."""
        self._stopping.set()


class _Hangup(faust.Service):  # type: ignore[misc]  # as above
    """Handles SIGHUP, the signal that tells servers to reload their files."""

    def __init__(self, reload: Callable[[], None]) -> None:
        super().__init__()
        self._reload = reload

    async def on_start(self) -> None:
        """Install the signal handler."""
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, self._reload)


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One process: what runs in it, what it serves, and when it is ready and alive.

    ``checks`` are its readiness checks besides the broker's: each returns a reason, or ""
    (shared/service/readiness.py). ``prepare`` is awaited once the cluster answers and before
    anything runs, in an event loop of its own. ``warnings`` are known problems, reported together
    with whatever ends the start. ``reload`` handles SIGHUP; without it the signal ends the process.
    ``request_policy`` guards a service that serves pages.
    """

    name: str
    components: Sequence[Component]
    progress: Progress
    checks: Mapping[str, Callable[[], str]]
    routes: Sequence[Route] = ()
    prepare: Callable[[], Awaitable[None]] | None = None
    warnings: Sequence[str] = ()
    reload: Callable[[], None] | None = None
    request_policy: RequestPolicy | None = None


def run(service: Service, settings: ServiceSettings) -> NoReturn:
    """Run a service until a signal; never return.

    SIGTERM and SIGINT drain it and exit with 0.
    """
    host, port = address(service.name, settings)
    check_port(host, port)
    uvloop.install()
    app = _FaustApp(f"summitwire-{service.name}", broker="kafka://unused:1", web_enabled=True)
    probe = BrokerProbe(Cluster(settings), service.progress)
    probe.readiness = readiness = Readiness({"broker": probe.obstacle, **service.checks})
    components: list[Component] = [_Pulse(service.progress), probe, *service.components]
    for component in components:
        app.service(_Node(component, settings.drain_s))
    if service.reload:
        app.service(_Hangup(service.reload))
    routes = [
        *build_probe_routes(lambda: service.progress.find_standstill(time.monotonic()), readiness),
        *service.routes,
    ]
    app.web_server(WebServer(host, port, routes, service.request_policy))
    Watchdog(service.progress, time.monotonic, _exit_on_standstill).start()
    tune_memory()
    log.info("service starts", http=f"http://{host}:{port}")
    faust_worker = faust.Worker(
        app, override_logging=False, redirect_stdouts=False, quiet=True, loglevel=None
    )
    faust_worker.spinner = None  # it would write to standard output, terminal or not
    faust_worker.execute_from_commandline()
    # Not reached: Faust's worker ends the process itself, but it has no types that say so.
    raise SystemExit(0)


def address(name: str, settings: ServiceSettings) -> tuple[str, int]:
    """Return the host and port where the service of this name serves HTTP."""
    return settings.http_host, settings.http_port or PORTS[name]


def tune_memory() -> None:
    """Tune garbage collector and allocator, so that batches pay for neither.

    Everything loaded by now lives as long as the process: it is excluded from garbage collection. A
    batch has some ten thousand objects and no cycles: the collector runs when a batch is over
    instead of many times in it. And a batch's memory, freed after every commit, is kept for the
    next one: glibc would return it to the kernel and fault it in again, page by page.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # glibc's; other C libraries have none
    if mallopt is not None:
        for option in (_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD):
            mallopt(option, FREE_MEMORY_BYTES)


def _exit_on_error(task: "asyncio.Task[None]") -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        _exit_on(error)


def _exit_on(error: BaseException) -> NoReturn:
    log.debug("cause", exc_info=error)
    if isinstance(error, ConfigurationError) and not isinstance(error, UnreachableError):
        _exit(str(error), exits.CONFIGURATION)
    _exit(
        f"{type(error).__name__}: {error}; a new process will continue from the last commit",
        exits.TEMPORARY_FAILURE,
    )


def _exit_on_standstill(standstill: Standstill) -> NoReturn:
    _exit(standstill.description, standstill.exit_code)


def _exit(reason: str, code: int) -> NoReturn:
    """Exit at once (crash-only).

    After a fence or a standstill nothing in this process can be relied on to end in order.
    """
    log.error("process exits", reason=reason, exit_code=code)
    flush()
    os._exit(code)
