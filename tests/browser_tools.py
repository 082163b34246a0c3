"""What tests in a real Chromium share: the browser, and a page on which nothing bad may happen."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

CHROMIUM: Final = (
    os.environ.get("CHROMIUM")
    or shutil.which("chromium")
    or shutil.which("chromium-browser")
    or shutil.which("google-chrome")
)
ARGUMENTS: Final = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
IN_A_BROWSER: Final = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.xdist_group("browser"),
]
"""The marks of every module of browser tests: they share one Chromium, so one event loop and one xdist worker."""
VISIBLE_WITHIN_S: Final = 20.0
"""Playwright's own 5 s are for a machine that does nothing else."""


@asynccontextmanager
async def launched(*more: str) -> AsyncIterator[Browser]:
    """Start a Chromium with these arguments added, and end it; the test is skipped where none is installed, except in CI."""
    if CHROMIUM is None and not os.environ.get("CI"):
        pytest.skip(
            "no Chromium here: install one, or set CHROMIUM to its path (with CI set, this fails instead)"
        )
    assert CHROMIUM is not None, "CI must have a Chromium: install one, or set CHROMIUM to its path"
    expect.set_options(timeout=VISIBLE_WITHIN_S * 1000)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=[*ARGUMENTS, *more]
        )
        yield browser
        await browser.close()


@dataclass
class Watched:
    """A page, and everything that should not happen on it."""

    page: Page
    bad: list[str] = field(default_factory=list)


@asynccontextmanager
async def opened(
    browser: Browser, url: str, path: str = "/", *, width: int = 1280
) -> AsyncIterator[Watched]:
    """A page of the board in a window of this width; at the end nothing bad may have happened: no error, no request elsewhere, no dialog."""
    context = await browser.new_context(viewport={"width": width, "height": 900})
    try:
        watched = Watched(await context.new_page())
        page, bad = watched.page, watched.bad
        page.on(
            "console",
            lambda message: (
                bad.append(f"console: {message.text}")
                if message.type in ("error", "warning")
                else None
            ),
        )
        page.on("pageerror", lambda error: bad.append(f"error: {error}"))
        page.on("dialog", lambda dialog: bad.append(f"dialog: {dialog.message}"))
        page.on(
            "request",
            lambda request: (
                None if request.url.startswith(f"{url}/") else bad.append(f"request: {request.url}")
            ),
        )
        await page.goto(f"{url}{path}")
        yield watched
        assert bad == []
    finally:
        await context.close()
