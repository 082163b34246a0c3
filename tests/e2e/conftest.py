"""The browser of the tests in this folder."""

from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import Browser

from tests.browser_tools import launch_chromium


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """Yield the one browser of all browser tests.

    It is bound to the session's event loop, so every test that uses it has BROWSER_MARKS.
    """
    async with launch_chromium() as browser:
        yield browser
