"""How the fake Slack of a chaos run misbehaves: occasionally, from a seed. Pure."""

import random
from collections.abc import Iterator, Sequence
from typing import Final

from services.console.fake_slack.faults import Fault

FIRST, EVERY = (3, 15), (12, 40)
"""Which post of a webhook meets the first fault, and how many posts lie between two faults."""
POSTS: Final = 2_000
HANG_S: Final = 12.0
"""Longer than the deliverer waits for an answer."""


def misbehaviour(seed: int, hooks: Sequence[str], posts: int = POSTS) -> list[Fault]:
    """Plan the faults of every webhook's first ``posts`` posts."""
    rng = random.Random(seed)
    return [fault for hook in hooks for fault in _of_hook(rng, hook, posts)]


def _of_hook(rng: random.Random, hook: str, posts: int) -> Iterator[Fault]:
    number = rng.randint(*FIRST)
    while number <= posts:
        yield _fault(rng, hook, number)
        number += rng.randint(*EVERY)


def _fault(rng: random.Random, hook: str, number: int) -> Fault:
    accept = rng.random() < 0.5
    match rng.choice(("429", "500", "hang", "reset", "slow")):
        case "429":
            wait_s = rng.randint(1, 3)
            return Fault(do="status", at=number, path=hook, status=429, retry_after=wait_s)
        case "500":
            return Fault(do="status", at=number, path=hook, status=rng.choice((500, 503)))
        case "hang":
            return Fault(do="hang", at=number, path=hook, seconds=HANG_S, accept=accept)
        case "reset":
            return Fault(do="reset", at=number, path=hook, accept=accept)
        case _:
            return Fault(do="slow", at=number, path=hook, seconds=1.5, accept=True)
