"""Images for an engine without a registry: a Debian base, and a Kafka from the project's jars."""

import os
import shutil
from pathlib import Path

from services.console.local.kafka_broker import jars
from services.console.local.kafka_broker.broker import find_java, jars_folder
from services.console.local.kafka_broker.download import Maven, ensure
from tests.compose.commands import output_of, say
from tests.compose.engine import Docker
from tests.compose.stack import COMPOSE

KAFKA = Path(__file__).with_name("kafka")
OFFICIAL = "python:3.12-slim"
BASE = "summitwire-test-base"
SUITE, PACKAGES = "bookworm", "python3,python3-venv,ca-certificates"
ROUTE_TO_PYPI = ("etc/pip.conf", "etc/ssl/certs/ca-certificates.crt")
"""How this machine reaches PyPI: these files go into the local base, and nowhere else."""
NEEDLESS = (
    "usr/share/doc",
    "usr/share/man",
    "usr/share/locale",
    "var/cache/apt/archives",
    "var/lib/apt/lists",
)


def prepare(docker: Docker, work: Path) -> str:
    """Build the images that docker-compose.yml starts from; return the name of the base."""
    kafka = COMPOSE["services"]["kafka"]["image"]
    if not docker.is_local:
        return os.environ.get("BASE", OFFICIAL)
    if not docker.can("image", "inspect", BASE):
        _make_base(docker, work / "base")
    if not docker.can("image", "inspect", kafka):
        _make_kafka(docker, work / "kafka", kafka)
    return BASE


def _make_base(docker: Docker, folder: Path) -> None:
    """Import a minimal Debian with Python."""
    say("making a base image of Debian's packages, once")
    shutil.rmtree(folder, ignore_errors=True)
    output_of("debootstrap", "--variant=minbase", f"--include={PACKAGES}", SUITE, folder)
    for name in NEEDLESS:
        shutil.rmtree(folder / name, ignore_errors=True)
    for name in ROUTE_TO_PYPI:
        if (Path("/") / name).exists():
            shutil.copyfile(Path("/") / name, folder / name)
    packed = folder.with_suffix(".tar")
    output_of("tar", "-C", folder, "-cf", packed, ".")
    docker("import", packed, BASE)
    packed.unlink()
    shutil.rmtree(folder)


def _make_kafka(docker: Docker, folder: Path, name: str) -> None:
    """Build a Kafka image that reads KAFKA_* variables as the official image does."""
    say(f"making {name} of the project's own jars, once")
    ensure(jars.load_lock(), jars_folder(), Maven(), say)
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(KAFKA, folder)
    shutil.copytree(find_java().parents[1], folder / "java")
    (folder / "jars").mkdir()
    for jar in jars.load_lock():
        shutil.copyfile(jars_folder() / jar.file, folder / "jars" / jar.file)
    docker("build", "--quiet", "--build-arg", f"BASE={BASE}", "--tag", name, folder)
    shutil.rmtree(folder)
