"""The table of topics.

Topic creation, the README's picture, docker-compose and the contract tests are derived from it.
Retention is in milliseconds, sizes in bytes. A breaking change of a message needs a new topic,
hence the ``.v1``.
"""

from dataclasses import dataclass
from typing import Final, Literal

from shared.messages import schemas

DAY_MS: Final = 24 * 60 * 60 * 1000
MIB: Final = 1024 * 1024
HEADROOM_BYTES: Final = 4_096
"""Reserved below a topic's ``max_message_bytes`` for headers and Kafka's framing."""

Cleanup = Literal["delete", "compact", "compact,delete"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """One topic: what its records are, who writes and reads them, and how the broker keeps them.

    ``retention_ms`` None keeps records for ever (compacted state). ``producer`` also owns the keys;
    ``second_producer`` writes, too. ``other_messages`` are further message types in the same topic,
    under keys of their own.
    """

    name: str
    key: str
    message: type[schemas.Message]
    cleanup: Cleanup
    retention_ms: int | None
    partitions: int
    producer: str
    consumers: tuple[str, ...]
    max_message_bytes: int = MIB
    other_messages: tuple[type[schemas.Message], ...] = ()
    second_producer: str = ""

    @property
    def messages(self) -> tuple[type[schemas.Message], ...]:
        """All message types that its records may hold."""
        return (self.message, *self.other_messages)

    @property
    def producers(self) -> tuple[str, ...]:
        """All who write it."""
        return (self.producer, self.second_producer) if self.second_producer else (self.producer,)

    @property
    def dead_letters(self) -> str:
        """The name of the topic for this topic's dead letters."""
        return f"{self.name}.dlq.v1"


ARTICLES_RAW: Final = Topic(
    name="articles.raw.v1",
    key="source",
    message=schemas.RawArticle,
    cleanup="delete",
    retention_ms=7 * DAY_MS,
    partitions=12,
    producer="fetcher",
    second_producer="fetcher/push",
    consumers=("cleaner",),
    max_message_bytes=8 * MIB,
)
SOURCES: Final = Topic(
    name="sources.v1",
    key="source",
    message=schemas.SourceMemory,
    cleanup="compact",
    retention_ms=None,
    partitions=12,
    producer="cleaner",
    consumers=("cleaner",),
    other_messages=(schemas.ArticleHistory,),
)
ARTICLES_CLEAN: Final = Topic(
    name="articles.clean.v1",
    key="article_id",
    message=schemas.CleanArticle,
    cleanup="delete",
    retention_ms=30 * DAY_MS,
    partitions=12,
    producer="cleaner",
    consumers=("tagger",),
)
ARTICLES_TAGGED: Final = Topic(
    name="articles.tagged.v1",
    key="article_id",
    message=schemas.TaggedArticle,
    cleanup="delete",
    retention_ms=30 * DAY_MS,
    partitions=12,
    producer="tagger",
    consumers=("alerting/match", "alerting/watch", "board"),
)
ALERTS: Final = Topic(
    name="alerts.v1",
    key="rule_id",
    message=schemas.Alert,
    cleanup="delete",
    retention_ms=90 * DAY_MS,
    partitions=6,
    producer="alerting/match",
    consumers=("alerting/count", "board"),
)
HITS: Final = Topic(
    name="hits.v1",
    key="rule_id",
    message=schemas.RuleHits,
    cleanup="compact",
    retention_ms=None,
    partitions=6,
    producer="alerting/count",
    consumers=("alerting/count",),
    other_messages=(schemas.Alert,),
)
RECIPIENTS: Final = Topic(
    name="recipients.v1",
    key="article_id",
    message=schemas.Recipients,
    cleanup="compact,delete",
    retention_ms=30 * DAY_MS,
    partitions=12,
    producer="alerting/match",
    consumers=("alerting/match",),
)
DISPATCHES: Final = Topic(
    name="dispatches.v1",
    key="destination",
    message=schemas.Dispatch,
    cleanup="delete",
    retention_ms=30 * DAY_MS,
    partitions=6,
    producer="alerting/match",
    second_producer="alerting/count",
    consumers=("alerting/deliver", "board"),
    other_messages=(schemas.RedriveRequest,),
)
NOTIFICATIONS: Final = Topic(
    name="notifications.v1",
    key="destination",
    message=schemas.Notification,
    cleanup="delete",
    retention_ms=90 * DAY_MS,
    partitions=6,
    producer="alerting/deliver",
    second_producer="alerting/count",
    consumers=("alerting/watch", "board"),
)
DELIVERIES: Final = Topic(
    name="deliveries.v1",
    key="notification_id",
    message=schemas.Delivery,
    cleanup="compact,delete",
    retention_ms=180 * DAY_MS,
    partitions=6,
    producer="alerting/deliver",
    consumers=("alerting/deliver", "board"),
    other_messages=(
        schemas.Notification,
        schemas.Dispatch,
        schemas.Story,
        schemas.PendingEscalation,
    ),
)
FEEDS: Final = Topic(
    name="feeds.v1",
    key="url",
    message=schemas.FeedState,
    cleanup="compact",
    retention_ms=None,
    partitions=6,
    producer="fetcher",
    consumers=("fetcher", "board"),
    other_messages=(schemas.FeedRevival, schemas.PushedFeed),
)
SUBSCRIPTIONS: Final = Topic(
    name="subscriptions.v1",
    key="feed",
    message=schemas.FeedSubscription,
    cleanup="compact",
    retention_ms=None,
    partitions=1,
    producer="fetcher",
    consumers=("fetcher",),
)
# One partition: with six the bench measured longer waits (docs/decisions/2026-11-30-push.md).
PUSHES: Final = Topic(
    name="pushes.v1",
    key="source",
    message=schemas.PushRequest,
    cleanup="delete",
    retention_ms=DAY_MS,
    partitions=1,
    producer="fetcher",
    consumers=("fetcher/push",),
    max_message_bytes=8 * MIB,
)
RECEIPTS: Final = Topic(
    name="receipts.v1",
    key="source",
    message=schemas.PushReceipt,
    cleanup="compact",
    retention_ms=None,
    partitions=1,
    producer="fetcher/push",
    consumers=("fetcher/push", "fetcher"),
)
RULES: Final = Topic(
    name="rules.v1",
    key="rule_id",
    message=schemas.Rule,
    cleanup="compact",
    retention_ms=None,
    partitions=1,
    producer="alerting/match",
    consumers=("alerting/match", "board"),
    other_messages=(schemas.RuleSetChange,),
)

SILENCES: Final = Topic(
    name="silences.v1",
    key="silence_id",
    message=schemas.Silence,
    cleanup="compact",
    retention_ms=None,
    partitions=1,
    producer="console",
    second_producer="board",
    consumers=("alerting/deliver", "board"),
)
FEEDBACK: Final = Topic(
    name="feedback.v1",
    key="feedback_id",
    message=schemas.Feedback,
    cleanup="compact,delete",
    retention_ms=365 * DAY_MS,
    partitions=1,
    producer="board",
    second_producer="console",
    consumers=("alerting/deliver", "board"),
)
WATCH: Final = Topic(
    name="watch.v1",
    key="source",
    message=schemas.SourceDay,
    cleanup="compact",
    retention_ms=None,
    partitions=1,
    producer="alerting/watch",
    consumers=("alerting/watch", "board"),
    other_messages=(schemas.DailyTally, schemas.WatchProgress),
)

TOPICS: Final = (
    PUSHES,
    RECEIPTS,
    ARTICLES_RAW,
    SOURCES,
    ARTICLES_CLEAN,
    ARTICLES_TAGGED,
    RULES,
    RECIPIENTS,
    ALERTS,
    HITS,
    DISPATCHES,
    SILENCES,
    FEEDBACK,
    NOTIFICATIONS,
    DELIVERIES,
    WATCH,
    FEEDS,
    SUBSCRIPTIONS,
)
SEGMENT_MS: Final = 7 * DAY_MS
"""Kafka deletes whole segments, which span a week by default: a record may outlive its retention by
this much."""
LONGEST_READ_MS: Final = SEGMENT_MS + max(
    topic.retention_ms or 0 for topic in TOPICS if topic.cleanup == "delete"
)
"""The age of the oldest record that a consumer group may read."""
OFFSETS_RETENTION_MS: Final = LONGEST_READ_MS + 3 * DAY_MS
"""How long our brokers keep the offsets of a group without members: longer than any data that it
has read, or it would read the data again."""
DEAD_LETTER_RETENTION_MS: Final = 30 * DAY_MS
DEAD_LETTER_MAX_BYTES: Final = 10 * MIB


def dead_letter_sources() -> tuple[Topic, ...]:
    """Return the topics that have dead-letter topics: those that a stage consumes."""
    return tuple(topic for topic in TOPICS if topic.cleanup == "delete")


def find_topic(name: str) -> Topic:
    """Return the topic of this name; KeyError if the table has none."""
    return {topic.name: topic for topic in TOPICS}[name]


def topics_of_service(service: str) -> tuple[Topic, ...]:
    """Return the topics that a service reads or writes, those of its stages included."""
    return tuple(
        topic
        for topic in TOPICS
        if service in {name.partition("/")[0] for name in (*topic.producers, *topic.consumers)}
    )
