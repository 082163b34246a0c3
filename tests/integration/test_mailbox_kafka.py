"""A mailbox on a real Kafka: its position survives a restart, and each message is one file."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from services.fetcher.drop_box.drop_box import source_key
from services.fetcher.mailbox.mail_loop import MailLoop
from services.fetcher.mailbox.position import MailboxAddress
from services.fetcher.polling.poll_loop import PollLoop, PollTools
from services.fetcher.source_writer import SourceWriter
from shared.kafka import topic_admin
from shared.kafka.cluster import Cluster
from shared.stream.watchdog import Progress
from tests.unit.fetcher.mailbox.imap_server import PASSWORD, USER, ImapServer, imap_server

DEADLINE_S = 30.0


@asynccontextmanager
async def reading(cluster: Cluster, server: ImapServer, folder: Path) -> AsyncIterator[None]:
    """Read the mailbox; end when the server's newest message has been taken."""
    no_web: Any = None
    progress = Progress(60, time.monotonic())
    polls = PollLoop("fetcher", cluster, (), PollTools(web=no_web, parse=no_web), progress)
    writer = SourceWriter("fetcher", cluster, polls.assignment)
    address = MailboxAddress(
        host="127.0.0.1", port=server.port, user=USER, folder="INBOX", is_encrypted=False
    )
    password = folder.parent / "password"
    await asyncio.to_thread(password.write_text, PASSWORD)
    loop = MailLoop(address, password, folder, writer, interval_s=0.1)
    await polls.start()
    await loop.start()
    runs = [asyncio.create_task(component.run()) for component in (polls, loop)]
    try:
        yield
        key, deadline = source_key(folder.name), time.monotonic() + DEADLINE_S
        wanted = f"{server.validity}/{server.next_uid - 1}"
        while (partition := writer.find_partition(key)) is None or (
            writer.load_state(partition, key).etag != wanted
        ):
            assert time.monotonic() < deadline
            await asyncio.sleep(0.02)
    finally:
        await loop.stop()
        await polls.stop()
        await asyncio.gather(*runs)


async def test_each_message_becomes_one_file_across_restarts(
    cluster: Cluster, tmp_path: Path
) -> None:
    """What was there at first is left; what comes between two runs is read by the second."""
    await topic_admin.create(cluster, partitions=2)
    folder = tmp_path / "mail"
    async with imap_server() as server:
        server.messages = {1: b"old"}
        async with reading(cluster, server, folder):
            pass
        server.messages |= {2: b"two", 3: b"three"}
        async with reading(cluster, server, folder):
            pass
        await asyncio.to_thread((folder / "7-2.eml").unlink)
        server.messages[4] = b"four"
        async with reading(cluster, server, folder):
            pass
    files = await asyncio.to_thread(
        lambda: {path.name: path.read_bytes() for path in folder.iterdir()}
    )
    assert files == {"7-3.eml": b"three", "7-4.eml": b"four"}
