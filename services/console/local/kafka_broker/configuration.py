"""Folder and ports → the broker's properties and Java's arguments."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from shared.kafka.topics import DAY_MS, DEAD_LETTER_MAX_BYTES, MIB, OFFSETS_RETENTION_MS

HOST: Final = "127.0.0.1"
NODE_ID: Final = 1
LOG_DIR: Final = "log"
"""Relative to the broker's folder, its working directory: no path needs escaping in properties."""
MAX_RECORD_BYTES: Final = DEAD_LETTER_MAX_BYTES + MIB
"""The largest dead letter and its headers."""

JAVA_FLAGS: Final = (
    "-Xmx512m",
    "-XX:+UseSerialGC",
    # Starts a second faster and needs less memory: docs/decisions/2026-11-23-local-broker.md
    "-XX:TieredStopAtLevel=1",
    "-XX:-UsePerfData",  # no file in the system's temporary folder
    "-XX:+ExitOnOutOfMemoryError",
    "--sun-misc-unsafe-memory-access=allow",  # else a warning at every start
    "--enable-native-access=ALL-UNNAMED",
    "-Djava.io.tmpdir=tmp",
    "-Djava.net.preferIPv4Stack=true",
    "-Dlog4j2.level=WARN",
)
BEHAVIOUR: Final[dict[str, str | int]] = {
    "auto.create.topics.enable": "false",
    "message.max.bytes": MAX_RECORD_BYTES,
    "replica.fetch.max.bytes": MAX_RECORD_BYTES,
    "offsets.topic.replication.factor": 1,
    "transaction.state.log.replication.factor": 1,
    "transaction.state.log.min.isr": 1,
    "share.coordinator.state.topic.replication.factor": 1,
    "share.coordinator.state.topic.min.isr": 1,
    "group.initial.rebalance.delay.ms": 0,
    "offsets.retention.minutes": OFFSETS_RETENTION_MS // 60_000,
    "transactional.id.expiration.ms": 24
    * DAY_MS,  # close to its 32-bit limit; a stage that is idle for longer has to restart
    # A killed broker can rejoin only after its old session has ended; the default is 9 s.
    "broker.session.timeout.ms": 3_000,
    "broker.heartbeat.interval.ms": 500,
}
"""Settings that producers and consumers notice; docker-compose.yml has the same."""


def server_properties(
    port: int,
    controller_port: int,
    log_dir: str = LOG_DIR,
    extra_settings: Mapping[str, str | int] | None = None,
) -> str:
    """Return the broker's properties: local only, one replica, small; ``extra_settings`` win."""
    settings: dict[str, str | int] = {
        "process.roles": "broker,controller",
        "node.id": NODE_ID,
        "controller.quorum.voters": f"{NODE_ID}@{HOST}:{controller_port}",
        "listeners": f"PLAINTEXT://{HOST}:{port},CONTROLLER://{HOST}:{controller_port}",
        "advertised.listeners": f"PLAINTEXT://{HOST}:{port}",
        "controller.listener.names": "CONTROLLER",
        "inter.broker.listener.name": "PLAINTEXT",
        "log.dirs": log_dir,
    }
    return "".join(
        f"{name}={value}\n"
        for name, value in (settings | BEHAVIOUR | _SMALL | dict(extra_settings or {})).items()
    )


def java_command(
    java: Path, classpath: str, main_class: str, *arguments: str, flags: Sequence[str] = ()
) -> list[str]:
    """Return the arguments that run one of Kafka's main classes."""
    return [str(java), *JAVA_FLAGS, *flags, "-cp", classpath, main_class, *arguments]


_SMALL: Final[dict[str, str | int]] = {
    "offsets.topic.num.partitions": 4,
    "transaction.state.log.num.partitions": 4,
    "share.coordinator.state.topic.num.partitions": 1,
    "num.network.threads": 2,
    "num.io.threads": 4,
    "background.threads": 4,
    "log.cleaner.dedupe.buffer.size": 16 * MIB,
    "log.index.size.max.bytes": MIB,  # preallocated where files cannot be sparse
}
