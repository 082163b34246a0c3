"""Builds all Kafka clients: one cluster, one topic prefix, one set of security settings."""

import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaConnectionError, KafkaError

from shared.base.exits import ConfigurationError, UnreachableError
from shared.base.settings import KafkaSettings
from shared.kafka import prompt_retries
from shared.kafka.topics import DEAD_LETTER_MAX_BYTES
from shared.record_batches.safe_consumer import SafeConsumer

TRANSACTION_TIMEOUT_MS: Final = 10_000
"""Short, so that a dead worker's open transaction does not hold up readers; above the longest write
of a batch."""
SESSION_TIMEOUT_MS: Final = 6_000
REBALANCE_TIMEOUT_MS: Final = 60_000
REQUEST_TIMEOUT_MS: Final = REBALANCE_TIMEOUT_MS + 10_000
"""Must exceed the rebalance timeout by 5 s or more: JoinGroup answers only when the rebalance is
over."""
MAX_POLL_INTERVAL_MS: Final = 2**31 - 1
"""24 days, longer than any outage. aiokafka never lets a member rejoin that did not poll for this
long (its gate opens only by a poll, which waits for the join). A member that is really stuck is the
watchdog's business."""
MAX_BATCH_BYTES: Final = 1_000_000
"""The largest batch of records that every topic takes: a stage's batch then goes to a partition in
one request instead of several in a row."""
MAX_REQUEST_BYTES: Final = DEAD_LETTER_MAX_BYTES + 1024 * 1024
prompt_retries.install()


@dataclass(frozen=True, slots=True)
class Cluster:
    """One Kafka cluster as the settings describe it."""

    settings: KafkaSettings

    def name(self, name: str) -> str:
        """Return the name of a topic, group or transactional id on this cluster."""
        return self.settings.kafka_topic_prefix + name

    def table_name(self, name: str) -> str:
        """Return a topic's name in the table of topics: the inverse of ``name``."""
        return name.removeprefix(self.settings.kafka_topic_prefix)

    def group_consumer(self, group: str, **options: Any) -> SafeConsumer:
        """Return a group member that sees committed records only and never commits by itself.

        It returns a `BrokenRecord` in place of each record that it cannot read.
        """
        # Records deleted before they were read are reported (shared/stream/assignment.py) instead
        # of skipped silently: so no offset is reset automatically.
        chosen: dict[str, Any] = {
            "request_timeout_ms": REQUEST_TIMEOUT_MS,
            "fetch_max_wait_ms": 100,
            "auto_offset_reset": "none",
        } | options
        return SafeConsumer(
            **self._common(),
            keep_broken=True,
            group_id=self.name(group),
            enable_auto_commit=False,
            isolation_level="read_committed",
            max_poll_interval_ms=MAX_POLL_INTERVAL_MS,
            session_timeout_ms=SESSION_TIMEOUT_MS,
            heartbeat_interval_ms=1_000,
            rebalance_timeout_ms=REBALANCE_TIMEOUT_MS,
            **chosen,
        )

    def reader(self, *, keep_broken: bool = False, **options: Any) -> SafeConsumer:
        """Return a consumer outside any group that reads committed records from any position.

        It skips records that it cannot read, with a log line and a metric, unless ``keep_broken``.
        """
        chosen: dict[str, Any] = {
            "auto_offset_reset": "earliest",
            "max_partition_fetch_bytes": MAX_REQUEST_BYTES,
            "fetch_max_wait_ms": 100,
        } | options
        return SafeConsumer(
            **self._common(),
            keep_broken=keep_broken,
            enable_auto_commit=False,
            isolation_level="read_committed",
            **chosen,
        )

    def transactional_producer(self, transactional_id: str) -> AIOKafkaProducer:
        """Return a producer whose start fences every older producer of the same id.

        The older producer's open transaction is aborted.
        """
        return AIOKafkaProducer(
            **self._common(),
            transactional_id=self.name(transactional_id),
            transaction_timeout_ms=TRANSACTION_TIMEOUT_MS,
            max_request_size=MAX_REQUEST_BYTES,
            max_batch_size=MAX_BATCH_BYTES,
        )

    def producer(self, **options: Any) -> AIOKafkaProducer:
        """Return an idempotent producer, for writes without a transaction: replays and redrives."""
        chosen = {"linger_ms": 5, "max_batch_size": 262_144} | options
        return AIOKafkaProducer(
            **self._common(),
            enable_idempotence=True,
            max_request_size=MAX_REQUEST_BYTES,
            **chosen,
        )

    def admin(self) -> AIOKafkaAdminClient:
        """Return a client that creates and describes topics."""
        return AIOKafkaAdminClient(**self._common(), request_timeout_ms=15_000)

    def client(self) -> AIOKafkaClient:
        """Return a bare connection, to check whether the cluster answers at all."""
        return AIOKafkaClient(**self._common(), request_timeout_ms=10_000)

    def unreachable(self, error: Exception, diagnosis: str = "") -> ConfigurationError:
        """Return the error for a cluster that does not answer.

        ``diagnosis`` is what was found at its addresses. The text never holds a secret.
        """
        where = self.settings.kafka_bootstrap
        is_connection_error = isinstance(error, KafkaConnectionError | OSError)
        if is_connection_error and not isinstance(error, ssl.SSLCertVerificationError):
            result = f": {diagnosis};" if diagnosis else f" at {where}:"
            hint = "start one with `summitwire broker start` or set KAFKA_BOOTSTRAP"
            return UnreachableError(f"no Kafka broker answers{result} {hint}")
        reason = str(error).strip() or type(error).__name__
        return ConfigurationError(
            f"the Kafka cluster at {where} refused us ({reason}): "
            "check KAFKA_SECURITY_PROTOCOL, KAFKA_SSL_CAFILE and the KAFKA_SASL_* settings"
        )

    def _common(self) -> dict[str, Any]:
        settings, password = self.settings, self.settings.kafka_sasl_password
        options: dict[str, Any] = {
            "bootstrap_servers": settings.kafka_bootstrap,
            "security_protocol": settings.kafka_security_protocol,
        }
        if settings.kafka_security_protocol.endswith("SSL"):
            options["ssl_context"] = _ssl_context(settings.kafka_ssl_cafile)
        if settings.kafka_security_protocol.startswith("SASL"):
            options["sasl_mechanism"] = settings.kafka_sasl_mechanism
            options["sasl_plain_username"] = settings.kafka_sasl_username
            options["sasl_plain_password"] = password.get_secret_value() if password else None
        return options


def _ssl_context(cafile: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=str(cafile) if cafile else None)
    except OSError as error:  # ssl.SSLError is one
        raise ConfigurationError(
            f"KAFKA_SSL_CAFILE: {cafile} cannot be used: {error.strerror}; "
            "name a PEM file of certificates"
        ) from None


CLIENT_ERRORS: Final = (KafkaError, OSError)
