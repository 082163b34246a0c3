"""The browser of the tests in this folder."""

import os
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, async_playwright

from tests.browser_tools import ARGUMENTS, CHROMIUM


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    if CHROMIUM is None and not os.environ.get("CI"):
        pytest.skip("no Chromium here: install one, or set CHROMIUM to its path (with CI set, this fails instead)")
    assert CHROMIUM is not None, "CI must have a Chromium: install one, or set CHROMIUM to its path"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield browser
        await browser.close()
