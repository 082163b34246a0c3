"""Bodies share a budget: large ones take turns, small ones never wait."""

import asyncio

from shared.http.body_budget import FREE_BYTES, BodyBudget, BodyShare

KIB = 1024


async def receive(budget: BodyBudget, pieces: int, order: list[str], name: str) -> None:
    """Receive a body in pieces of 64 KiB."""
    share = BodyShare(budget)
    for _ in range(pieces):
        await share.grow(64 * KIB)
        await asyncio.sleep(0)
    del share
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
    first, small, large = BodyShare(budget), BodyShare(budget), BodyShare(budget)
    await first.grow(4096 * KIB)
    await small.grow(FREE_BYTES)
    waiting = asyncio.create_task(large.grow(FREE_BYTES + 1))
    await asyncio.sleep(0.01)
    assert not waiting.done()
    await first.grow(4096 * KIB)
    del first
    await waiting


async def test_who_trickles_holds_little() -> None:
    """Ten bodies that stopped at 300 KiB leave room for one of four megabytes."""
    budget, order = BodyBudget(4096 * KIB), list[str]()

    async def trickle() -> None:
        share = BodyShare(budget)
        await share.grow(300 * KIB)
        await asyncio.Event().wait()

    tricklers = [asyncio.create_task(trickle()) for _ in range(10)]
    await asyncio.sleep(0)
    async with asyncio.timeout(20):
        await receive(budget, 56, order, "large")
    assert (order, budget.held_bytes) == (["large"], 10 * (300 * KIB - FREE_BYTES))
    for task in tricklers:
        task.cancel()


async def test_a_body_that_ends_lets_the_next_one_grow() -> None:
    """A share ends with the object that holds it."""
    budget, order = BodyBudget(1024 * KIB), list[str]()
    first = BodyShare(budget)
    await first.grow(4096 * KIB)
    waiting = asyncio.create_task(receive(budget, 64, order, "next"))
    await asyncio.sleep(0)
    del first
    await waiting
    assert (order, budget.held_bytes) == (["next"], 0)
