"""The hostile web as its victims see it: in another process, with name servers of its own."""

import asyncio
import json
import ssl
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from shared.http.name_lookup import resolve_by_system

ROOT: Final = Path(__file__).parents[2]
ALLOWED: Final = ("127.0.1.0/24", "127.0.2.0/24")
"""The hostile servers' addresses and the honest sites'; all others of this machine are inside."""
NAMES: Final[Mapping[str, Sequence[str]]] = {
    "inside.example": ["127.0.0.1"],
    "all-inside.example": ["10.0.0.1", "127.0.0.1", "::1", "::ffff:127.0.0.1"],
    "partly-inside.example": ["127.0.0.1", "127.0.2.1", "10.0.0.1"],
    "public.example": ["8.8.8.8"],
}
REBINDING: Final = "redirects_to_a_name_that_changes_its_address"


@dataclass(frozen=True, slots=True)
class Sightings:
    """What the servers have seen: connections to the canary, and requests that leaked something."""

    canary_connections: int
    violations: list[str]


@dataclass(slots=True)
class RunningWeb:
    """The servers in the other process; ``urls`` has the feed of each behaviour by its name."""

    process: asyncio.subprocess.Process
    urls: Mapping[str, str]
    canary: str
    elsewhere: str
    authority: Path
    _rebound: int = 0

    async def resolve(self, host: str, port: int) -> Sequence[str]:
        """Resolve a host as hostile name servers do."""
        if host == "rebinding.example":
            self._rebound += 1
            address = self.urls[REBINDING].split("/")[2].partition(":")[0]
            return [address if self._rebound == 1 else "127.0.0.1"]
        if host in NAMES:
            return NAMES[host]
        if host.endswith((".example", ".")):
            raise OSError("no such host")
        return await resolve_by_system(host, port)

    def trust(self) -> ssl.SSLContext:
        """Return a client's context that trusts the servers' authority only."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(self.authority)
        return context

    async def stop(self) -> Sightings:
        """End the servers and return what they have seen."""
        answer, _ = await self.process.communicate(b"")
        return Sightings(**json.loads(answer))


@asynccontextmanager
async def running_web(folder: Path) -> AsyncIterator[RunningWeb]:
    """Start the servers; ``folder`` is for their certificates."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.hostile_server", str(folder)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=1024 * 1024,
        cwd=ROOT,
    )
    assert process.stdout is not None
    try:
        fields = json.loads(await process.stdout.readline())
        authority = Path(fields.pop("authority"))
        yield RunningWeb(process, authority=authority, **fields)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
