"""Services start as in a container: as another user, in an empty folder, on read-only files."""

import asyncio
import os
import shutil
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from shared.base.ports import NAMES
from shared.kafka import topic_admin
from shared.kafka.cluster import Cluster
from tests.e2e.system import is_ready
from tests.ports import free_port

ROOT = Path(__file__).parents[2]
NOBODY = 65_534
READY_WITHIN_S = 90.0
READS_ANYTHING = "dac_read_search"
"""The capability that opens an interpreter in root's home to another user, who may write no more
for it.
"""


def as_another_user(command: Sequence[str]) -> list[str]:
    """Return the command as a user who owns nothing.

    If we are not root, run it as ourselves: a read-only folder is read-only for us, too.
    """
    if os.geteuid() != 0:
        return list(command)
    if not shutil.which("setpriv"):
        pytest.skip("root needs setpriv (util-linux) to become another user")
    capabilities = [f"--{kind}-caps=-all,+{READS_ANYTHING}" for kind in ("inh", "ambient")]
    return [
        "setpriv",
        f"--reuid={NOBODY}",
        f"--regid={NOBODY}",
        "--clear-groups",
        *capabilities,
        *command,
    ]


@pytest.fixture
def nowhere(tmp_path: Path) -> Path:
    """Return an empty folder that nobody may write to."""
    folder = tmp_path / "nowhere"
    folder.mkdir(mode=0o555)
    return folder


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a home folder, as a container has one in /tmp."""
    folder = tmp_path / "home"
    folder.mkdir(mode=0o777)
    if os.geteuid() == 0:
        os.chown(folder, NOBODY, NOBODY)
    return folder


@asynccontextmanager
async def started(
    cluster: Cluster, service: str, folder: Path, home: Path
) -> AsyncIterator[tuple[asyncio.subprocess.Process, int]]:
    """Run one service in that folder; yield its process and its port."""
    port = free_port()
    settings = cluster.settings
    environment = {
        "KAFKA_BOOTSTRAP": settings.kafka_bootstrap,
        "KAFKA_TOPIC_PREFIX": settings.kafka_topic_prefix,
        "HTTP_PORT": str(port),
    }
    python = {
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "HOME": str(home),
        "PATH": os.environ["PATH"],
    }
    command = as_another_user([sys.executable, "-m", "services.console", "run", service])
    process = await asyncio.create_subprocess_exec(
        *command, cwd=folder, env=environment | python, stderr=asyncio.subprocess.PIPE
    )
    try:
        yield process, port
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


@pytest.mark.parametrize("service", NAMES)
async def test_a_service_starts_where_it_may_write_nothing(
    cluster: Cluster, nowhere: Path, home: Path, service: str
) -> None:
    """It becomes ready, ends in order, and leaves no file in its working folder."""
    await topic_admin.create(cluster)
    async with (
        started(cluster, service, nowhere, home) as (process, port),
        aiohttp.ClientSession() as session,
    ):
        try:
            async with asyncio.timeout(READY_WITHIN_S):
                while process.returncode is None and not await is_ready(session, port):
                    await asyncio.sleep(0.1)
        finally:
            if process.returncode is None:
                process.send_signal(signal.SIGTERM)
            _, told = await process.communicate()
        assert process.returncode == 0, told.decode()
    assert os.listdir(nowhere) == []  # noqa: PTH208 - quick enough for the event loop
