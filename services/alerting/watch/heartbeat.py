"""Tells a service outside that alerts work: a request to a URL, as long as they do.

The service, for example healthchecks.io or a Watchdog receiver, raises the alarm when the requests
stop. So a summitwire that is dead, or cannot reach the internet, is noticed.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from shared.base import metrics
from shared.base.log import get
from shared.http.clients import Client, post
from shared.http.errors import HttpError

log = get(__name__)

FRESH_S: Final = 60.0
"""So old may the watch's last word be that everything works."""
_HEADERS: Final[Mapping[str, str]] = {"content-type": "text/plain"}


@dataclass(frozen=True, slots=True, kw_only=True)
class HeartbeatTarget:
    """Where to and how often; ``url`` is a secret."""

    url: str = field(repr=False)
    every_s: float = 60.0


class Heartbeat:
    """A component that requests the URL while ``note`` says that everything works."""

    def __init__(
        self,
        client: Client,
        target: HeartbeatTarget,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        fresh_s: float = FRESH_S,
    ) -> None:
        self._client, self._target = client, target
        self._monotonic, self._fresh_s = monotonic, fresh_s
        self._worked_at: float | None = None
        self._is_watching = False
        self._stopping = asyncio.Event()

    def note(self, works: bool) -> None:
        """Take the watch's word whether everything works now."""
        self._is_watching = True
        if works:
            self._worked_at = self._monotonic()

    async def start(self) -> None:
        """Do nothing: there is nothing to prepare."""

    async def run(self) -> None:
        """Beat until stopped."""
        while not self._stopping.is_set():
            try:
                await asyncio.wait_for(self._stopping.wait(), self._target.every_s)
            except TimeoutError:
                await self.beat()

    async def stop(self) -> None:
        """Stop beating."""
        self._stopping.set()

    async def beat(self) -> str:
        """Request the URL if everything works; return the outcome, "" if this process idles."""
        if not self._is_watching:
            return ""
        outcome = await self._request() if self._works() else "withheld"
        metrics.HEARTBEATS.labels(outcome).inc()
        return outcome

    def _works(self) -> bool:
        at = self._worked_at
        return at is not None and self._monotonic() - at <= self._fresh_s

    async def _request(self) -> str:
        try:
            response = await post(self._client, self._target.url, b"", headers=_HEADERS)
        except HttpError as error:
            log.warning("no heartbeat", error=str(error))
            return "failed"
        if 200 <= response.status < 300:
            return "accepted"
        log.warning("the heartbeat was refused", status=response.status)
        return "refused"
