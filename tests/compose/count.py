"""Count alerts in Kafka and posts at the fake Slack by the number of their story."""

import asyncio
import json
import re
from collections import Counter
from dataclasses import dataclass

from shared.kafka.topics import ALERTS
from shared.messages.codec import decode
from shared.messages.schemas import Alert
from tests.compose.stack import SINK, Stack
from tests.kafka_tools import cluster_at, consume

NUMBER = re.compile(r"Summit report (\d+)")
REPEAT = "possible repeat"
"""How deliver marks a post of which it cannot know whether it came before."""


@dataclass(frozen=True, slots=True)
class Arrivals:
    """How often each story arrived; ``repeats`` are posts marked as possible repeats."""

    alerts: Counter[int]
    posts: Counter[int]
    repeats: Counter[int]

    def failures(self, stories: int) -> list[str]:
        """List what is missing or doubled among that many stories."""
        wanted = range(stories)
        missing = {
            "alerts": [n for n in wanted if n not in self.alerts],
            "posts": [n for n in wanted if n not in self.posts + self.repeats],
        }
        doubled = {
            "alerts": [n for n in wanted if self.alerts[n] > 1],
            "posts": [n for n in wanted if self.posts[n] > 1],
        }
        return [
            f"{len(numbers)} {what} {how}, first {numbers[:5]}"
            for how, lists in (("missing", missing), ("doubled", doubled))
            for what, numbers in lists.items()
            if numbers
        ]

    def __str__(self) -> str:
        alerts, posts = sum(self.alerts.values()), sum(self.posts.values())
        marked = sum(self.repeats.values())
        return f"{alerts} alerts, {posts} posts, {marked} more marked as possible repeats"


def count_arrivals(stack: Stack) -> Arrivals:
    """Count what has arrived so far."""
    posts, marked = Counter[int](), Counter[int]()
    for text in stack.get(SINK, "/posts").decode().splitlines():
        found = NUMBER.search(json.dumps(json.loads(text)["payload"], ensure_ascii=False))
        if found:
            (marked if REPEAT in text else posts)[int(found[1])] += 1
    return Arrivals(asyncio.run(_alerts(stack)), posts, marked)


def count_posts(stack: Stack) -> int:
    """Count the stories that the fake Slack has, without Kafka."""
    return len({int(number) for number in NUMBER.findall(stack.get(SINK, "/posts").decode())})


async def _alerts(stack: Stack) -> Counter[int]:
    records = await consume(cluster_at(f"127.0.0.1:{stack.ports['kafka']}"), ALERTS.name)
    found = [NUMBER.search(decode(record.value, Alert).headline) for record in records]
    return Counter(int(match[1]) for match in found if match)
