"""A small SMTP server for tests: it answers each command by a script, and keeps what it accepts."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

_REPLIES = {
    "EHLO": "250-here\r\n250-AUTH PLAIN\r\n250 SIZE 1000000",
    "AUTH": "235 ok",
    "MAIL": "250 ok",
    "RCPT": "250 ok",
    "DATA": "354 go on",
    "CONTENT": "250 accepted",
    "QUIT": "221 bye",
    "HELLO": "220 here",
}


@dataclass
class SmtpScript:
    """Replies by command, HELLO and CONTENT; an empty reply closes the connection.

    A reply to RCPT may be given for one recipient, as ``RCPT name@host``.
    """

    replies: Mapping[str, str] = field(default_factory=dict)
    messages: list[bytes] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    port: int = 0

    def reply(self, command: str) -> str:
        """Return the reply to a line."""
        word = command.partition(" ")[0].upper()
        recipient = command.partition("<")[2].partition(">")[0]
        replies = _REPLIES | dict(self.replies)
        return replies.get(f"{word} {recipient}", replies.get(word, "502 unknown"))


@asynccontextmanager
async def smtp_server(**replies: str) -> AsyncIterator[SmtpScript]:
    """Run a server with these replies; spaces in keys are written as ``__``."""
    script = SmtpScript({name.replace("__", " "): text for name, text in replies.items()})

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await _talk(script, reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    script.port = server.sockets[0].getsockname()[1]
    async with server:
        yield script


async def _talk(
    script: SmtpScript, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    command = "hello"
    while True:
        reply = script.reply(command)
        if not reply:
            return
        writer.write(f"{reply}\r\n".encode())
        await writer.drain()
        if command.upper().startswith("DATA") and reply.startswith("354"):
            content = await reader.readuntil(b"\r\n.\r\n")
            if script.reply("content").startswith("2"):
                script.messages.append(content)
            command = "content"
            continue
        line = await reader.readline()
        if not line:
            return
        command = line.decode().strip()
        script.commands.append(command)
