"""Status lines and headers that are too many, too large, contradictory or malformed."""

from services.fetcher.feed_error import FeedErrorKind
from services.fetcher.timing.schedule import PollOutcome
from shared.http.errors import HttpErrorKind
from tests.hostile_server.exchange import Exchange, head
from tests.hostile_server.honest import FEED
from tests.hostile_server.table import fails, passes

BROKEN, PROTOCOL, HEADERS = HttpErrorKind.BROKEN, HttpErrorKind.PROTOCOL, HttpErrorKind.HEADERS


@fails(HEADERS)
async def sends_a_header_of_a_megabyte(exchange: Exchange) -> None:
    await exchange.respond(FEED, "X-Large: " + "a" * 1_000_000)


@fails(HEADERS)
async def sends_twenty_thousand_headers(exchange: Exchange) -> None:
    await exchange.respond(FEED, *(f"X-{number}: a" for number in range(20_000)))


@fails(HEADERS, says="more than 500")
async def sends_a_thousand_headers(exchange: Exchange) -> None:
    await exchange.respond(FEED, *(f"X-{number}: a" for number in range(1_000)))


@passes(1)
async def sends_four_hundred_headers(exchange: Exchange) -> None:
    await exchange.respond(FEED, *(f"X-{number}: a" for number in range(400)))


@fails(HEADERS)
async def sends_headers_without_end(exchange: Exchange) -> None:
    await exchange.send("HTTP/1.1 200 OK\r\n")
    while True:
        await exchange.send("X-Header: value\r\n" * 1_000)


@fails(HEADERS)
async def sends_informational_responses_without_end(exchange: Exchange) -> None:
    while True:
        await exchange.send("HTTP/1.1 100 Continue\r\n\r\n" * 1_000)


@passes(1)
async def sends_early_hints(exchange: Exchange) -> None:
    for _ in range(3):
        await exchange.send("HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n")
    await exchange.respond(FEED)


@fails(PROTOCOL)
async def switches_protocols_unasked(exchange: Exchange) -> None:
    await exchange.send(head("Upgrade: websocket", status="101 Switching Protocols"))
    await exchange.send(FEED)


@passes(1)
async def sends_four_hundred_cookies(exchange: Exchange) -> None:
    await exchange.respond(FEED, *(f"Set-Cookie: c{n}=v; Path=/" for n in range(400)))


@passes(1)
async def sends_cookies_for_other_hosts(exchange: Exchange) -> None:
    await exchange.respond(
        FEED, "Set-Cookie: a=b; Domain=127.0.0.1", "Set-Cookie: id=1; Domain=.example; Max-Age=-1"
    )


@fails(PROTOCOL)
async def sends_a_header_without_a_colon(exchange: Exchange) -> None:
    await exchange.respond(FEED, "no colon here")


@fails(PROTOCOL)
async def sends_a_header_with_a_nul(exchange: Exchange) -> None:
    await exchange.respond(FEED, "X-Nul: a\x00b")


@fails(PROTOCOL)
async def sends_a_header_without_a_name(exchange: Exchange) -> None:
    await exchange.respond(FEED, ": value")


@passes(1)
async def folds_a_header(exchange: Exchange) -> None:
    await exchange.respond(FEED, "Content-Type: application/rss+xml;\r\n charset=utf-8")


@passes(1)
async def sends_a_content_type_of_ten_thousand_letters(exchange: Exchange) -> None:
    await exchange.respond(FEED, "Content-Type: " + "a" * 10_000)


@passes(1)
async def sends_validators_of_ten_thousand_letters(exchange: Exchange) -> None:
    await exchange.respond(FEED, f'ETag: "{"a" * 10_000}"', "Last-Modified: " + "b" * 10_000)


@passes(1)
async def names_the_canary_in_every_header_that_could_matter(exchange: Exchange) -> None:
    canary = exchange.neighbours.canary
    host, _, port = canary.rpartition(":")
    await exchange.respond(
        FEED,
        f'Alt-Svc: http/1.1="{canary}"; ma=9999, h3=":{port}"',
        f"Refresh: 0; url=http://{canary}/",
        f"Link: <http://{canary}/>; rel=preload, <http://{canary}/>; rel=hub",
        f"Content-Location: http://{canary}/feed",
        f'Report-To: {{"endpoints": [{{"url": "http://{canary}/"}}]}}',
        f"Proxy: http://{canary}",
        f"Host: {host}",
    )


@fails(PROTOCOL)
async def states_two_lengths(exchange: Exchange) -> None:
    await exchange.send(head("Content-Length: 5", f"Content-Length: {len(FEED)}") + FEED)


@passes(1)
async def states_its_length_twice(exchange: Exchange) -> None:
    await exchange.send(head(*[f"Content-Length: {len(FEED)}"] * 2) + FEED)


@fails(PROTOCOL)
async def states_a_negative_length(exchange: Exchange) -> None:
    await exchange.send(head("Content-Length: -1") + FEED)


@fails(PROTOCOL)
async def states_a_length_of_letters(exchange: Exchange) -> None:
    await exchange.send(head("Content-Length: long") + FEED)


@fails(BROKEN)
async def states_a_length_that_is_too_large(exchange: Exchange) -> None:
    await exchange.send(head(f"Content-Length: {len(FEED) + 1}") + FEED)


@fails(BROKEN)
async def states_a_length_of_an_exabyte(exchange: Exchange) -> None:
    await exchange.send(head(f"Content-Length: {10**18}") + FEED)


@fails(FeedErrorKind.NO_FEED)
async def states_a_length_that_is_too_small(exchange: Exchange) -> None:
    await exchange.send(head("Content-Length: 40") + FEED)


@passes(1)
async def states_a_length_and_chunks(exchange: Exchange) -> None:
    await exchange.respond_in_chunks(FEED, 50, "Content-Length: 7")


@fails(PROTOCOL)
async def states_an_unknown_transfer_encoding(exchange: Exchange) -> None:
    await exchange.send(head("Transfer-Encoding: gzip, chunked") + FEED)


@fails(FeedErrorKind.STATUS, says="HTTP 204")
async def sends_a_body_with_no_content(exchange: Exchange) -> None:
    await exchange.send(head("Content-Length: 7", status="204 No Content") + b"content")


@fails(FeedErrorKind.STATUS, says="HTTP 304")
async def is_unchanged_without_conditions(exchange: Exchange) -> None:
    await exchange.send(head(status="304 Not Modified"))


@fails(FeedErrorKind.STATUS, says="HTTP 206")
async def sends_a_part_unasked(exchange: Exchange) -> None:
    await exchange.respond(FEED, "Content-Range: bytes 0-9/10", status="206 Partial Content")


@fails(FeedErrorKind.UNAUTHORIZED, says="HTTP 401")
async def asks_for_a_password(exchange: Exchange) -> None:
    await exchange.respond("", 'WWW-Authenticate: Basic realm="x"', status="401 Unauthorized")


@fails(FeedErrorKind.UNAUTHORIZED, says="HTTP 407")
async def asks_for_a_proxy_s_password(exchange: Exchange) -> None:
    await exchange.respond("", "Proxy-Authenticate: Basic", status="407 Proxy Auth Required")


@fails(FeedErrorKind.RATE_LIMITED, says="HTTP 429")
async def asks_for_a_pause_of_a_century(exchange: Exchange) -> None:
    await exchange.respond("", f"Retry-After: {'9' * 40}", status="429 Too Many Requests")


@fails(FeedErrorKind.SERVER_ERROR, says="HTTP 503")
async def asks_for_a_pause_without_sense(exchange: Exchange) -> None:
    await exchange.respond("", "Retry-After: soon", status="503 Service Unavailable")


@fails(FeedErrorKind.GONE, says="HTTP 410", outcome=PollOutcome.GONE)
async def is_gone(exchange: Exchange) -> None:
    await exchange.respond("", status="410 Gone")
