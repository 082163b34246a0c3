"""All metrics with their meaning, each declared once.

Names follow Prometheus: a prefix, base units, ``_total`` for counters.
"""

from typing import Final

from prometheus_client import Counter, Gauge, Histogram, generate_latest

HOP_BUCKETS: Final = (
    *(0.005, 0.01, 0.02, 0.03, 0.04, 0.06, 0.1, 0.15, 0.25, 0.5),
    *(1, 2.5, 5, 10, 60, 600),
)
"""Upper bounds in seconds."""

RECORDS: Final = Counter(
    "summitwire_stage_records", "Records that left a stage, by outcome", ["stage", "outcome"]
)
DROPS: Final = Counter(
    "summitwire_stage_drops",
    "Records dropped by a step, by the expected reason",
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
    "1 while a stage does not read because most of its records became dead letters",
    ["stage"],
)
UNREADABLE: Final = Counter(
    "summitwire_unreadable_records",
    "Records, or batches of them, that no client can read, by flaw",
    ["topic", "flaw"],
)
RETRIES: Final = Counter(
    "summitwire_stage_retries",
    "Pauses of a partition because something outside the stage was not ready",
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
    "Time from a batch's fetch to its commit",
    ["stage"],
    buckets=HOP_BUCKETS,
)
TRANSACTIONS: Final = Counter(
    "summitwire_transactions",
    "Kafka transactions that were committed, by consumer group (as the cluster names it)",
    ["group"],
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
    "summitwire_stage_paused_partitions", "Owned partitions that wait before a retry", ["stage"]
)
RESTORE_SECONDS: Final = Histogram(
    "summitwire_store_restore_seconds",
    "Time to restore keyed state when a partition is assigned",
    ["stage"],
    buckets=HOP_BUCKETS,
)
HOP_SECONDS: Final = Histogram(
    "summitwire_hop_seconds",
    "Time between two checkpoints of a live article's latency record",
    ["hop"],
    buckets=HOP_BUCKETS,
)
CHILDREN_KILLED: Final = Counter(
    "summitwire_children_killed",
    "Child processes that ended, by reason: time (CPU), memory, wait (sleep or hang) or crash",
    ["stage", "reason"],
)
ARTICLES_CLEANED: Final = Counter(
    "summitwire_cleaner_articles",
    "Clean articles, by kind: new, version (of an earlier one) or again (the same content)",
    ["kind"],
)
LINES_REPEATED: Final = Counter(
    "summitwire_cleaner_lines_repeated",
    "Lines that other articles of their source repeat, by outcome: cut or marked",
    ["outcome"],
)
HISTORIES_DROPPED: Final = Counter(
    "summitwire_cleaner_histories_dropped",
    "Article histories dropped before 30 days, because their source sends too many articles",
)
LEDGER_DROPPED: Final = Counter(
    "summitwire_ledger_dropped",
    "Entries of the delivery ledger dropped before 150 days, because there are too many",
)
FEED_POLLS: Final = Counter(
    "summitwire_feed_polls", "Polls of feeds, by outcome", ["source", "outcome"]
)
FEED_ERRORS: Final = Counter(
    "summitwire_feed_errors", "Failed polls of feeds, by the kind of error", ["source", "kind"]
)
FEEDS_QUIET: Final = Gauge(
    "summitwire_feeds_quiet",
    "Feeds of this process with no new entry for longer than three of their usual gaps",
    ["source"],
)
FEED_ENTRIES: Final = Counter(
    "summitwire_feed_entries", "New entries of feeds, by outcome", ["source", "outcome"]
)
FEED_IDENTITIES: Final = Counter(
    "summitwire_feed_identities",
    "Entries that feeds list otherwise than before, by what that means for their article",
    ["reason"],
)
PAGES_LEFT_OUT: Final = Counter(
    "summitwire_pages_left_out",
    "Pages of feeds' entries that are no articles, by what they are",
    ["source", "kind"],
)
DROP_BOX_MISPLACED: Final = Gauge(
    "summitwire_drop_box_misplaced",
    "Files and folders in DROP_FOLDER that are never read where they are",
)
FEEDS_GONE: Final = Gauge(
    "summitwire_feeds_gone",
    "Feeds of this process whose server answers 410 Gone; they are polled daily",
    ["source"],
)
ROBOTS_CHECKS: Final = Counter(
    "summitwire_robots_checks",
    "Feeds and pages checked against their host's robots.txt, by permission",
    ["permission"],
)
PUSHED_ARTICLES: Final = Counter(
    "summitwire_pushed_articles",
    "Articles of authenticated POSTs, by outcome: accepted, repeated, conflict or the refusal",
    ["source", "outcome"],
)
PUSH_SECONDS: Final = Histogram(
    "summitwire_push_seconds",
    "Time from a POST's complete body to its answer",
    buckets=HOP_BUCKETS,
)
PUSHED_DOCUMENTS: Final = Counter(
    "summitwire_pushed_documents",
    "Documents that hubs pushed, by outcome: accepted, or why not (unsigned, unknown, too-large)",
    ["outcome"],
)
SUBSCRIPTIONS: Final = Gauge(
    "summitwire_subscriptions", "Subscriptions at hubs, by status, of all processes", ["status"]
)
PUSH_TOKENS_RELOADED: Final = Gauge(
    "summitwire_push_tokens_last_reload_successful",
    "1 if the file of push tokens was valid when it last changed, else 0",
)
PUSH_TOKENS_RELOADED.set(1)  # also without such a file: 0 raises an alarm
PUSH_TOKENS_RELOADED_AT: Final = Gauge(
    "summitwire_push_tokens_last_reload_success_timestamp_seconds",
    "When push tokens were last reloaded",
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
THREAD_EDITS: Final = Counter(
    "summitwire_thread_edits", "Edits of the first messages of threads, by outcome", ["outcome"]
)
DELIVERY_SECONDS: Final = Histogram(
    "summitwire_delivery_seconds",
    "Time of one post to a destination",
    ["channel"],
    buckets=HOP_BUCKETS,
)
CIRCUITS_OPEN: Final = Gauge(
    "summitwire_delivery_circuits_open",
    "Destinations whose circuit breaker is open: they refuse everything and get no posts",
    ["channel"],
)
WITHOUT_ADDRESS: Final = Gauge(
    "summitwire_destinations_without_address",
    "Destinations for which something waits and no address is configured",
    ["channel"],
)
RULES_LOADED: Final = Gauge("summitwire_rules_loaded", "Active rules")
RULES_CHANGE: Final = Gauge(
    "summitwire_rules_change",
    "Number of the change that made the active rules; the same on every replica",
)
RULES_SUPPRESSED: Final = Counter(
    "summitwire_rules_suppressed",
    "Times that a rule matched only text that its source repeats, and raised no alert",
)
# Like prometheus_config_last_reload_successful and …_success_timestamp_seconds.
RULES_RELOADED: Final = Gauge(
    "summitwire_rules_last_reload_successful",
    "1 if the rule files and rules.v1 were valid when they last changed, else 0",
)
RULES_RELOADED.set(1)  # also in processes that do not match: 0 raises an alarm
RULES_RELOADED_AT: Final = Gauge(
    "summitwire_rules_last_reload_success_timestamp_seconds", "When rules were last reloaded"
)
SILENCES: Final = Gauge("summitwire_silences", "Silences in silences.v1, expired ones included")
FEEDBACK: Final = Gauge(
    "summitwire_feedback", "What people have said of messages, in feedback.v1; withdrawn included"
)
RULES_DEAD: Final = Gauge(
    "summitwire_rules_dead",
    "Active rules that are silent for much longer than usual, docs/feedback.md",
)
VERDICTS: Final = Gauge(
    "summitwire_verdicts", "What people have said of messages and not withdrawn, by kind", ["kind"]
)
ESCALATIONS: Final = Counter(
    "summitwire_escalations_total",
    "Messages whose time to be acknowledged is over: escalated, acknowledged or silenced",
    ["outcome"],
)
ROUTES_RELOADED: Final = Gauge(
    "summitwire_routes_last_reload_successful",
    "1 if the file of routes was valid when it last changed, else 0",
)
ROUTES_RELOADED.set(1)  # as above
ROUTES_RELOADED_AT: Final = Gauge(
    "summitwire_routes_last_reload_success_timestamp_seconds", "When routes were last reloaded"
)
FEEDS_RELOADED: Final = Gauge(
    "summitwire_feeds_last_reload_successful",
    "1 if the feeds file was valid when it last changed, else 0",
)
FEEDS_RELOADED.set(1)  # as above
FEEDS_RELOADED_AT: Final = Gauge(
    "summitwire_feeds_last_reload_success_timestamp_seconds", "When the feeds were last reloaded"
)
FEEDS_REVISION: Final = Gauge(
    "summitwire_feeds_info", "1 for the hash of the feeds in force, without secrets", ["revision"]
)
ACTORS_RELOADED: Final = Gauge(
    "summitwire_actors_last_reload_successful",
    "1 if the files of actors and keywords were valid when they last changed, else 0",
)
ACTORS_RELOADED.set(1)  # as above
ACTORS_RELOADED_AT: Final = Gauge(
    "summitwire_actors_last_reload_success_timestamp_seconds", "When actors were last reloaded"
)
ACTORS_REVISION: Final = Gauge(
    "summitwire_actors_info",
    "Revision of the tagger's actors and keywords, the same on every replica; always 1",
    ["revision"],
)
RULES_UNINDEXED: Final = Gauge(
    "summitwire_rules_unindexed",
    "Rules without a required term, which are evaluated for every article",
)
READ_BY_PYTHON: Final = Gauge(
    "summitwire_matcher_read_by_python",
    "Words and texts that the compiled kernel left to Python since the start",
    ["what"],
)
RECONCILED_ALERTS: Final = Gauge(
    "summitwire_reconciliation_alerts",
    "Alerts that the board knows, by rule and destination",
    ["rule", "destination"],
)
RECONCILED_WAITING: Final = Gauge(
    "summitwire_reconciliation_waiting",
    "Alerts about which nothing is decided yet, by rule and destination",
    ["rule", "destination"],
)
RECONCILED_DIFFERENCE: Final = Gauge(
    "summitwire_reconciliation_difference",
    "Alerts that have no outcome and do not wait, by rule and destination: they are lost",
    ["rule", "destination"],
)
RECONCILED_AT: Final = Gauge(
    "summitwire_reconciliation_timestamp_seconds",
    "When the board last compared alerts with their outcomes",
)
SOURCES_WATCHED: Final = Gauge(
    "summitwire_sources_watched", "Sources of which an article was read in the last two weeks"
)
SOURCES_QUIET: Final = Gauge(
    "summitwire_sources_quiet", "Sources that are quiet three times longer than usual"
)
LAST_READ_AT: Final = Gauge(
    "summitwire_last_article_timestamp_seconds", "When the last article reached alerting"
)
WATCH_TROUBLES: Final = Gauge(
    "summitwire_watch_trouble",
    "1 while nothing is read for longer than usual (reading) or a stage lags (its name)",
    ["kind"],
)
DAILY_LINES: Final = Counter("summitwire_daily_lines_total", "Daily lines written for destinations")
HEARTBEATS: Final = Counter(
    "summitwire_heartbeats_total",
    "Requests to the heartbeat URL by outcome: accepted, refused, failed, or withheld",
    ["outcome"],
)
BOARD_VIEWERS: Final = Gauge("summitwire_board_viewers", "Open live pages")


def exposition() -> bytes:
    """Return all metrics in Prometheus' text format, version 0.0.4."""
    return generate_latest()
