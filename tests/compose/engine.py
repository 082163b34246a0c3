"""The Docker engine: the one of this machine, or one of our own whose data is in a folder."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.compose.commands import Missing, install, output_of, say, succeeds, wait_until

MODULE = "github.com/docker/compose/v2"
VERSION = "v2.40.3"


@dataclass(frozen=True, slots=True)
class Docker:
    """A Docker command line. ``is_local``: the engine was started here, and reaches no registry."""

    environment: Mapping[str, str]
    is_local: bool
    client: str = "docker"

    def __call__(self, *arguments: str | Path, stdin: bytes | None = None) -> str:
        """Run a docker command and return its output."""
        return output_of(self.client, *arguments, environment=self.environment, stdin=stdin)

    def can(self, *arguments: str | Path) -> bool:
        """Return whether a docker command succeeds."""
        return succeeds(self.client, *arguments, environment=self.environment)


@contextmanager
def engine(work: Path, *, keep: bool) -> Iterator[Docker]:
    """Yield the engine that answers, or start one in ``work`` and stop it; both have compose."""
    candidate = Docker(os.environ, is_local=False)
    if candidate.can("info"):
        say("using the Docker engine of this machine")
        yield _with_compose(candidate, work)
        return
    install(["docker.io", "debootstrap", "iptables"], ["dockerd", "debootstrap"])
    if os.geteuid() != 0:
        raise Missing("only root can start a Docker engine of its own")
    run = Path(tempfile.mkdtemp(prefix="summitwire-docker-"))
    process = _start(work, run)
    docker = Docker(
        {**os.environ, "DOCKER_HOST": f"unix://{run}/sock", "DOCKER_BUILDKIT": "1"},
        is_local=True,
        client=_client(),
    )
    try:
        wait_until(
            lambda: docker.can("info"), f"the engine answers ({work}/dockerd.log says why not)", 60
        )
        say(f"started a Docker engine of our own: DOCKER_HOST={docker.environment['DOCKER_HOST']}")
        yield _with_compose(docker, work)
    finally:
        if not keep:
            process.terminate()
            process.wait(60)
            shutil.rmtree(run, ignore_errors=True)


def _start(work: Path, run: Path) -> subprocess.Popen[bytes]:
    """Start the engine, separate from any other on this machine."""
    places = [
        f"--data-root={work}/engine",
        f"--exec-root={run}/exec",
        f"--pidfile={run}/pid",
        f"--host=unix://{run}/sock",
    ]
    with (work / "dockerd.log").open("wb") as log:
        return subprocess.Popen(
            [shutil.which("dockerd") or "dockerd", *places],
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def _client() -> str:
    """Return the client that came with the engine: another one may speak no builder."""
    beside = Path(shutil.which("dockerd") or "").parent.parent / "bin" / "docker"
    return str(beside) if beside.exists() else "docker"


def _with_compose(docker: Docker, work: Path) -> Docker:
    """Add the compose command to the engine's client if it is missing."""
    if docker.can("compose", "version"):
        return docker
    plugins = work / "client" / "cli-plugins"
    if not (plugins / "docker-compose").exists():
        plugins.mkdir(parents=True, exist_ok=True)
        _build_compose(work / "compose-build", plugins / "docker-compose")
    return Docker(
        {**docker.environment, "DOCKER_CONFIG": str(plugins.parent)}, docker.is_local, docker.client
    )


def _build_compose(folder: Path, plugin: Path) -> None:
    """Build compose in a module of our own: plain ``go install`` refuses its replacements."""
    if not shutil.which("go"):
        raise Missing("install docker's compose command, version 2, or Go, to build it")
    say(f"building docker compose {VERSION}, once: some minutes")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "go.mod").write_text("module compose\n\ngo 1.23\n")
    output_of("go", "-C", folder, "get", f"{MODULE}/cmd@{VERSION}")
    output_of("go", "-C", folder, "build", "-o", plugin, f"{MODULE}/cmd")
