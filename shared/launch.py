"""Starting a service: logs, the check of the cluster, and then the worker. Every service's ``__main__`` calls this."""

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import NoReturn

from shared import log, preflight, worker
from shared.kafka import Cluster
from shared.settings import ServiceSettings
from shared.topics import Topic, needed_by
from shared.watchdog import Progress

Build = Callable[[Cluster, Progress], worker.Service]


def launch(name: str, settings: ServiceSettings, build: Build, *, same_partitions: Sequence[tuple[Topic, Topic]] = ()) -> NoReturn:
    """Run the service that ``build`` wires; never returns. ConfigurationError where it cannot start as it is configured.

    What files and ports can tell is told before the broker is waited for.
    """
    log.configure(name, level=settings.log_level, style=settings.log_format)
    cluster = Cluster(settings)
    progress = Progress(settings.watchdog_s, time.monotonic())
    service = build(cluster, progress)
    worker.check_port(*worker.address(name, settings))
    asyncio.run(preflight.check(cluster, needed_by(name), same_partitions=same_partitions))
    progress.beat = time.monotonic()
    worker.run(service, settings)
