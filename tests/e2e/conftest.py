"""The browser of the tests in this folder."""

from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import Browser

from tests.browser_tools import launched


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """One browser for all tests of a process. It lives in the session's event loop: a test that uses it is marked with ``IN_A_BROWSER``."""
    async with launched() as browser:
        yield browser
