"""The HTTP client against servers that misbehave, on this machine."""

import asyncio
import gzip
import time
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer

from shared.http import clients
from shared.http.errors import HttpError, HttpErrorKind

HERE = ["127.0.0.1"]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Serve = Callable[[Handler], Awaitable[str]]


@pytest_asyncio.fixture
async def serve() -> AsyncIterator[Serve]:
    """Start a server that answers every request with the handler; its address is returned."""
    servers = list[TestServer]()

    async def start(handler: Handler) -> str:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", handler)
        servers.append(TestServer(app))
        await servers[-1].start_server()
        return f"http://127.0.0.1:{servers[-1].port}"

    yield start
    for server in servers:
        await server.close()


async def failure(
    url: str, limits: clients.Limits | None = None, allowed: Sequence[str] = HERE
) -> HttpError:
    async with clients.fetch_client(allowed=allowed, limits=limits) as client:
        with pytest.raises(HttpError) as caught:
            await clients.fetch(client, url)
    return caught.value


async def test_a_page_comes_with_status_headers_and_decoded_body(serve: Serve) -> None:
    """Gzip is requested and decoded; the client identifies itself and never sends a cookie."""
    sent_headers = list[dict[str, str]]()

    async def page(request: web.Request) -> web.Response:
        sent_headers.append({name.lower(): value for name, value in request.headers.items()})
        return web.Response(
            body=gzip.compress(b"<p>text</p>", mtime=0),
            headers={"Content-Encoding": "gzip", "Set-Cookie": "a=b", "ETag": '"1"'},
            status=203,
        )

    base = await serve(page)
    async with clients.fetch_client(allowed=HERE) as client:
        answers = [
            await clients.fetch(client, f"{base}/a?b=c", headers={"if-none-match": '"0"'})
            for _ in range(2)
        ]
    assert [(a.status, a.body, a.headers["etag"], a.url) for a in answers] == [
        (203, b"<p>text</p>", '"1"', f"{base}/a?b=c")
    ] * 2
    assert all(
        a["accept-encoding"] == "gzip" and a["if-none-match"] == '"0"' and "cookie" not in a
        for a in sent_headers
    )
    assert sent_headers[0]["user-agent"].startswith("summitwire/")


async def test_proxies_and_passwords_of_the_environment_are_not_used(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy would bypass the guard, and a .netrc would send its passwords to any server.

    Our transport and trust_env both keep proxies out; this fails if both are gone, or if httpx
    reads a .netrc by itself.
    """
    sent_headers = list[str | None]()

    async def page(request: web.Request) -> web.Response:
        sent_headers.append(request.headers.get("Authorization"))
        return web.Response(text="here")

    base = await serve(page)
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login user password s3cr3t\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    async with clients.fetch_client(allowed=HERE) as client:
        assert (await clients.fetch(client, base)).body == b"here"
    assert sent_headers == [None]


async def test_this_machine_is_refused_unless_allowed(serve: Serve) -> None:
    """Without the allow-list neither the address nor a name that resolves to it gets a request."""

    async def page(_request: web.Request) -> web.Response:
        raise AssertionError("was asked")

    base = await serve(page)
    for url in (base, base.replace("127.0.0.1", "localhost")):
        assert (await failure(url, allowed=[])).kind is HttpErrorKind.REFUSED


async def test_the_checked_address_is_connected_to_and_the_name_is_resolved_once(
    serve: Serve,
) -> None:
    """A second DNS answer (rebinding) is never asked for, and the Host header keeps the name."""
    lookups = list[str]()

    async def rebinding(host: str, _port: int) -> Sequence[str]:
        lookups.append(host)
        return HERE if len(lookups) == 1 else ["10.0.0.1"]

    async def page(request: web.Request) -> web.Response:
        return web.Response(text=request.host)

    port = (await serve(page)).rsplit(":", 1)[1]
    async with clients.fetch_client(allowed=HERE, resolve=rebinding) as client:
        answer = await clients.fetch(client, f"http://news.example:{port}/")
    assert answer.body.decode() == f"news.example:{port}"
    assert lookups == ["news.example"]


async def test_a_silent_address_leaves_time_for_the_next(serve: Serve) -> None:
    """Where the first address takes no connection, the second one is used."""

    async def page(_request: web.Request) -> web.Response:
        return web.Response(text="here")

    async def two(_host: str, _port: int) -> Sequence[str]:
        return ["127.0.0.9", "127.0.0.1"]

    port = (await serve(page)).rsplit(":", 1)[1]
    async with clients.fetch_client(allowed=["127.0.0.0/8"], resolve=two) as client:
        assert (await clients.fetch(client, f"http://news.example:{port}/")).body == b"here"


async def test_redirects_are_followed_and_each_hop_is_checked(serve: Serve) -> None:
    """Redirects are followed, but not to private addresses or other schemes, and loops end."""
    targets = {
        "/a": "b?x=1",
        "/inside": "http://10.0.0.1/",
        "/file": "file:///etc/passwd",
        "/loop": "/loop",
        "/user": "http://u:p@127.0.0.1/",
        "/half": "http://[::1",
    }

    async def page(request: web.Request) -> web.Response:
        if request.path in targets:
            return web.Response(
                status=302, headers={"Location": targets[request.path], "Content-Encoding": "br"}
            )
        return web.Response(text=request.path_qs)

    base = await serve(page)
    async with clients.fetch_client(allowed=HERE) as client:
        answer = await clients.fetch(client, f"{base}/a")
    assert (answer.body, answer.url) == (b"/b?x=1", f"{base}/b?x=1")
    expected = {
        "half": HttpErrorKind.REDIRECT_TARGET,
        "inside": HttpErrorKind.REFUSED,
        "file": HttpErrorKind.REDIRECT_TARGET,
        "user": HttpErrorKind.REDIRECT_TARGET,
        "loop": HttpErrorKind.REDIRECTS,
    }
    assert {path: (await failure(f"{base}/{path}")).kind for path in expected} == expected


def bomb(megabytes: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(packer.compress(bytes(1 << 20)) for _ in range(megabytes)) + packer.flush()


async def test_a_gzip_bomb_stops_at_the_limit(serve: Serve) -> None:
    """300 MB in 300 KB end as TOO_LARGE, and Python's memory stays near the limit meanwhile."""
    body = bomb(300)

    async def page(_request: web.Request) -> web.Response:
        return web.Response(body=body, headers={"Content-Encoding": "gzip"})

    base = await serve(page)
    tracemalloc.start()
    error = await failure(base, clients.Limits(max_bytes=2 * clients.MIB))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert error.kind is HttpErrorKind.TOO_LARGE
    assert peak < 8 * clients.MIB


@pytest.mark.parametrize("size", [999, 1000, 1001])
async def test_the_size_limit_counts_decoded_bytes_exactly(serve: Serve, size: int) -> None:
    """A body of the limit's size passes and one more byte does not, compressed or not."""

    async def page(request: web.Request) -> web.Response:
        text = b"a" * size
        return (
            web.Response(body=gzip.compress(text, mtime=0), headers={"Content-Encoding": "gzip"})
            if request.path == "/gz"
            else web.Response(body=text)
        )

    base = await serve(page)
    async with clients.fetch_client(allowed=HERE, limits=clients.Limits(max_bytes=1000)) as client:
        for path in ("/", "/gz"):
            if size <= 1000:
                assert len((await clients.fetch(client, base + path)).body) == size
            else:
                assert (
                    await failure(base + path, clients.Limits(max_bytes=1000))
                ).kind is HttpErrorKind.TOO_LARGE


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("br", b"\x0b\x02"),
        ("deflate", b"\x99\x01"),
        ("deflate", zlib.compress(b"half of it" * 99)[:-9]),
        ("gzip, gzip", b"\x1f\x8b\x08"),
        ("gzip", b"\x02 no gzip"),
        ("gzip", gzip.compress(b"half of it" * 99, mtime=0)[:-9]),
        ("zstd", b""),
    ],
)
async def test_other_encodings_and_broken_gzip_are_refused(
    serve: Serve, encoding: str, body: bytes
) -> None:
    """Brotli and friends were not asked for; a server that sends them anyway gets no inflating."""

    async def page(_request: web.Request) -> web.Response:
        return web.Response(body=body, headers={"Content-Encoding": encoding})

    assert (await failure(await serve(page))).kind is HttpErrorKind.ENCODING


PLAIN = '\ufeff<?xml version="1.0"?><rss><title>정상회담</title></rss>'.encode()


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", PLAIN),
        ("x-gzip", PLAIN[3:]),
        ("deflate", PLAIN),
        ("utf-8", PLAIN),
        ("br", b'{"version": "1.1"}' + PLAIN),
        ("deflate", zlib.compress(PLAIN)),
        ("deflate", zlib.compress(PLAIN, 1)),
        ("Deflate", zlib.compress(PLAIN)[2:-4]),
        ("deflate", gzip.compress(PLAIN, mtime=0)),
        ("gzip", gzip.compress(PLAIN, mtime=0) + b"\0\0"),
        ("gzip", b"ok"),
        ("gzip", b""),
    ],
)
@pytest.mark.parametrize("step", [1, 5, 1000])
async def test_a_body_is_read_as_it_is_whatever_the_header_calls_it(
    serve: Serve, encoding: str, body: bytes, step: int
) -> None:
    """A false Content-Encoding, deflate in each of its formats, in chunks of any size."""

    async def page(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Encoding": encoding})
        await response.prepare(request)
        for start in range(0, len(body), step):
            await response.write(body[start : start + step])
        return response

    base = await serve(page)
    async with clients.fetch_client(allowed=HERE) as client:
        received = (await clients.fetch(client, base)).body
    assert received.removeprefix(b'{"version": "1.1"}') in (PLAIN, PLAIN[3:], b"ok", b"")


@pytest.mark.parametrize("wbits", [15, -15])
async def test_a_deflate_bomb_stops_at_the_limit(serve: Serve, wbits: int) -> None:
    """Deflate inflates to as much as gzip, and is bounded like it."""
    packer = zlib.compressobj(9, zlib.DEFLATED, wbits)
    body = b"".join(packer.compress(bytes(1 << 20)) for _ in range(100)) + packer.flush()

    async def page(_request: web.Request) -> web.Response:
        return web.Response(body=body, headers={"Content-Encoding": "deflate"})

    error = await failure(await serve(page), clients.Limits(max_bytes=2 * clients.MIB))
    assert error.kind is HttpErrorKind.TOO_LARGE


async def test_a_dripping_server_hits_the_total_deadline(serve: Serve) -> None:
    """A byte now and then keeps every read alive, but not the exchange."""

    async def drip(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b".")
            await asyncio.sleep(0.02)

    started = time.monotonic()
    error = await failure(await serve(drip), clients.Limits(read_s=5, total_s=0.4))
    assert error.kind is HttpErrorKind.DEADLINE
    assert time.monotonic() - started < 3


async def test_a_silent_server_hits_the_read_timeout(serve: Serve) -> None:
    """No answer at all ends as TIMEOUT, long before the total deadline."""

    async def silent(_request: web.Request) -> web.Response:
        await asyncio.Event().wait()
        raise AssertionError

    assert (
        await failure(await serve(silent), clients.Limits(read_s=0.1, total_s=5))
    ).kind is HttpErrorKind.TIMEOUT


async def raw_server(answer: bytes) -> tuple[asyncio.Server, str]:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(16)
        writer.write(answer)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    return server, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (b"", HttpErrorKind.BROKEN),
        (b"SSH-2.0-x\r\n", HttpErrorKind.PROTOCOL),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nshort", HttpErrorKind.BROKEN),
        (b"HTTP/1.1 200 OK\r\nX: " + b"a" * 200_000, HttpErrorKind.HEADERS),
    ],
)
async def test_what_is_no_whole_http_answer_has_a_kind_of_its_own(
    answer: bytes, kind: HttpErrorKind
) -> None:
    """Nothing, another protocol, half a body and endless headers are told apart."""
    server, url = await raw_server(answer)
    async with server:
        assert (await failure(url)).kind is kind


async def test_a_closed_port_and_plain_text_behind_https_are_unsent() -> None:
    """Without a connection or a handshake the request was certainly not written."""
    server, url = await raw_server(b"plain")
    async with server:
        tls = await failure(url.replace("http:", "https:"))
    closed = await failure(url)
    assert [(error.kind, error.kind.is_unsent) for error in (closed, tls)] == [
        (HttpErrorKind.CONNECT, True),
        (HttpErrorKind.TLS, True),
    ]


async def test_a_post_is_not_redirected_and_its_status_outlives_a_bad_body(serve: Serve) -> None:
    """302 is a response like any other; an unreadable or overlong body does not hide the status."""
    posted = list[bytes]()

    async def hook(request: web.Request) -> web.Response:
        posted.append(await request.read())
        if request.path == "/moved":
            return web.Response(status=302, headers={"Location": "/elsewhere"})
        return (
            web.Response(status=200, body=b"x" * 1_000_000)
            if request.path == "/long"
            else web.Response(status=200, body=b"ok")
        )

    base = await serve(hook)
    async with clients.delivery_client(hosts=["127.0.0.1"], allowed=HERE) as client:
        answers = [
            await clients.post(
                client, base + path, b"{}", headers={"content-type": "application/json"}
            )
            for path in ("/moved", "/long", "/")
        ]
    assert [(a.status, a.body, a.url) for a in answers] == [
        (302, b"", ""),
        (200, b"", ""),
        (200, b"ok", ""),
    ]
    assert posted == [b"{}"] * 3


async def test_a_get_is_repeated_where_a_kept_connection_has_ended() -> None:
    """The server closes it as the second request arrives: that one is sent on a new connection."""
    requests = list[int]()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        requests.append(1)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        await reader.readuntil(b"\r\n\r\n")
        requests.append(2)
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    async with server, clients.fetch_client(allowed=HERE) as client:
        assert [(await clients.fetch(client, url)).body for _ in range(2)] == [b"ok", b"ok"]
    assert requests == [1, 2, 1]


async def test_a_connection_that_never_answered_is_not_tried_again() -> None:
    """Only a kept connection may be stale: a server that closes each one is asked once."""
    requests = list[bytes]()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        requests.append(await reader.readuntil(b"\r\n\r\n"))
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    async with server:
        assert (await failure(url)).kind is HttpErrorKind.BROKEN
    assert len(requests) == 1


async def test_an_error_after_a_redirect_names_both_addresses(serve: Serve) -> None:
    """So that nobody looks for the mistake at the first one; neither shows its parameters."""

    async def page(_request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": "http://10.0.0.1/in?key=s3cr3t"})

    base = await serve(page)
    error = await failure(f"{base}/feed?key=s3cr3t")
    assert str(error) == (
        f"{base}/feed redirects to http://10.0.0.1/in, which is at an address that is neither "
        "public nor allowed (10.0.0.1 is at 10.0.0.1)"
    )
    assert error.is_redirected
    assert not (await failure("http://10.0.0.1/")).is_redirected


async def test_large_bodies_wait_for_one_another_and_small_ones_for_none(serve: Serve) -> None:
    """Six bodies of six megabytes share eight: all arrive, and a small one in between."""
    released = asyncio.Event()

    async def page(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        if request.path == "/small":
            await response.write(b"small")
            return response
        await response.write(bytes(5 * clients.MIB))
        await released.wait()
        await response.write(bytes(clients.MIB))
        return response

    base = await serve(page)
    async with clients.fetch_client(allowed=HERE) as client:
        large = [asyncio.create_task(clients.fetch(client, f"{base}/large")) for _ in range(6)]
        while client.budget.held_bytes < 7 * clients.MIB:
            await asyncio.sleep(0.01)
        assert (await clients.fetch(client, f"{base}/small")).body == b"small"
        assert client.budget.held_bytes <= clients.BODY_BUDGET + 6 * clients.MIB
        released.set()
        bodies = [len(answer.body) for answer in await asyncio.gather(*large)]
    assert (bodies, client.budget.held_bytes) == ([6 * clients.MIB] * 6, 0)
