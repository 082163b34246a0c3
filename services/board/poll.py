"""Polls /readyz and /metrics of every service, each process of it, at regular intervals."""

import asyncio
import socket
from collections.abc import Mapping, Sequence
from typing import Final

from services.board.instances import Instance, host_and_port, list_instances
from services.board.live import Live
from services.board.state.service_metrics import StageMetrics, find_warnings, parse_stage_metrics
from services.board.state.status import DETAIL_CHARACTERS, Health, ServiceStatus
from shared.base.outcomes import InvalidMessage
from shared.http.address_guard import Resolve
from shared.http.clients import Client, Limits, fetch, fetch_client
from shared.http.errors import HttpError
from shared.http.name_lookup import resolve_by_system
from shared.service.readiness import summary

LIMITS: Final = Limits(
    connect_s=1.0, read_s=2.0, total_s=3.0, max_bytes=1024 * 1024, max_redirects=0
)


async def ipv4_addresses(host: str, port: int) -> Sequence[str]:
    """List a host name's IPv4 addresses; none if it cannot be resolved."""
    try:
        records = await asyncio.get_running_loop().getaddrinfo(
            host, port, family=socket.AF_INET, type=socket.SOCK_STREAM
        )
    except OSError:
        return ()
    return [str(record[4][0]) for record in records]


class ServicePoller:
    """Updates ``live`` with the state of the services every ``every_s`` seconds.

    ``services`` maps names to URLs; ``resolve`` finds the processes of a service.
    """

    def __init__(
        self,
        live: Live,
        services: Mapping[str, str],
        *,
        every_s: float,
        resolve: Resolve = ipv4_addresses,
    ) -> None:
        self._live, self._services, self._every_s, self._resolve = live, services, every_s, resolve
        self._clients = dict[Instance, Client]()
        self._stopping = asyncio.Event()

    async def start(self) -> None:
        """Do nothing: there is nothing to prepare."""

    async def run(self) -> None:
        """Poll until stopped."""
        try:
            while not self._stopping.is_set():
                self._live.services = await self.probe_all()
                self._live.publish_status()
                try:
                    await asyncio.wait_for(self._stopping.wait(), self._every_s)
                except TimeoutError:
                    continue
        finally:
            await self.close()

    async def stop(self) -> None:
        """Stop polling."""
        self._stopping.set()

    async def close(self) -> None:
        """Close all connections."""
        await self._keep_clients_of(())

    async def probe_all(self) -> tuple[ServiceStatus, ...]:
        """Probe every process that is behind a service's name now."""
        lists = await asyncio.gather(
            *(self._instances(name, url) for name, url in self._services.items())
        )
        everyone = [instance for each in lists for instance in each]
        await self._keep_clients_of(everyone)
        return tuple(
            await asyncio.gather(
                *(probe_service(self._clients[each], each.name, each.url) for each in everyone)
            )
        )

    async def _instances(self, name: str, url: str) -> tuple[Instance, ...]:
        return list_instances(name, url, await self._resolve(*host_and_port(url)))

    async def _keep_clients_of(self, everyone: Sequence[Instance]) -> None:
        """Keep one client per process, so that each has its own connection and no other target."""
        for gone in self._clients.keys() - set(everyone):
            await self._clients.pop(gone).http.aclose()
        for new in set(everyone) - self._clients.keys():
            self._clients[new] = build_client(new)


def build_client(instance: Instance) -> Client:
    """Build a client that connects to this process and to no other of its name."""

    async def resolve(host: str, port: int) -> Sequence[str]:
        return [instance.address] if instance.address else await resolve_by_system(host, port)

    return fetch_client(allowed=[host_and_port(instance.url)[0]], limits=LIMITS, resolve=resolve)


async def probe_service(client: Client, name: str, url: str) -> ServiceStatus:
    """Return a service's state according to its own probes."""
    try:
        ready = await fetch(client, f"{url}/readyz")
        stages, detail = await _stages(client, url)
    except HttpError as error:
        return ServiceStatus(name=name, state="down", detail=str(error)[:DETAIL_CHARACTERS])
    state: Health = "up" if ready.status == 200 else "not ready"
    details = "; ".join(filter(None, (summary(ready.body), detail)))
    return ServiceStatus(name=name, state=state, detail=details[:DETAIL_CHARACTERS], stages=stages)


async def _stages(client: Client, url: str) -> tuple[tuple[StageMetrics, ...], str]:
    answer = await fetch(client, f"{url}/metrics")
    text = answer.body.decode("utf-8", "replace") if answer.status == 200 else ""
    try:
        return parse_stage_metrics(text), find_warnings(text)
    except InvalidMessage as error:
        return (), str(error)
