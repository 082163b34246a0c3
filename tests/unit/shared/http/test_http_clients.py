"""The HTTP client without a network: what is refused before a connection, and what errors show."""

import logging
import traceback
from collections.abc import Sequence

import pytest

from shared.http import clients
from shared.http.address_guard import Resolve
from shared.http.errors import HttpError, HttpErrorKind
from shared.http.name_lookup import resolve_by_system

SECRET = "https://hooks.example/services/T0/B0/s3cr3t?token=t0k3n"


async def inside(_host: str, _port: int) -> Sequence[str]:
    return ["10.0.0.1"]


async def unknown(_host: str, _port: int) -> Sequence[str]:
    raise OSError("no such host")


async def failure(url: str, resolve: Resolve = inside) -> HttpError:
    async with clients.fetch_client(resolve=resolve) as client:
        with pytest.raises(HttpError) as caught:
            await clients.fetch(client, url)
    return caught.value


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://news.example/a",
        "gopher://news.example/",
        "news.example/a",
        "http://",
        "http://[::1",
        "http://user:pw@news.example/",
        "http://news.example/" + "a" * 3000,
        "http://news.example:99999/",
        "",
    ],
)
async def test_what_is_no_plain_web_address_is_never_asked(url: str) -> None:
    """Other schemes, user names, broken and overlong URLs end as BAD_URL."""
    assert (await failure(url)).kind is HttpErrorKind.BAD_URL


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "[::1]",
        "2130706433",
        "0x7f.1",
        "localhost",
        "[::ffff:127.0.0.1]",
        "[64:ff9b::7f00:1]",
    ],
)
async def test_every_way_to_write_this_machine_is_refused(host: str) -> None:
    """With the system's own resolver, no spelling of the loopback address gets a connection."""
    assert (await failure(f"http://{host}/", resolve_by_system)).kind in (
        HttpErrorKind.REFUSED,
        HttpErrorKind.RESOLVE,
    )


async def test_an_error_shows_neither_password_nor_query() -> None:
    """Of a URL its user, password, query and fragment stay hidden, in the text and in the trace."""
    for resolve in (inside, unknown):
        error = await failure("https://news.example/a?key=s3cr3t#t0k3n", resolve)
        text = "".join(traceback.format_exception(error))
        assert "https://news.example/a is at" in text or "https://news.example/a has a host" in text
        assert "s3cr3t" not in text
        assert "t0k3n" not in text
        assert error.__context__ is None
    assert "pw" not in str(await failure("http://user:pw@news.example/"))


async def test_a_delivery_error_shows_nothing_of_the_address(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Neither text, trace nor log of a failed post names the host or the path."""
    caplog.set_level(logging.DEBUG)
    async with clients.delivery_client(hosts=["hooks.example"], resolve=inside) as client:
        with pytest.raises(HttpError) as caught:
            await clients.post(client, SECRET, b"{}", headers={})
    text = "".join(traceback.format_exception(caught.value)) + caplog.text
    assert "the destination is at an address" in text
    assert not [
        word for word in ("hooks.example", "s3cr3t", "t0k3n", "services/T0") if word in text
    ]


async def test_a_delivery_goes_to_configured_hosts_only() -> None:
    """A host that is not one of the configured ones is refused before it is resolved."""

    async def never(_host: str, _port: int) -> Sequence[str]:
        raise AssertionError("asked for an address")

    async with clients.delivery_client(hosts=["other.example"], resolve=never) as client:
        with pytest.raises(HttpError) as caught:
            await clients.post(client, SECRET, b"{}", headers={})
    assert caught.value.kind is HttpErrorKind.REFUSED


def test_unsent_kinds_are_those_before_the_request_was_written() -> None:
    """Only these may be repeated without the doubt that the server has acted."""
    assert {kind.value for kind in HttpErrorKind if kind.is_unsent} == {
        "bad_url",
        "refused",
        "port",
        "resolve",
        "connect",
        "tls",
        "certificate",
        "disallowed",
        "robots_unreadable",
    }
