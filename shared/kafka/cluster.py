"""The only place that builds Kafka clients: one cluster, one prefix, one set of security settings."""

import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaConnectionError, KafkaError

from shared.base.settings import ConfigurationError, KafkaSettings, UnreachableError
from shared.kafka.topics import DEAD_LETTER_MAX_BYTES
from shared.record_batches.safe_consumer import SafeConsumer

TRANSACTION_TIMEOUT_MS: Final = 10_000
"""Short, so that a dead worker's open transaction does not hold readers up; above the longest write of a batch."""
SESSION_TIMEOUT_MS: Final = 6_000
REBALANCE_TIMEOUT_MS: Final = 60_000
REQUEST_TIMEOUT_MS: Final = REBALANCE_TIMEOUT_MS + 10_000
"""Must exceed the rebalance timeout by 5 s or more: JoinGroup answers only when the rebalance is over."""
MAX_POLL_INTERVAL_MS: Final = 2**31 - 1
"""aiokafka lets a member that did not poll for so long never join again (its gate opens only by a poll, which waits for the
join). Whoever really stands still is the watchdog's business, so the interval is longer than any outage: 24 days."""
MAX_BATCH_BYTES: Final = 1_000_000
"""What every topic takes as one batch of records: a stage's batch then goes to a partition in one request, not in one after another."""
MAX_REQUEST_BYTES: Final = DEAD_LETTER_MAX_BYTES + 1024 * 1024


@dataclass(frozen=True, slots=True)
class Cluster:
    """One Kafka cluster as the settings describe it."""

    settings: KafkaSettings

    def name(self, name: str) -> str:
        """A topic's, group's or transactional id's name on this cluster."""
        return self.settings.kafka_topic_prefix + name

    def table_name(self, name: str) -> str:
        """The inverse of ``name``: what the table of topics calls it."""
        return name.removeprefix(self.settings.kafka_topic_prefix)

    def group_consumer(self, group: str, **options: Any) -> SafeConsumer:
        """A member of a consumer group that sees committed records only and never commits by itself.

        What it cannot read it hands out as a `BrokenRecord`.
        """
        # What was deleted unread is reported (shared/stream/assignment.py), not skipped in silence: so no offset is reset by itself.
        chosen = (
            dict[str, Any](
                request_timeout_ms=REQUEST_TIMEOUT_MS,
                fetch_max_wait_ms=100,
                auto_offset_reset="none",
            )
            | options
        )
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
        """A consumer outside any group, for reading committed records from wherever it is told.

        It passes over what it cannot read, with a log line and a metric, unless ``keep_broken``.
        """
        chosen = (
            dict[str, Any](
                auto_offset_reset="earliest",
                max_partition_fetch_bytes=MAX_REQUEST_BYTES,
                fetch_max_wait_ms=100,
            )
            | options
        )
        return SafeConsumer(
            **self._common(),
            keep_broken=keep_broken,
            enable_auto_commit=False,
            isolation_level="read_committed",
            **chosen,
        )

    def transactional_producer(self, transactional_id: str) -> AIOKafkaProducer:
        """A producer whose start fences every older producer of the same id and aborts what it left open."""
        return AIOKafkaProducer(
            **self._common(),
            transactional_id=self.name(transactional_id),
            transaction_timeout_ms=TRANSACTION_TIMEOUT_MS,
            max_request_size=MAX_REQUEST_BYTES,
            max_batch_size=MAX_BATCH_BYTES,
        )

    def producer(self, **options: Any) -> AIOKafkaProducer:
        """An idempotent producer for what needs no transaction: replays and redrives."""
        chosen = {"linger_ms": 5, "max_batch_size": 262_144} | options
        return AIOKafkaProducer(
            **self._common(), enable_idempotence=True, max_request_size=MAX_REQUEST_BYTES, **chosen
        )

    def admin(self) -> AIOKafkaAdminClient:
        """The client that creates and describes topics."""
        return AIOKafkaAdminClient(**self._common(), request_timeout_ms=15_000)

    def client(self) -> AIOKafkaClient:
        """A bare connection, for asking whether the cluster answers at all."""
        return AIOKafkaClient(**self._common(), request_timeout_ms=10_000)

    def unreachable(self, error: Exception, diagnosis: str = "") -> ConfigurationError:
        """What to tell an operator whose cluster does not answer, with what was found there; never a secret."""
        where = self.settings.kafka_bootstrap
        if isinstance(error, KafkaConnectionError | OSError) and not isinstance(
            error, ssl.SSLCertVerificationError
        ):
            hint = "start one with `summitwire broker start` or set KAFKA_BOOTSTRAP"
            return UnreachableError(
                f"no Kafka broker answers{': ' + diagnosis + ';' if diagnosis else f' at {where}:'} {hint}"
            )
        reason = str(error).strip() or type(error).__name__
        check = "check KAFKA_SECURITY_PROTOCOL, KAFKA_SSL_CAFILE and the KAFKA_SASL_* settings"
        return ConfigurationError(f"the Kafka cluster at {where} refused us ({reason}): {check}")

    def _common(self) -> dict[str, Any]:
        wanted, password = self.settings, self.settings.kafka_sasl_password
        secure: dict[str, Any] = {"security_protocol": wanted.kafka_security_protocol}
        if wanted.kafka_security_protocol.endswith("SSL"):
            secure["ssl_context"] = _trust(wanted.kafka_ssl_cafile)
        if wanted.kafka_security_protocol.startswith("SASL"):
            secure["sasl_mechanism"] = wanted.kafka_sasl_mechanism
            secure["sasl_plain_username"] = wanted.kafka_sasl_username
            secure["sasl_plain_password"] = password.get_secret_value() if password else None
        return {"bootstrap_servers": wanted.kafka_bootstrap} | secure


def _trust(cafile: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=str(cafile) if cafile else None)
    except OSError as error:  # ssl.SSLError is one
        raise ConfigurationError(
            f"KAFKA_SSL_CAFILE: {cafile} cannot be used: {error.strerror}; name a PEM file of certificates"
        ) from None


CLIENT_ERRORS: Final = (KafkaError, OSError)
