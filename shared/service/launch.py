"""Start a service: logs, a check of the cluster, then the worker. Each ``__main__`` calls this."""

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import NoReturn

from shared.base import log
from shared.base.exits import ConfigurationError, TemporaryError, UnreachableError
from shared.base.port_check import check_port
from shared.base.settings import ServiceSettings
from shared.kafka import preflight
from shared.kafka.cluster import Cluster
from shared.kafka.topics import Topic, topics_of_service
from shared.service import worker
from shared.stream.watchdog import Progress

Build = Callable[[Cluster, Progress], worker.Service]


def launch(
    name: str,
    settings: ServiceSettings,
    build: Build,
    *,
    same_partitions: Sequence[tuple[Topic, Topic]] = (),
) -> NoReturn:
    """Run the service that ``build`` wires; never returns.

    ConfigurationError if it cannot start as configured; TemporaryError if no broker answers, after
    which a supervisor may try again. Mistakes in files and ports are reported before waiting for
    the broker.
    """
    log.configure(
        name, level=settings.log_level, style=settings.log_format, broker=settings.kafka_bootstrap
    )
    cluster = Cluster(settings)
    progress = Progress(settings.watchdog_s, time.monotonic())
    service = build(cluster, progress)
    check_port(*worker.address(name, settings))
    asyncio.run(_prepare(cluster, service, same_partitions))
    progress.beat = time.monotonic()
    worker.run(service, settings)


async def _prepare(
    cluster: Cluster, service: worker.Service, same_partitions: Sequence[tuple[Topic, Topic]]
) -> None:
    try:
        await preflight.check(
            cluster, topics_of_service(service.name), same_partitions=same_partitions
        )
    except ConfigurationError as error:
        failure = TemporaryError if isinstance(error, UnreachableError) else ConfigurationError
        raise failure("\n".join([*service.warnings, str(error)])) from error
    if service.prepare:
        await service.prepare()
