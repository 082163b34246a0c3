"""Every metric, once, with its meaning. Names follow Prometheus: a prefix, base units, ``_total`` for counters."""

from typing import Final

from prometheus_client import Counter, Gauge, Histogram, generate_latest

HOP_BUCKETS: Final = (
    0.005,
    0.01,
    0.02,
    0.03,
    0.04,
    0.06,
    0.1,
    0.15,
    0.25,
    0.5,
    1,
    2.5,
    5,
    10,
    60,
    600,
)

RECORDS: Final = Counter(
    "summitwire_stage_records", "Records that left a stage, by how they ended", ["stage", "outcome"]
)
DROPS: Final = Counter(
    "summitwire_stage_drops",
    "Records that a step let go for an expected reason",
    ["stage", "reason"],
)
DEAD_LETTERS: Final = Counter(
    "summitwire_stage_dead_letters",
    "Records that can never be processed, by error class",
    ["stage", "error"],
)
DELETED_UNREAD: Final = Counter(
    "summitwire_stage_records_deleted_unread",
    "Records that the broker deleted before the stage read them",
    ["stage", "partition"],
)
BREAKER_OPEN: Final = Gauge(
    "summitwire_stage_dead_letter_breaker_open",
    "1 while a stage reads nothing, because most of its records became dead letters",
    ["stage"],
)
UNREADABLE: Final = Counter(
    "summitwire_unreadable_records",
    "Records, or batches of them, that no client can read, by what is wrong with them",
    ["topic", "flaw"],
)
RETRIES: Final = Counter(
    "summitwire_stage_retries",
    "Pauses of a partition because something outside was not ready",
    ["stage"],
)
BATCH_RECORDS: Final = Histogram(
    "summitwire_stage_batch_records",
    "Records per committed batch",
    ["stage"],
    buckets=(1, 2, 5, 10, 20, 50, 100, 200, 500),
)
BATCH_SECONDS: Final = Histogram(
    "summitwire_stage_batch_seconds",
    "From a batch's fetch to its commit",
    ["stage"],
    buckets=HOP_BUCKETS,
)
LAG: Final = Gauge(
    "summitwire_stage_lag_records",
    "Committed records that a stage has not processed yet",
    ["stage", "partition"],
)
PARTITIONS: Final = Gauge(
    "summitwire_stage_partitions", "Partitions that this process owns", ["stage"]
)
PAUSED: Final = Gauge(
    "summitwire_stage_paused_partitions", "Owned partitions that wait before a new try", ["stage"]
)
RESTORE_SECONDS: Final = Histogram(
    "summitwire_store_restore_seconds",
    "Reading keyed state back on assignment",
    ["stage"],
    buckets=HOP_BUCKETS,
)
HOP_SECONDS: Final = Histogram(
    "summitwire_hop_seconds",
    "Time between two stations of a live article's latency ledger",
    ["hop"],
    buckets=HOP_BUCKETS,
)
CHILDREN_KILLED: Final = Counter(
    "summitwire_children_killed",
    "Child processes ended, by reason: time (CPU), memory, wait (it slept or hung) or crash",
    ["stage", "reason"],
)
ARTICLES_CLEANED: Final = Counter(
    "summitwire_cleaner_articles",
    "Clean articles, by what they are to the source's earlier ones: new, version, or again (the same content)",
    ["kind"],
)
LINES_REPEATED: Final = Counter(
    "summitwire_cleaner_lines_repeated",
    "Lines that other articles of their source carry, by what became of them: cut or marked",
    ["outcome"],
)
HISTORIES_DROPPED: Final = Counter(
    "summitwire_cleaner_histories_dropped",
    "Article histories dropped before their 30 days, because their source sends too many articles",
)
LEDGER_DROPPED: Final = Counter(
    "summitwire_ledger_dropped",
    "Entries of the delivery ledger dropped before their 150 days, because there are too many",
)
FEED_POLLS: Final = Counter(
    "summitwire_feed_polls", "Polls of feeds, by what came of them", ["source", "outcome"]
)
FEED_ENTRIES: Final = Counter(
    "summitwire_feed_entries", "New entries of feeds, by what became of them", ["source", "outcome"]
)
FEEDS_GONE: Final = Gauge(
    "summitwire_feeds_gone",
    "Feeds that this process polls and whose server says 410 Gone; they are asked daily",
    ["source"],
)
NOTIFICATIONS: Final = Counter(
    "summitwire_notifications", "Notifications that notify wrote, by reason", ["reason"]
)
DELIVERIES: Final = Counter(
    "summitwire_deliveries", "Delivery attempts, by channel and outcome", ["channel", "outcome"]
)
PARKED: Final = Counter(
    "summitwire_notifications_parked",
    "Notifications that were parked, by channel and reason",
    ["channel", "reason"],
)
DELIVERY_SECONDS: Final = Histogram(
    "summitwire_delivery_seconds", "One post to a destination", ["channel"], buckets=HOP_BUCKETS
)
CIRCUITS_OPEN: Final = Gauge(
    "summitwire_delivery_circuits_open",
    "Destinations that refuse everything and are not tried",
    ["channel"],
)
RULES_LOADED: Final = Gauge("summitwire_rules_loaded", "Rules in force")
RULES_CHANGE: Final = Gauge(
    "summitwire_rules_change",
    "The number of the change that brought the rules in force; the same on every replica",
)
RULES_SUPPRESSED: Final = Counter(
    "summitwire_rules_suppressed",
    "Times that a rule matched nothing but text that its source repeats, and raised no alert",
)
# Like prometheus_config_last_reload_successful and …_success_timestamp_seconds.
RULES_RELOADED: Final = Gauge(
    "summitwire_rules_last_reload_successful",
    "1 where the rule files and rules.v1 were read without a mistake when they last changed, else 0",
)
RULES_RELOADED.set(1)  # also in processes that match nothing: 0 is an alarm
RULES_RELOADED_AT: Final = Gauge(
    "summitwire_rules_last_reload_success_timestamp_seconds", "When that last went well"
)
ACTORS_RELOADED: Final = Gauge(
    "summitwire_actors_last_reload_successful",
    "1 where the files of actors and keywords were read without a mistake when they last changed, else 0",
)
ACTORS_RELOADED.set(1)  # as above
ACTORS_RELOADED_AT: Final = Gauge(
    "summitwire_actors_last_reload_success_timestamp_seconds", "When that last went well"
)
ACTORS_REVISION: Final = Gauge(
    "summitwire_actors_info",
    "The revision of the actors and keywords that the tagger tags with, the same on every replica; always 1",
    ["revision"],
)
RULES_UNINDEXED: Final = Gauge(
    "summitwire_rules_unindexed",
    "Rules that need no word, so that every article is asked about them",
)
READ_BY_PYTHON: Final = Gauge(
    "summitwire_matcher_read_by_python",
    "Words and texts that the kernel left to Python since the start",
    ["what"],
)
BOARD_VIEWERS: Final = Gauge("summitwire_board_viewers", "Open live pages")


def exposition() -> bytes:
    """All metrics in Prometheus' text format, version 0.0.4."""
    return generate_latest()
