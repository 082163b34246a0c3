"""Where an unfinished replay stands: in Kafka, in the same transactions as its articles.

It is the committed offset of a consumer group without members that has the replay's name. Its
metadata holds a hash of all articles so far, so that a changed input is noticed. It takes 150 bytes
however long the replay is, and the broker deletes it some time after the last commit, as it does
with every group.
"""

import hashlib
from dataclasses import dataclass, replace
from typing import Final

import msgspec
from aiokafka import TopicPartition
from aiokafka.structs import OffsetAndMetadata

from shared.kafka.cluster import Cluster
from shared.kafka.consumer_groups import fetch_commits
from shared.kafka.topics import ARTICLES_RAW
from shared.messages.schemas import RawArticle

PARTITION: Final = 0
_DIGEST_BYTES: Final = 16


class ChangedInput(Exception):  # noqa: N818 - a state of the input
    """An interrupted replay cannot go on: its input is not what it was."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"the input, or the order asked for, has changed since the replay was interrupted: "
            f"{reason}; --restart sends everything from the beginning, and nothing is posted twice"
        )


@dataclass(frozen=True, slots=True)
class ReplayPosition:
    """How many articles of a replay were dealt with, and a hash of them in their order.

    ``started_ms``: when the replay began, in Unix milliseconds.
    """

    started_ms: int
    articles: int = 0
    digest: str = ""

    def after(self, article: RawArticle) -> "ReplayPosition":
        """Return the position behind one more article."""
        digest = hashlib.blake2b(bytes.fromhex(self.digest), digest_size=_DIGEST_BYTES)
        digest.update(article.uri.encode("utf-8", "surrogatepass"))
        digest.update(b"\0")
        digest.update(article.content)
        return replace(self, articles=self.articles + 1, digest=digest.hexdigest())

    def commit(self, cluster: Cluster) -> dict[TopicPartition, OffsetAndMetadata]:
        """Return it as what a transaction commits."""
        metadata = msgspec.json.encode(self).decode()
        tp = TopicPartition(cluster.name(ARTICLES_RAW.name), PARTITION)
        return {tp: OffsetAndMetadata(self.articles, metadata)}


def group_of(replay_id: str) -> str:
    """Return the name of the consumer group that holds a replay's position."""
    return f"replay-{replay_id}"


def final_commit(cluster: Cluster) -> dict[TopicPartition, OffsetAndMetadata]:
    """Return what the last transaction commits: the next replay of this name begins anew."""
    tp = TopicPartition(cluster.name(ARTICLES_RAW.name), PARTITION)
    return {tp: OffsetAndMetadata(0, "")}


async def load_position(cluster: Cluster, replay_id: str) -> ReplayPosition | None:
    """Load the position of an interrupted replay; None if there is none."""
    commits = await fetch_commits(cluster, group_of(replay_id), ARTICLES_RAW.name)
    committed = commits.get(PARTITION)
    if committed is None or not committed.metadata:
        return None
    try:
        return msgspec.json.decode(committed.metadata, type=ReplayPosition)
    except msgspec.DecodeError:
        return None
