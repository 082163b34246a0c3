"""Host names are looked up once at a time, each in a thread of its own."""

import asyncio
import threading
from typing import Any

import pytest

from shared.http.name_lookup import NameLookups


class NameServer:
    """Answers when it is released; counts the questions."""

    def __init__(self) -> None:
        self.released, self.questions = threading.Event(), list[str]()

    def find(self, host: str, port: int, **_: Any) -> list[tuple[Any, ...]]:
        self.questions.append(host)
        if host.startswith("dead"):
            assert self.released.wait(30)
            raise OSError("no answer")
        return [(0, 0, 0, "", ("192.0.2.7", port)), (0, 0, 0, "", ("192.0.2.7", port))]


async def test_a_dead_name_server_delays_no_other_host() -> None:
    """While fifty names hang, another is answered, and fifty more questions add no thread."""
    server = NameServer()
    lookups = NameLookups(server.find)
    hanging = [
        asyncio.create_task(lookups.resolve(f"dead{number % 50}.example", 80))
        for number in range(100)
    ]
    await asyncio.sleep(0)
    assert await lookups.resolve("news.example", 80) == ["192.0.2.7"]
    server.released.set()
    results = await asyncio.gather(*hanging, return_exceptions=True)
    assert [type(result) for result in results] == [OSError] * 100
    assert len(server.questions) == 51


async def test_who_gives_up_waiting_does_not_end_the_lookup_of_others() -> None:
    """Of two that wait for one host, one may time out."""
    server = NameServer()
    lookups = NameLookups(server.find)
    first, second = (asyncio.create_task(lookups.resolve("dead.example", 80)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    server.released.set()
    with pytest.raises(OSError, match="no answer"):
        await second
    assert server.questions == ["dead.example"]


async def test_too_many_hosts_at_once_do_not_resolve() -> None:
    """Threads are bounded, and free again when the lookups have ended."""
    server = NameServer()
    lookups = NameLookups(server.find, at_once=2)
    hanging = [
        asyncio.create_task(lookups.resolve(f"dead{number}.example", 80)) for number in range(2)
    ]
    await asyncio.sleep(0)
    with pytest.raises(OSError, match="more than 2 host names"):
        await lookups.resolve("news.example", 80)
    server.released.set()
    await asyncio.gather(*hanging, return_exceptions=True)
    assert await lookups.resolve("news.example", 80) == ["192.0.2.7"]


@pytest.mark.parametrize("address", ["192.0.2.1", "2001:db8::1", "fe80::1%2"])
async def test_an_address_is_not_looked_up(address: str) -> None:
    """What is an address already costs no thread."""
    server = NameServer()
    assert await NameLookups(server.find).resolve(address, 80) == (address,)
    assert server.questions == []
