"""The server that publishers reach, apart from that of the probes."""

from collections.abc import Sequence
from typing import Final

from services.fetcher.push.article_api import ArticleApi
from services.fetcher.push.receipt_reader import ReceiptReader
from shared.service.connection_limits import ConnectionLimits
from shared.service.web_server import Route, WebServer

LIMITS: Final = ConnectionLimits()


class PushServer:
    """A component: the receipts, the producer, and the server in front of them."""

    def __init__(self, host: str, port: int, api: ArticleApi, receipts: ReceiptReader) -> None:
        self._host, self._port, self._api, self._receipts = host, port, api, receipts
        self._server: WebServer | None = None

    def obstacle(self) -> str:
        """Return why no article can be posted now, or ""."""
        return "" if self._server else "the server for pushed articles does not listen yet"

    async def start(self) -> None:
        """Listen, once the receipts are read and the producer has started."""
        await self._receipts.start()
        await self._api.start()
        routes: Sequence[Route] = self._api.routes()
        server = WebServer(self._host, self._port, routes, limits=LIMITS)
        await server.on_start()
        self._server = server

    async def run(self) -> None:
        """Read receipts until stopped."""
        await self._receipts.run()

    async def stop(self) -> None:
        """Answer what was posted, then stop listening."""
        if self._server is not None:
            await self._server.on_stop()
        await self._receipts.stop()
        await self._api.stop()
