"""The shell of every service: faust.App as host (service tree, signals, graceful drain, timers, web) around aiokafka stages.

Faust's own Kafka side stays off: the data plane is shared/stream/stage.py (docs/decisions/ says why, with what was measured).
"""

import asyncio
import ctypes
import gc
import os
import signal
import socket
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, NoReturn, Protocol

import faust
import uvloop
from faust.app.base import BootStrategy

from shared.base import exits
from shared.base.log import flush, get
from shared.base.ports import PORTS
from shared.base.settings import ConfigurationError, ServiceSettings, UnreachableError
from shared.http.request_policy import RequestPolicy
from shared.kafka.broker_probe import BrokerProbe
from shared.kafka.cluster import Cluster
from shared.service.readiness import Readiness
from shared.service.web_server import Route, WebServer, build_probe_routes
from shared.stream.watchdog import Progress, Standstill, Watchdog

log = get(
    "summitwire.worker"
)  # under our module's own name Faust logs every start and stop of its tree

COLLECT_AFTER: Final = (50_000, 20, 50)
"""New objects to a round of the youngest generation, and rounds to one of the next; Python's own are 700, 10, 10."""
KEPT_BYTES: Final = 64 * 1024 * 1024
"""So much freed memory stays with the process."""
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3  # of glibc's malloc.h


class Component(Protocol):
    """Something a service runs: a Stage, the feed poller, the deliverer."""

    async def start(self) -> None:
        """Get ready; an error here ends the process."""

    async def run(self) -> None:
        """Work until stopped; an error here means the process must leave."""

    async def stop(self) -> None:
        """Finish what was begun and let go."""


class _HostOnly(BootStrategy):  # type: ignore[misc]  # faust publishes no types
    """No Faust consumer or producer."""

    enable_kafka = False
    enable_kafka_producer = False
    enable_kafka_consumer = False


class _Host(faust.App):  # type: ignore[misc]  # as above
    BootStrategy = _HostOnly

    def _create_directories(self) -> None:
        """Make none: they are for Faust's tables, and a service may write nowhere."""


class _Node(faust.Service):  # type: ignore[misc]  # as above
    """One Runs as a node of Faust's service tree.

    Joining a group can take as long as a rebalance: it goes on beside the tree, so that the probes and signals are answered meanwhile.
    """

    def __init__(self, runs: Component, drain_s: float) -> None:
        super().__init__()
        self._runs, self._drain_s = runs, drain_s
        self._task: asyncio.Task[None] | None = None
        self._running = False

    async def on_start(self) -> None:
        """Start it, and watch its run."""
        self._task = asyncio.create_task(self._live())
        self._task.add_done_callback(_leave_on_error)

    async def on_stop(self) -> None:
        """Drain, within the limit."""
        try:
            await asyncio.wait_for(self._drain(), self._drain_s)
        except TimeoutError:
            _leave(
                f"drain took longer than {self._drain_s:g} s; what was not committed will be done again",
                exits.TEMPORARY_FAILURE,
            )
        except Exception as error:  # noqa: BLE001 - Faust would log it and end with 0
            _leave_because(error)

    async def _live(self) -> None:
        await self._runs.start()
        self._running = True
        await self._runs.run()

    async def _drain(self) -> None:
        if self._task is None:
            return
        if not self._running:  # what has not begun has nothing to finish
            self._task.cancel()
            return
        await self._runs.stop()
        await self._task


class _Pulse:
    """Shows the watchdog that the event loop goes round, whatever the stages wait for."""

    def __init__(self, progress: Progress) -> None:
        self._progress, self._stopping = progress, asyncio.Event()

    async def start(self) -> None:
        """Do nothing."""

    async def run(self) -> None:
        """Beat ten times within the watchdog's limit, at least once a second."""
        while not self._stopping.is_set():
            self._progress.pulse(time.monotonic())
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), min(1.0, self._progress.limit_s / 10))

    async def stop(self) -> None:
        """Beat no more."""
        self._stopping.set()


class _Hangup(faust.Service):  # type: ignore[misc]  # as above
    """Answers SIGHUP, the signal by which servers are told to read their files anew."""

    def __init__(self, reload: Callable[[], None]) -> None:
        super().__init__()
        self._reload = reload

    async def on_start(self) -> None:
        """From now on."""
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, self._reload)


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One process: what runs in it, what it serves, and how it knows that it is ready and alive.

    ``checks`` are what must hold for it to be ready besides a broker that answers: each gives a reason, or "" (shared/service/readiness.py).
    ``prepare`` is awaited once the cluster is there and before anything runs, in an event loop of its own; ``doubts`` are what is wrong already,
    to be told with whatever ends the start. ``reload`` answers SIGHUP; without it the signal ends the process.
    ``door`` guards a service that serves pages.
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
    """Run a service until a signal; never returns. SIGTERM and SIGINT drain, and end with 0."""
    host, port = address(service.name, settings)
    check_port(host, port)
    uvloop.install()
    app = _Host(f"summitwire-{service.name}", broker="kafka://unused:1", web_enabled=True)
    probe = BrokerProbe(Cluster(settings), service.progress)
    probe.readiness = readiness = Readiness({"broker": probe.obstacle, **service.checks})
    runs: list[Component] = [_Pulse(service.progress), probe, *service.components]
    for each in runs:
        app.service(_Node(each, settings.drain_s))
    if service.reload:
        app.service(_Hangup(service.reload))
    routes = [
        *build_probe_routes(lambda: service.progress.find_standstill(time.monotonic()), readiness),
        *service.routes,
    ]
    app.web_server(WebServer(host, port, routes, service.request_policy))
    Watchdog(service.progress, time.monotonic, _leave_standstill).start()
    tune_memory()
    log.info("service starts", http=f"http://{host}:{port}")
    host_worker = faust.Worker(
        app, override_logging=False, redirect_stdouts=False, quiet=True, loglevel=None
    )
    host_worker.spinner = None  # it would write to standard output, terminal or not
    host_worker.execute_from_commandline()
    raise SystemExit(
        0
    )  # not reached: Faust's worker ends the process itself, which its missing types do not say


def address(name: str, settings: ServiceSettings) -> tuple[str, int]:
    """Where the service of this name serves HTTP."""
    return settings.http_host, settings.http_port or PORTS[name]


def tune_memory() -> None:
    """Costs that a stage would pay for every batch.

    What is loaded by now lives as long as the process: it is taken out of the garbage collector's rounds. A batch has some ten thousand
    objects and no cycles: the collector looks when a batch is over, not many times in it. And a batch's memory, freed after every commit,
    is kept for the next one: glibc would hand it back to the kernel and fault it in again, page by page.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # glibc's; other C libraries have none
    if mallopt is not None:
        for option in (_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD):
            mallopt(option, KEPT_BYTES)


def check_port(host: str, port: int) -> None:
    """Raise ConfigurationError where we cannot listen: somebody else does already, or the address is not ours."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise ConfigurationError(
            f"HTTP_PORT: cannot listen on {host}:{port}: {error.strerror}; choose another port or HTTP_HOST"
        ) from None


def _leave_on_error(task: "asyncio.Task[None]") -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        _leave_because(error)


def _leave_because(error: BaseException) -> NoReturn:
    log.debug("cause", exc_info=error)
    if isinstance(error, ConfigurationError) and not isinstance(error, UnreachableError):
        _leave(str(error), exits.CONFIGURATION)
    _leave(
        f"{type(error).__name__}: {error}; a fresh process will go on from the last commit",
        exits.TEMPORARY_FAILURE,
    )


def _leave_standstill(standstill: Standstill) -> NoReturn:
    _leave(standstill.description, standstill.exit_code)


def _leave(what: str, code: int) -> NoReturn:
    """Crash-only: after a fence or a standstill nothing in this process can be trusted to end in order."""
    log.error("process leaves", because=what, exit_code=code)
    flush()
    os._exit(code)
