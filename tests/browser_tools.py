"""What tests in a real Chromium share: the browser, and a page on which nothing bad may happen."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

from playwright.async_api import Browser, Page

CHROMIUM: Final = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGUMENTS: Final = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)


@dataclass
class Watched:
    """A page, and everything that should not happen on it."""

    page: Page
    bad: list[str] = field(default_factory=list)


@asynccontextmanager
async def opened(browser: Browser, url: str, path: str = "/", *, width: int = 1280) -> AsyncIterator[Watched]:
    """A page of the board in a window of this width; at the end nothing bad may have happened: no error, no request elsewhere, no dialog."""
    context = await browser.new_context(viewport={"width": width, "height": 900})
    watched = Watched(await context.new_page())
    page, bad = watched.page, watched.bad
    page.on("console", lambda message: bad.append(f"console: {message.text}") if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: bad.append(f"error: {error}"))
    page.on("dialog", lambda dialog: bad.append(f"dialog: {dialog.message}"))
    page.on("request", lambda request: None if request.url.startswith(f"{url}/") else bad.append(f"request: {request.url}"))
    await page.goto(f"{url}{path}")
    yield watched
    assert bad == []
    await context.close()
