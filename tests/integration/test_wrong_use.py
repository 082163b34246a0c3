"""Wrong use of the command: an exit code, one line per mistake that says how to correct it.

No stack trace, and no secret.
"""

import os
import socket
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from shared.base import exits
from shared.kafka.cluster import Cluster
from tests.cli import COMMAND, run_forked, run_process
from tests.kafka_tools import create_topic

pytestmark = pytest.mark.xdist_group("wrong use")  # they share what a fork needs imported

SECRET = "s3cr3t-that-nobody-may-see"
USAGE, CONFIGURATION = 2, exits.CONFIGURATION
SASL = {"KAFKA_SECURITY_PROTOCOL": "SASL_PLAINTEXT", "KAFKA_SASL_USERNAME": "wire"}
NOBODY = (
    "nothing listens on 127.0.0.1:1; "
    "start one with `summitwire broker start` or set KAFKA_BOOTSTRAP"
)


@dataclass(frozen=True, slots=True)
class Case:
    """A command with additions to its environment, its exit code and its lines on standard error.

    Each of ``says`` must be part of a line of its own, in this order, and there must be no other.
    ``alone``: run it in a new process, as a user does; all others run in a fork of the test's.
    """

    command: str
    code: int
    says: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    alone: bool = False

    def __str__(self) -> str:
        return " ".join(
            [*(f"{name}={value}" for name, value in self.environment.items()), self.command]
        )


def environment(bootstrap: str, more: Mapping[str, str]) -> dict[str, str]:
    """Return the test's settings, with a secret wherever there may be one."""
    told = {
        "KAFKA_BOOTSTRAP": bootstrap,
        "KAFKA_CONNECT_TIMEOUT_S": "0.5",
        "KAFKA_SASL_PASSWORD": SECRET,
    }
    return (
        told
        | {"SLACK_WEBHOOK_URL": f"https://hooks.slack.com/services/T0/B0/{SECRET}"}
        | dict(more)
    )


def assert_told(case: Case, folder: Path, bootstrap: str = "127.0.0.1:1") -> None:
    """Run the command and check code and lines; ``{folder}`` is that of the test."""
    arguments = [word.format(folder=folder) for word in case.command.split()]
    told = environment(
        bootstrap, {name: value.format(folder=folder) for name, value in case.environment.items()}
    )
    ended = (run_process if case.alone else run_forked)(*arguments, environment=told)
    lines = ended.err.splitlines()
    assert (ended.code, len(lines)) == (case.code, len(case.says)), ended.err + ended.out
    for line, said in zip(lines, case.says, strict=True):
        assert line.startswith("summitwire: ")
        assert said.format(folder=folder) in line
    assert "Traceback" not in ended.err + ended.out
    assert SECRET not in ended.err + ended.out


WITHOUT_BROKER = [
    Case("topics check", CONFIGURATION, (NOBODY,), alone=True),
    Case(
        "topics check",
        CONFIGURATION,
        ("the name no-such-host.invalid is not known",),
        {"KAFKA_BOOTSTRAP": "no-such-host.invalid:9092"},
    ),
    Case(
        "topics check",
        CONFIGURATION,
        ("KAFKA_BOOTSTRAP: 'rubbish' is not host:port",),
        {"KAFKA_BOOTSTRAP": "rubbish"},
    ),
    Case(
        "tail alerts.v1",
        CONFIGURATION,
        ("KAFKA_BOOTSTRAP: 'h:99999' is not host:port",),
        {"KAFKA_BOOTSTRAP": "h:99999"},
    ),
    Case(
        "topics check",
        CONFIGURATION,
        ("'h:1' is not host:port",),
        {"KAFKA_BOOTSTRAP": f"http://u:{SECRET}@h:1"},
    ),
    Case(
        "topics check",
        CONFIGURATION,
        ("KAFKA_SECURITY_PROTOCOL: Input should be 'PLAINTEXT'",),
        {"KAFKA_SECURITY_PROTOCOL": "tls"},
    ),
    Case(
        "topics check",
        CONFIGURATION,
        ("=SASL_PLAINTEXT needs KAFKA_SASL_USERNAME and",),
        SASL | {"KAFKA_SASL_USERNAME": ""},
    ),
    Case(
        "topics check",
        CONFIGURATION,
        ("KAFKA_SASL_PASSWORD_FILE: {folder}/none cannot be read: No such file or directory",),
        SASL | {"KAFKA_SASL_PASSWORD_FILE": "{folder}/none"},
    ),
    Case(
        "topics check",
        CONFIGURATION,
        ("KAFKA_SSL_CAFILE: {folder}/none cannot be used: No such file or directory",),
        {"KAFKA_SECURITY_PROTOCOL": "SSL", "KAFKA_SSL_CAFILE": "{folder}/none"},
    ),
    Case(
        "nosuch", USAGE, ("No such command 'nosuch'; `summitwire --help` tells more",), alone=True
    ),
    Case(
        "run nosuch",
        USAGE,
        (
            "there is no service 'nosuch'; there are fetcher, cleaner, tagger, alerting, board; `summitwire run --help`",
        ),
    ),
    Case("run tagger --only match", USAGE, ("only alerting has stages to choose from",)),
    Case(
        "run alerting --only nosuch",
        USAGE,
        ("there is no stage 'nosuch'; there are match, count, deliver",),
    ),
    Case(
        "topics create --partitions 0", USAGE, ("topics create: Invalid value for '--partitions'",)
    ),
    Case("topics check --nonsense", USAGE, ("No such option: --nonsense",)),
    Case("topics schemas {folder}/empty.txt", CONFIGURATION, ("{folder}/empty.txt: File exists",)),
    Case(
        "tail nosuch.topic",
        USAGE,
        ("there is no topic 'nosuch.topic'; `summitwire topics list` shows them",),
    ),
    Case(
        "topics repartition alerts.v1",
        USAGE,
        (
            "'alerts.v1' is not a state topic; there are sources.v1, recipients.v1, hits.v1, deliveries.v1, feeds.v1",
        ),
    ),
    Case("feeds revive", USAGE, ("feeds revive: Missing argument 'URL…'",)),
    Case("feeds revive https://a.example/rss", CONFIGURATION, (NOBODY,)),
    Case("feeds list", CONFIGURATION, (NOBODY,)),
    Case(
        "rules check {folder}/none",
        USAGE,
        ("rules check: Invalid value for 'FILE…': path '{folder}/none' does not exist",),
    ),
    Case("replay", USAGE, ("say either what to replay (PATH…) or --from-topic",)),
    Case(
        "replay {folder}/none {folder}/nor",
        USAGE,
        ("{folder}/none: is neither a file nor a folder", "{folder}/nor: is neither"),
    ),
    Case("replay {folder}/empty", USAGE, ("{folder}/empty: holds no article",)),
    Case(
        "replay {folder}/listed",
        CONFIGURATION,
        (
            "listed/manifest.yaml:2:4: error: a.txt does not exist",
            "manifest.yaml:2:17: error: 'X Y' is not a source id",
        ),
    ),
    Case(
        "replay --speed fast {folder}/good",
        USAGE,
        ("invalid speed 'fast': use max or a multiple such as 10x",),
    ),
    Case(
        "replay --from-topic alerts.v1", USAGE, ("only articles.raw.v1 holds what can be replayed",)
    ),
    Case(
        "replay --from-topic articles.raw.v1 --since noon",
        USAGE,
        ("invalid duration 'noon': write 10s, 5m, 4h or 7d",),
    ),
    Case("replay {folder}/good", CONFIGURATION, (NOBODY,)),
    Case("up --service nosuch", USAGE, ("there is no service 'nosuch'",)),
    Case(
        "up",
        CONFIGURATION,
        ("BATCH_MAX_RECORDS: Input should be a valid integer",),
        {"BATCH_MAX_RECORDS": "many"},
    ),
    Case(
        "run cleaner",
        CONFIGURATION,
        ("WORKERS: ", "BATCH_MAX_RECORDS: "),
        {"BATCH_MAX_RECORDS": "many", "WORKERS": "0"},
    ),
    # The broker may only be away, and its topic may hold a last good set of rules: a supervisor is
    # to try again.
    Case(
        "run alerting",
        exits.TEMPORARY_FAILURE,
        ("{folder}/rules/one.yaml:4:7: error: no actor has the id", NOBODY),
        {"RULES_DIR": "{folder}/rules"},
        alone=True,
    ),
    Case(
        "run alerting",
        CONFIGURATION,
        (
            "{folder}/rules/one.yaml:4:7: error: no actor has the id",
            "WEBHOOK_URLS: ops: is not a URL",
        ),
        {"RULES_DIR": "{folder}/rules", "WEBHOOK_URLS": "ops: ftp://x"},
    ),
    Case(
        "run alerting",
        CONFIGURATION,
        ("{folder}/none:1:1: error: ", "WEBHOOK_URLS: ops: is not a URL"),
        {"ACTORS_DIR": "{folder}/none", "WEBHOOK_URLS": "ops: ftp://x"},
    ),
    Case(
        "run fetcher",
        CONFIGURATION,
        ("{folder}/none:1:1: error: cannot be read: No such file",),
        {"FEEDS_FILE": "{folder}/none"},
    ),
]
"""What files and settings can tell is told without a broker, and before one is waited for."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder of files with mistakes, and one without."""
    files = {
        "empty.txt": "",
        "good/a.txt": "Report\n\nTrump met Kim.\n",
        "listed/manifest.yaml": 'articles:\n- {file: a.txt, source: "X Y"}\n',
        "rules/one.yaml": "id: one\ntitle: T\nseverity: low\nwhen: actor(kim-jong-n)\n",
    }
    (tmp_path / "empty").mkdir()
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


@pytest.mark.parametrize("case", WITHOUT_BROKER, ids=str)
def test_wrong_use_is_told_in_a_line_a_mistake(case: Case, folder: Path) -> None:
    """What is wrong, how to correct it, and an exit code that a program can use."""
    assert_told(case, folder)


def test_a_port_that_is_no_brokers_is_told_apart_from_a_broker_that_is_down(folder: Path) -> None:
    """If something else answers there, the port or the protocol is wrong, not the broker."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        told = (
            f"what listens on 127.0.0.1:{port} does not answer as Kafka does: another program, or another KAFKA_SECURITY_PROTOCOL",
        )
        assert_told(Case("topics check", CONFIGURATION, told), folder, f"127.0.0.1:{port}")


def test_a_port_that_is_taken_is_told_before_the_broker_is_asked(folder: Path) -> None:
    """A service names its setting; `up` names its own option, and starts nothing."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        told = (
            f"HTTP_PORT: cannot listen on 127.0.0.1:{port}: Address already in use; choose another port or HTTP_HOST",
        )
        assert_told(Case("run cleaner", CONFIGURATION, told, {"HTTP_PORT": str(port)}), folder)
        taken = (f"port {port}, for fetcher, is taken",)
        assert_told(
            Case(f"up --service fetcher --port-base {port - 1}", CONFIGURATION, taken), folder
        )


def test_a_cluster_that_refuses_us_is_told_with_the_settings_to_check(
    folder: Path, kafka: str
) -> None:
    """At once, without waiting for a broker to start; the password is in no line."""
    told = ("refused us ([Error 34] IllegalSaslStateError",)
    assert_told(
        Case("topics check", CONFIGURATION, told, SASL | {"KAFKA_CONNECT_TIMEOUT_S": "30"}),
        folder,
        kafka,
    )


@pytest.mark.parametrize("command", ["tail articles.raw.v1", "replay {folder}/good"])
def test_a_missing_topic_is_told_with_how_to_create_it(
    command: str, folder: Path, cluster: Cluster
) -> None:
    """The same for a command that reads it and for one that writes it."""
    prefix = cluster.settings.kafka_topic_prefix
    told = (f"topic {prefix}articles.raw.v1 is missing: run `summitwire topics create`",)
    assert_told(
        Case(command, CONFIGURATION, told, {"KAFKA_TOPIC_PREFIX": prefix}),
        folder,
        cluster.settings.kafka_bootstrap,
    )


async def test_state_that_is_partitioned_otherwise_keeps_a_service_from_starting(
    folder: Path, cluster: Cluster
) -> None:
    """Otherwise a key's state could be on another worker than its records."""
    for name in ("articles.tagged.v1", "alerts.v1", "dispatches.v1", "notifications.v1"):
        await create_topic(cluster, name, partitions=3)
        await create_topic(cluster, f"{name}.dlq.v1")
    for name in ("recipients.v1", "hits.v1"):
        await create_topic(cluster, name, partitions=3)
    await create_topic(cluster, "rules.v1")
    for name in ("silences.v1", "feedback.v1", "watch.v1"):
        await create_topic(cluster, name)
    await create_topic(cluster, "deliveries.v1", partitions=2)
    prefix = cluster.settings.kafka_topic_prefix
    told = (
        "topic deliveries.v1 has 2 partitions and its source dispatches.v1 has 3: they must be equal; stop every service",
    )
    assert_told(
        Case("run alerting", CONFIGURATION, told, {"KAFKA_TOPIC_PREFIX": prefix}),
        folder,
        cluster.settings.kafka_bootstrap,
    )


def test_a_reader_that_is_gone_is_no_bug() -> None:
    """``summitwire rules check … | head -1``: no stack trace, no message."""
    reading, writing = os.pipe()
    os.close(reading)
    command = [*COMMAND, "topics", "list"]
    done = subprocess.run(
        command, stdout=writing, stderr=subprocess.PIPE, text=True, timeout=60, check=False
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, "")
