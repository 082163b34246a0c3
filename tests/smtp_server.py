"""A small SMTP server for tests: it answers each command by a script, and keeps what it accepts."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

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
async def smtp_server(
    replies: Mapping[str, str] | None = None,
    *,
    tls: ssl.SSLContext | None = None,
    starttls: ssl.SSLContext | None = None,
) -> AsyncIterator[SmtpScript]:
    """Run a server with these replies; with ``tls`` it speaks TLS from the first byte."""
    script = SmtpScript(replies or {})

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await _talk(script, reader, writer, starttls)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    script.port = server.sockets[0].getsockname()[1]
    async with server:
        yield script


async def _talk(
    script: SmtpScript,
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    starttls: ssl.SSLContext | None,
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
        if command == "STARTTLS" and starttls:
            await writer.start_tls(starttls)
        line = await reader.readline()
        if not line:
            return
        command = line.decode().strip()
        script.commands.append(command)


def certificate_for(host: str, folder: Path) -> tuple[ssl.SSLContext, Path]:
    """Return a server's context with a new certificate for an IP address, and the certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address(host))])
    certificate = (
        x509.CertificateBuilder(issuer_name=name, subject_name=name, public_key=key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
    path, key_path = folder / "server.pem", folder / "server.key"
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path, key_path)
    return context, path
