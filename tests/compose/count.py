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
class Arrived:
    """How often each story arrived; ``marked`` are posts marked as possible repeats."""

    alerts: Counter[int]
    posts: Counter[int]
    marked: Counter[int]

    def failures(self, stories: int) -> list[str]:
        """List what is missing or doubled among that many stories."""
        wanted = range(stories)
        missing = {
            "alerts": [n for n in wanted if n not in self.alerts],
            "posts": [n for n in wanted if n not in self.posts + self.marked],
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
        marked = sum(self.marked.values())
        return f"{alerts} alerts, {posts} posts, {marked} more marked as possible repeats"


def arrived(stack: Stack) -> Arrived:
    """Count what has arrived so far."""
    posts, marked = Counter[int](), Counter[int]()
    for text in stack.get(SINK, "/posts").decode().splitlines():
        found = NUMBER.search(json.dumps(json.loads(text)["payload"], ensure_ascii=False))
        if found:
            (marked if REPEAT in text else posts)[int(found[1])] += 1
    return Arrived(asyncio.run(_alerts(stack)), posts, marked)


def posts_arrived(stack: Stack) -> int:
    """Count the stories that the fake Slack has, without Kafka."""
    return len({int(number) for number in NUMBER.findall(stack.get(SINK, "/posts").decode())})


async def _alerts(stack: Stack) -> Counter[int]:
    records = await consume(cluster_at(f"127.0.0.1:{stack.ports['kafka']}"), ALERTS.name)
    found = [NUMBER.search(decode(record.value, Alert).headline) for record in records]
    return Counter(int(match[1]) for match in found if match)
