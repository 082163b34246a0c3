"""Tools for tests in a real Chromium: the browser, and a page on which nothing may go wrong."""

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
BROWSER_MARKS: Final = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.xdist_group("browser"),
]
"""The ``pytestmark`` of browser tests: they share a Chromium, so an event loop and a worker."""
EXPECT_TIMEOUT_S: Final = 20.0
"""Playwright's default of 5 s is too short on a machine that runs other tests as well."""


@asynccontextmanager
async def launch_chromium(*extra_arguments: str) -> AsyncIterator[Browser]:
    """Start Chromium, and close it at the end.

    Skip the test if none is installed; in CI, fail instead.
    """
    if CHROMIUM is None and not os.environ.get("CI"):
        pytest.skip("no Chromium: install one, or set CHROMIUM to its path (in CI this fails)")
    assert CHROMIUM is not None, "CI must have a Chromium: install one, or set CHROMIUM to its path"
    expect.set_options(timeout=EXPECT_TIMEOUT_S * 1000)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=[*ARGUMENTS, *extra_arguments]
        )
        yield browser
        await browser.close()


@dataclass
class WatchedPage:
    """A page, and a list of the problems seen on it."""

    page: Page
    problems: list[str] = field(default_factory=list)


@asynccontextmanager
async def open_page(
    browser: Browser, url: str, path: str = "/", *, width: int = 1280
) -> AsyncIterator[WatchedPage]:
    """Open a page of the board in a context of its own, ``width`` pixels wide.

    At the end, fail if there was an error or warning, a dialog, or a request to another host.
    """
    context = await browser.new_context(viewport={"width": width, "height": 900})
    try:
        watched = WatchedPage(await context.new_page())
        page, problems = watched.page, watched.problems
        page.on(
            "console",
            lambda message: (
                problems.append(f"console: {message.text}")
                if message.type in ("error", "warning")
                else None
            ),
        )
        page.on("pageerror", lambda error: problems.append(f"error: {error}"))
        page.on("dialog", lambda dialog: problems.append(f"dialog: {dialog.message}"))
        page.on(
            "request",
            lambda request: (
                None
                if request.url.startswith(f"{url}/")
                else problems.append(f"request: {request.url}")
            ),
        )
        await page.goto(f"{url}{path}")
        yield watched
        assert problems == []
    finally:
        await context.close()
