"""The stack of docker-compose.yml with its own name, ports and volumes, and a news wire."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Self

import yaml

from shared.base.ports import NAMES, PORTS
from tests.compose.commands import say
from tests.compose.engine import Docker
from tests.ports import free_port

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
PROJECT = "summitwire-test"
IMAGE = "summitwire"
SINK, WIRE = "slack-sink", "newswire"
SINK_PORT, WIRE_PORT, KAFKA_PORT = 6110, 6120, 9092
GROUP_WIRE = "172.16.0.0/12"
"""The networks that Docker gives to projects."""


@dataclass(frozen=True, slots=True)
class Stack:
    """The containers of the trial, and where they answer on this machine."""

    docker: Docker
    files: Sequence[Path]
    environment: Mapping[str, str]
    ports: Mapping[str, int]

    @classmethod
    @contextmanager
    def create(cls, docker: Docker, work: Path, base: str, *, keep: bool) -> Iterator[Self]:
        """Yield the stack, not started yet; remove containers, networks and volumes at the end."""
        ports = {name: free_port() for name in (*NAMES, SINK, WIRE, "kafka")}
        override = work / "override.yml"
        override.write_text(override_of(ports), "utf-8")
        environment = {
            **docker.environment,
            "BASE": base,
            "FEEDS_FILE": "/trial/feeds.yaml",
            "COMPOSE_PROGRESS": "quiet",
        }
        engine = Docker(environment, docker.is_local, docker.client)
        stack = cls(engine, (ROOT / "docker-compose.yml", override), environment, ports)
        stack.compose("down", "--volumes", "--remove-orphans")  # of a trial that was killed
        try:
            yield stack
        finally:
            if not keep:
                stack.compose("down", "--volumes", "--remove-orphans")

    def compose(self, *arguments: str) -> str:
        """Run a compose command on this project."""
        files = [part for file in self.files for part in ("--file", str(file))]
        return self.docker(
            "compose", "--project-name", PROJECT, "--project-directory", ROOT, *files, *arguments
        )

    def container(self, service: str) -> Mapping[str, Any]:
        """Return what the engine knows of a service's container."""
        name = self.compose("ps", "--all", "--quiet", service).split()[0]
        found: list[dict[str, Any]] = json.loads(self.docker("inspect", name))
        return found[0]

    def kill(self, service: str) -> None:
        """Send SIGKILL to the container's first process; ``docker kill`` would mark it stopped."""
        pid = self.container(service)["State"]["Pid"]
        self.docker(
            "run",
            "--rm",
            "--pid=host",
            "--user=0",
            "--entrypoint=sh",
            IMAGE,
            "-c",
            f"kill -9 {pid}",
        )

    def answers(self, service: str, path: str = "/readyz") -> bool:
        """Return whether a container answers 200 on its port."""
        try:
            self.get(service, path)
        except (OSError, urllib.error.URLError):
            return False
        return True

    def is_ready(self, service: str, probes: Mapping[str, str]) -> bool:
        """Return whether a program is ready, by its probe or else the engine's health check."""
        if service in probes:
            return self.answers(service, probes[service])
        return str(self.container(service)["State"]["Health"]["Status"]) == "healthy"

    def get(self, service: str, path: str) -> bytes:
        """Return a container's answer; OSError if there is none, or not a good one."""
        with urllib.request.urlopen(
            f"http://127.0.0.1:{self.ports[service]}{path}", timeout=2
        ) as answer:
            body: bytes = answer.read()
            return body

    def kafka_healthy_at_s(self) -> float:
        """Return the Unix time of Kafka's first good health check; infinite if there was none."""
        checks = (self.container("kafka")["State"].get("Health") or {}).get("Log") or []
        good = [check["End"] for check in checks if check["ExitCode"] == 0]
        return _unix_s(good[0]) if good else float("inf")

    def image_mb(self) -> float:
        """Return the size of the services' image in MB, as docker prints it."""
        return float(json.loads(self.docker("image", "inspect", IMAGE))[0]["Size"]) / 1e6

    def memory_mb(self) -> dict[str, float]:
        """Return the current memory use of each container."""
        lines = self.docker(
            "stats", "--no-stream", "--format", "{{.Name}} {{.MemUsage}}"
        ).splitlines()
        used = [line.split()[:2] for line in lines if line.startswith(PROJECT)]
        return {
            name.removeprefix(f"{PROJECT}-").rpartition("-")[0]: _mb(text) for name, text in used
        }


def override_of(ports: Mapping[str, int]) -> str:
    """Return what the trial changes: ports, rules, a feed, and a slow, refusing fake Slack."""
    trial = [f"{HERE}/given:/trial:ro"]
    services: dict[str, Any] = {
        name: {"ports": [f"127.0.0.1:{ports[name]}:{PORTS[name]}"]} for name in NAMES
    }
    services["fetcher"] |= {"volumes": trial, "environment": {"FETCH_ALLOW": GROUP_WIRE}}
    services["alerting"] |= {"volumes": trial, "environment": {"RULES_DIR": "/trial/rules"}}
    listeners = f"HOST://127.0.0.1:{ports['kafka']},NETWORK://kafka:29092"
    services["kafka"] = {
        "ports": [f"127.0.0.1:{ports['kafka']}:{KAFKA_PORT}"],
        "environment": {"KAFKA_ADVERTISED_LISTENERS": listeners},
    }
    command = [*COMPOSE["services"][SINK]["command"], "--script", "/trial/faults.yaml"]
    services[SINK] = {
        "ports": [f"127.0.0.1:{ports[SINK]}:{SINK_PORT}"],
        "volumes": trial,
        "command": command,
    }
    services[WIRE] = {
        "image": IMAGE,
        "entrypoint": ["python", "-m", "tests.compose.newswire", str(WIRE_PORT)],
        "volumes": [f"{ROOT}/tests:/app/tests:ro"],
        "ports": [f"127.0.0.1:{ports[WIRE]}:{WIRE_PORT}"],
        "init": True,
    }
    text = yaml.safe_dump({"services": services})
    return text.replace("ports:", "ports: !override")


def _unix_s(text: str) -> float:
    """Parse the engine's time: RFC 3339 with nanoseconds."""
    seconds, _, rest = text.partition(".")
    return datetime.fromisoformat(f"{seconds}+00:00").timestamp() + float(
        f"0.{rest.rstrip('Z').partition('+')[0] or 0}"
    )


def _mb(text: str) -> float:
    units = {"KiB": 2**10, "MiB": 2**20, "GiB": 2**30}
    return next(
        float(text.removesuffix(unit)) * factor / 1e6
        for unit, factor in units.items()
        if text.endswith(unit)
    )


def say_duration(step: str, begun_s: float) -> None:
    """Print the seconds since ``begun_s``, a Unix time."""
    say(f"{step}: {time.time() - begun_s:.1f} s")
