"""Bodies share a budget: large ones take turns, small ones never wait."""

import asyncio

from shared.http.body_budget import FREE_BYTES, BodyBudget

KIB = 1024


async def receive(budget: BodyBudget, pieces: int, order: list[str], name: str) -> None:
    """Receive a body in pieces of 64 KiB."""
    with budget.receive() as body:
        for _ in range(pieces):
            await budget.grow(body, 64 * KIB)
            await asyncio.sleep(0)
    order.append(name)


async def test_large_bodies_all_get_through_in_turn() -> None:
    """Twenty bodies of four megabytes share a budget of one, and none waits for ever."""
    budget, order = BodyBudget(1024 * KIB), list[str]()
    async with asyncio.timeout(20):
        await asyncio.gather(*(receive(budget, 64, order, str(number)) for number in range(20)))
    assert sorted(map(int, order)) == list(range(20))
    assert budget.held_bytes == 0


async def test_a_small_body_never_waits() -> None:
    """While the budget is used up, a body of 256 KiB is received at once, and a larger one waits."""
    budget = BodyBudget(1024 * KIB)
    with budget.receive() as first, budget.receive() as small, budget.receive() as large:
        await budget.grow(first, 4096 * KIB)
        await budget.grow(small, FREE_BYTES)
        waiting = asyncio.create_task(budget.grow(large, FREE_BYTES + 1))
        await asyncio.sleep(0.01)
        assert not waiting.done()
        await budget.grow(first, 4096 * KIB)
        waiting.cancel()


async def test_who_trickles_holds_little() -> None:
    """Ten bodies that stopped at 300 KiB leave room for one of four megabytes."""
    budget, order = BodyBudget(4096 * KIB), list[str]()

    async def trickle() -> None:
        with budget.receive() as body:
            await budget.grow(body, 300 * KIB)
            await asyncio.Event().wait()

    tricklers = [asyncio.create_task(trickle()) for _ in range(10)]
    await asyncio.sleep(0)
    async with asyncio.timeout(20):
        await receive(budget, 56, order, "large")
    for task in tricklers:
        task.cancel()
    await asyncio.gather(*tricklers, return_exceptions=True)
    assert (order, budget.held_bytes) == (["large"], 0)


async def test_a_body_that_ends_lets_the_next_one_grow() -> None:
    """Also if it ended by an error: its share is free again."""
    budget, order = BodyBudget(1024 * KIB), list[str]()

    async def fail() -> None:
        with budget.receive() as body:
            await budget.grow(body, 4096 * KIB)
            await asyncio.sleep(0.01)
            raise ZeroDivisionError

    failing = asyncio.create_task(fail())
    await asyncio.sleep(0)
    await receive(budget, 64, order, "next")
    await asyncio.gather(failing, return_exceptions=True)
    assert order == ["next"]
