"""A small IMAP server on a real socket: login, EXAMINE, UID SEARCH and UID FETCH."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

USER, PASSWORD = "desk@wire.example", "pa ss"


@dataclass
class ImapServer:
    """Messages by UID, and the commands that came in (without the password)."""

    messages: dict[int, bytes] = field(default_factory=dict)
    validity: int = 7
    port: int = 0
    commands: list[str] = field(default_factory=list)

    @property
    def next_uid(self) -> int:
        return max(self.messages, default=0) + 1

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"* OK ready\r\n")
        try:
            while line := await reader.readline():
                tag, _, command = line.decode().strip().partition(" ")
                self.commands.append(command.split(" ")[0] if "LOGIN" in command else command)
                for answer in self.answer(command):
                    writer.write(answer)
                is_good = "LOGIN" not in command or f'"{PASSWORD}"' in command
                writer.write(f"{tag} {'OK done' if is_good else 'NO bad password'}\r\n".encode())
                await writer.drain()
        finally:
            writer.close()

    def answer(self, command: str) -> list[bytes]:
        """Return the untagged responses to a command."""
        if command == "CAPABILITY":
            return [b"* CAPABILITY IMAP4rev1\r\n"]
        if command.startswith("EXAMINE"):
            states = f"* {len(self.messages)} EXISTS\r\n* OK [UIDVALIDITY {self.validity}] x\r\n"
            return [f"{states}* OK [UIDNEXT {self.next_uid}] x\r\n".encode()]
        if match := re.match(r"UID SEARCH UID (\d+):\*", command):
            uids = {uid for uid in self.messages if uid >= int(match[1])}
            uids |= {max(self.messages)} if self.messages else set()
            return [f"* SEARCH {' '.join(map(str, sorted(uids)))}\r\n".encode()]
        if match := re.match(r"UID FETCH (\d+) \((.*)\)", command):
            return self.fetch(int(match[1]), match[2])
        return [b"* BYE\r\n"] if command == "LOGOUT" else []

    def fetch(self, uid: int, item: str) -> list[bytes]:
        message = self.messages.get(uid)
        if message is None:
            return []
        size = len(message)
        if item == "RFC822.SIZE":
            return [f"* 1 FETCH (UID {uid} RFC822.SIZE {size})\r\n".encode()]
        return [f"* 1 FETCH (UID {uid} BODY[] {{{size}}}\r\n".encode(), message, b")\r\n"]


@asynccontextmanager
async def imap_server() -> AsyncIterator[ImapServer]:
    """Run a server on loopback."""
    imap = ImapServer()
    async with await asyncio.start_server(imap.serve, "127.0.0.1", 0) as server:
        imap.port = server.sockets[0].getsockname()[1]
        yield imap
