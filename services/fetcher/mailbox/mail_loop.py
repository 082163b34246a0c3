"""Put new messages of a mailbox into the drop folder, and remember the last one in feeds.v1.

A message's file is named after its UIDVALIDITY and UID, and is written before the position: after a
crash in between the message comes again, and its file is found where the drop box has it. The
position is part of the source's state, so that one process reads both the mailbox and the folder.
"""

import asyncio
import time
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from services.fetcher.drop_box.drop_box import source_key
from services.fetcher.drop_box.source_folder import DONE, FAILED, WORK
from services.fetcher.mailbox.imap_client import MailError, NewMail, fetch_new_mail
from services.fetcher.mailbox.position import MailboxAddress, MailPosition, parse_position
from services.fetcher.seeds.seed_articles import MAX_BYTES
from services.fetcher.source_writer import SourceWriter
from shared.base.log import get
from shared.messages.schemas import FeedState

log = get(__name__)

TICK_S: Final = 0.5
LONGEST_WAIT_S: Final = 600.0


class MailLoop:
    """Reads one mailbox, in the process that has the partition of its position.

    ``password_file`` is read at every login, so that a new password needs no restart.
    """

    def __init__(
        self,
        address: MailboxAddress,
        password_file: Path,
        folder: Path,
        writer: SourceWriter,
        *,
        interval_s: float,
    ) -> None:
        self._address, self._password_file = address, password_file
        self._folder, self._writer, self._interval_s = folder, writer, interval_s
        self._key = source_key(folder.name)
        self._stopping, self._failures, self._next_s = asyncio.Event(), 0, 0.0

    async def start(self) -> None:
        """Create the source's folder."""
        self._folder.mkdir(exist_ok=True)

    async def run(self) -> None:
        """Look for new messages until stopped; a server that fails is asked less often."""
        while not self._stopping.is_set():
            if time.monotonic() >= self._next_s and not self._writer.is_rebalancing:
                await self._look()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), TICK_S)

    async def stop(self) -> None:
        """End after the running look."""
        self._stopping.set()

    async def _look(self) -> None:
        partition = self._writer.find_partition(self._key)
        if partition is None:
            return
        position = parse_position(self._writer.load_state(partition, self._key).etag)
        try:
            mail = await asyncio.to_thread(self._fetch, position)
            await asyncio.to_thread(self._deliver, mail)
        except (MailError, OSError) as error:
            self._failures += 1
            wait_s = min(self._interval_s * 2.0 ** min(self._failures, 30), LONGEST_WAIT_S)
            self._next_s = time.monotonic() + wait_s
            log.warning("mailbox failed", mailbox=self._key, because=str(error), wait_s=wait_s)
            return
        self._failures = 0
        self._next_s = time.monotonic() + (0.0 if mail.messages else self._interval_s)
        if mail.position != position:

            def change(state: FeedState) -> FeedState:
                now = datetime.now(UTC)
                return replace(state, etag=str(mail.position), polled_at=now, read_at=now)

            await self._writer.write(partition, self._key, (), change)

    def _fetch(self, position: MailPosition | None) -> NewMail:
        password = self._password_file.read_text("utf-8").strip()
        return fetch_new_mail(self._address, password, position, MAX_BYTES)

    def _deliver(self, mail: NewMail) -> None:
        """Write the messages into the folder, except those that are there already."""
        for uid in mail.too_large:
            log.warning("message skipped: too large", mailbox=self._key, uid=uid)
        for uid, message in mail.messages.items():
            name = f"{mail.position.validity}-{uid}.eml"
            places = (self._folder / part / name for part in (DONE, FAILED))
            claimed = self._folder.glob(f"{WORK}/*/{name}")
            if any(place.exists() for place in (*places, *claimed)):
                continue
            hidden = self._folder / f".{name}"
            hidden.write_bytes(message)
            hidden.rename(self._folder / name)
