"""A mailbox: where to go on, what is fetched from a real socket, and the files that come of it."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from services.fetcher.mailbox.imap_client import (
    MAX_MESSAGES,
    MailError,
    NewMail,
    fetch_new_mail,
)
from services.fetcher.mailbox.mail_loop import MailLoop
from services.fetcher.mailbox.position import (
    MailboxAddress,
    MailPosition,
    first_uid,
    parse_mailbox,
    parse_position,
)
from services.fetcher.mailbox.wiring import build_mailbox
from services.fetcher.settings import FetcherSettings
from services.fetcher.source_writer import SourceWriter
from shared.base.exits import ConfigurationError
from shared.base.settings import KafkaSettings
from shared.kafka.cluster import Cluster
from shared.kafka.topics import FEEDS
from shared.stream.assignment import PartitionAssignment
from shared.stream.watchdog import Progress
from tests.unit.fetcher.mailbox.imap_server import PASSWORD, USER, ImapServer, imap_server

ADDRESS = MailboxAddress(host="127.0.0.1", port=0, user=USER, folder="INBOX", is_encrypted=False)


async def fetch(
    server: ImapServer, position: MailPosition | None, password: str = PASSWORD, limit: int = 1_000
) -> NewMail:
    address = replace(ADDRESS, port=server.port)
    return await asyncio.to_thread(fetch_new_mail, address, password, position, limit)


async def test_at_first_only_new_messages_are_fetched_and_then_each_once() -> None:
    """What lies in the mailbox stays; nothing in it is changed, not even what was seen."""
    async with imap_server() as server:
        server.messages = {3: b"old"}
        first = await fetch(server, None)
        assert (first.messages, first.position) == ({}, MailPosition(7, 3))
        assert (await fetch(server, first.position)).messages == {}
        server.messages |= {4: b"a\r\n{3}\r\nb", 9: b"c"}
        second = await fetch(server, first.position)
        assert second.messages == {4: b"a\r\n{3}\r\nb", 9: b"c"}
        assert second.position == MailPosition(7, 9)
        assert {command.split()[0] for command in server.commands} == {
            "CAPABILITY",
            "LOGIN",
            "EXAMINE",
            "UID",
            "LOGOUT",
        }
        assert not any("BODY[]" in command for command in server.commands)


async def test_another_uidvalidity_means_another_mailbox() -> None:
    """All of its messages are new: none can be told from those that were taken."""
    async with imap_server() as server:
        server.messages, server.validity = {1: b"a"}, 8
        mail = await fetch(server, MailPosition(7, 500))
        assert (mail.messages, mail.position) == ({1: b"a"}, MailPosition(8, 1))


async def test_a_message_that_is_too_large_is_skipped_and_many_come_in_turns() -> None:
    """The position moves over it, so that it blocks nothing."""
    async with imap_server() as server:
        server.messages = dict.fromkeys(range(1, MAX_MESSAGES + 5), b"x")
        server.messages[2] = b"x" * 2_000
        mail = await fetch(server, MailPosition(7, 0))
        assert (mail.too_large, len(mail.messages)) == ((2,), MAX_MESSAGES - 1)
        rest = await fetch(server, mail.position)
        assert len(rest.messages) == 4


async def test_a_refusal_says_why_and_never_the_password() -> None:
    """A wrong password, a server that is not there, one that speaks something else."""
    async with imap_server() as server:
        with pytest.raises(MailError, match="bad password") as refusal:
            await fetch(server, None, password="secret-word")
        assert "secret-word" not in str(refusal.value)
        port = server.port
    with pytest.raises(MailError, match="ConnectionRefusedError"):
        await fetch(ImapServer(port=port), None)


@pytest.mark.parametrize(
    ("position", "validity", "uid"),
    [(None, 7, 40), (MailPosition(7, 12), 7, 13), (MailPosition(6, 12), 7, 1)],
)
def test_where_to_go_on(position: MailPosition | None, validity: int, uid: int) -> None:
    """From now on, after the last one, or from the beginning of another mailbox."""
    assert first_uid(position, validity, 40) == uid


def test_a_position_is_kept_as_text() -> None:
    """Anything else in its place is no position."""
    assert parse_position(str(MailPosition(7, 12))) == MailPosition(7, 12)
    for text in (None, "", '"etag"', "7", "7/x"):
        assert parse_position(text) is None


@pytest.mark.parametrize(
    ("url", "address"),
    [
        (
            "imaps://u@mail.example",
            MailboxAddress(
                host="mail.example", port=993, user="u", folder="INBOX", is_encrypted=True
            ),
        ),
        (
            "imaps://u%40x@mail.example:1993/News%2FWire",
            MailboxAddress(
                host="mail.example", port=1993, user="u@x", folder="News/Wire", is_encrypted=True
            ),
        ),
        (
            "imap://u@127.0.0.1/A",
            MailboxAddress(host="127.0.0.1", port=143, user="u", folder="A", is_encrypted=False),
        ),
    ],
)
def test_addresses(url: str, address: MailboxAddress) -> None:
    """User and folder may be percent-encoded."""
    assert parse_mailbox(url) == address


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("mail.example", "write it like"),
        ("imaps://mail.example/INBOX", "write it like"),
        ("imaps://u:secret-word@mail.example", "MAILBOX_PASSWORD_FILE"),
        ("imap://u@mail.example", "use imaps"),
        ("imaps://u@mail.example/Entwürfe", "UTF-7"),
        ('imaps://u@mail.example/a"b', "UTF-7"),
        ("imaps://u@mail.example/a%0Ab", "UTF-7"),
    ],
)
def test_a_wrong_address_says_what_is_wrong(url: str, says: str) -> None:
    """And not what stands in it."""
    with pytest.raises(ValueError, match=says) as error:
        parse_mailbox(url)
    assert "secret-word" not in str(error.value)


def list_files(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.is_file()]


def writer() -> SourceWriter:
    cluster = Cluster(KafkaSettings())
    assignment = PartitionAssignment(cluster, group="f", source=FEEDS, progress=Progress(60, 0.0))
    return SourceWriter("f", cluster, assignment)


def test_what_a_mailbox_needs_is_checked_at_start(tmp_path: Path) -> None:
    """A folder for its messages and a file with its password; it is off by default."""

    def build(**settings: str) -> int:
        return len(build_mailbox(FetcherSettings.model_validate(settings), writer()))

    password = tmp_path / "password"
    password.write_text("x")
    assert build() == 0
    with pytest.raises(ConfigurationError, match=r"MAILBOX: .*use imaps"):
        build(mailbox="imap://u@mail.example")
    with pytest.raises(ConfigurationError, match="DROP_FOLDER"):
        build(mailbox="imaps://u@mail.example")
    with pytest.raises(ConfigurationError, match="MAILBOX_PASSWORD_FILE"):
        build(mailbox="imaps://u@mail.example", drop_folder=str(tmp_path))
    assert build(
        mailbox="imaps://u@mail.example",
        drop_folder=str(tmp_path),
        mailbox_password_file=str(password),
    )


async def test_messages_become_files_and_none_becomes_two(tmp_path: Path) -> None:
    """Also where the drop box has them by now."""
    async with imap_server() as server:
        server.messages = {1: b"a", 2: b"b", 3: b"c", 4: b"d"}
        mail = await fetch(server, MailPosition(7, 0))
    loop = MailLoop(ADDRESS, tmp_path / "none", tmp_path, writer(), interval_s=1)
    for folder, name in (("done", "7-1.eml"), ("failed", "7-2.eml"), (".work/token", "7-3.eml")):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / name).write_text("x")
    for _ in range(2):
        loop._deliver(mail)
        assert list_files(tmp_path) == ["7-4.eml"]
    assert (tmp_path / "7-4.eml").read_bytes() == b"d"
