"""TLS that is invalid, old, stalls or breaks, and redirects that leave it."""

from shared.http.errors import HttpErrorKind
from tests.hostile_server.exchange import Exchange, head
from tests.hostile_server.honest import FEED, answer
from tests.hostile_server.table import Part, Scheme, fails, passes

CERTIFICATE, TLS = HttpErrorKind.CERTIFICATE, HttpErrorKind.TLS


@passes(1, part=Part.ALL, scheme=Scheme.VALID)
async def has_a_valid_certificate(exchange: Exchange) -> None:
    await answer(exchange)


@fails(CERTIFICATE, says="self-signed", part=Part.ALL, scheme=Scheme.SELF_SIGNED)
async def signs_its_own_certificate(exchange: Exchange) -> None:
    await answer(exchange)


@fails(CERTIFICATE, says="expired", part=Part.ALL, scheme=Scheme.EXPIRED)
async def has_an_expired_certificate(exchange: Exchange) -> None:
    await answer(exchange)


@fails(CERTIFICATE, says="mismatch", part=Part.ALL, scheme=Scheme.OTHER_HOST)
async def has_another_host_s_certificate(exchange: Exchange) -> None:
    await answer(exchange)


@fails(TLS, part=Part.ALL, scheme=Scheme.OLD_TLS)
async def speaks_an_old_tls(exchange: Exchange) -> None:
    await answer(exchange)


@fails(TLS, part=Part.CONNECTION, scheme=Scheme.PLAIN)
async def speaks_http_where_https_is_expected(exchange: Exchange) -> None:
    await exchange.reader.read(100)
    await exchange.respond(FEED)


@fails(HttpErrorKind.CONNECT, part=Part.CONNECTION, scheme=Scheme.PLAIN, slow=True)
async def stalls_in_the_handshake(exchange: Exchange) -> None:
    await exchange.hold()


@fails(HttpErrorKind.CONNECT, part=Part.CONNECTION, scheme=Scheme.PLAIN, slow=True)
async def drips_the_handshake(exchange: Exchange) -> None:
    await exchange.drip(b"\x16\x03\x03\x40\x00" + bytes(10_000))


@fails(HttpErrorKind.CONNECT, part=Part.CONNECTION, scheme=Scheme.PLAIN)
async def resets_in_the_handshake(exchange: Exchange) -> None:
    await exchange.reader.read(100)
    exchange.reset()


@fails(HttpErrorKind.TOO_SLOW, scheme=Scheme.VALID, slow=True)
async def drips_headers_after_the_handshake(exchange: Exchange) -> None:
    await exchange.send("HTTP/1.1 200 OK\r\n")
    await exchange.drip(b"X-Header: value\r\n")


@fails(HttpErrorKind.TOO_SLOW, scheme=Scheme.VALID, slow=True)
async def drips_the_body_after_the_handshake(exchange: Exchange) -> None:
    await exchange.send(head("Content-Length: 100000"))
    await exchange.drip(FEED)


@passes(1, scheme=Scheme.VALID)
async def redirects_from_https_to_http(exchange: Exchange) -> None:
    await exchange.redirect(f"{exchange.neighbours.elsewhere}/feed")
