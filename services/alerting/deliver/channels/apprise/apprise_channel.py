"""The channel ``apprise``: one of Apprise's services for each name; its URL is secret."""

import asyncio
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import ClassVar, Final

import orjson

from services.alerting.deliver.channels.answers import Answer
from services.alerting.deliver.channels.apprise.report_verdict import judge
from services.alerting.deliver.channels.apprise.service_text import (
    render_body,
    render_shortest,
    render_title,
)
from services.alerting.deliver.channels.apprise.service_urls import ServiceUrls
from services.alerting.deliver.channels.channel import Post, PostingPace
from services.alerting.deliver.channels.message.content import compose, summarise

PACE: Final = PostingPace(spacing_s=1.0)
"""As slow as the slowest of the known services, whose limits differ."""
TIMEOUT_S: Final = 30.0
MAX_CHILDREN: Final = 4
"""Each takes about half a second of CPU to load Apprise, and 60 MB."""
_PROGRAM: Final = "services.alerting.deliver.channels.apprise.sending"
_KEPT: Final = ("PATH", "PYTHONPATH", "VIRTUAL_ENV", "SSL_CERT_FILE", "SSL_CERT_DIR")
"""No proxies, no passwords of ~/.netrc, and none of our own secrets reach the child."""


@dataclass(frozen=True, slots=True)
class AppriseChannel:
    """Sends each message in a child process of its own, which may take ``timeout_s``.

    ``allowed`` are the non-public networks and hosts that it may connect to.
    """

    urls: ServiceUrls
    allowed: Sequence[str] = ()
    board_url: str = ""
    timeout_s: float = TIMEOUT_S
    pace: ClassVar[PostingPace] = PACE
    _slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(MAX_CHILDREN))

    def rate_limit_key(self, name: str) -> str | None:
        """Return one key per URL."""
        return self.urls.rate_limit_key(name)

    def render(self, post: Post) -> bytes:
        """Render title and body as JSON; a plain post has only a summary."""
        content = compose(post, self.board_url)
        if post.is_plain:
            body = render_shortest(content, summarise(content))
            return orjson.dumps({"title": "", "body": body})
        return orjson.dumps({"title": render_title(content), "body": render_body(content)})

    async def send(self, name: str, body: bytes, notification_id: str) -> Answer:  # noqa: ARG002 - no service takes ids
        """Send once, in a child process."""
        order = orjson.loads(body) | {"url": self.urls.by_name[name], "allowed": [*self.allowed]}
        async with self._slots:
            output, code = await _run_child(orjson.dumps(order), self.timeout_s)
        return judge(output, code, datetime.now(UTC))


async def _run_child(order: bytes, timeout_s: float) -> tuple[bytes, int | None]:
    """Return the child's output and exit code, None if it was killed for taking too long."""
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", _PROGRAM),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env=_environment(os.environ),
    )
    try:
        output, _ = await asyncio.wait_for(child.communicate(order), timeout_s)
    except TimeoutError:
        return b"", None
    finally:
        with suppress(ProcessLookupError):
            child.kill()
    return output, child.returncode


def _environment(own: Mapping[str, str]) -> dict[str, str]:
    kept = {name: own[name] for name in _KEPT if name in own}
    return kept | {"HOME": "/nonexistent", "PYTHONIOENCODING": "utf-8"}
