"""Connections that break, servers that speak something else, and those that are silent or slow."""

import asyncio

from services.fetcher.feed_error import FeedErrorKind
from shared.http.errors import HttpErrorKind
from tests.hostile_server.exchange import Exchange, chunk, head
from tests.hostile_server.honest import FEED, answer
from tests.hostile_server.table import Part, fails, passes

BROKEN, PROTOCOL = HttpErrorKind.BROKEN, HttpErrorKind.PROTOCOL


@fails(BROKEN)
async def closes_without_an_answer(_exchange: Exchange) -> None:
    return


@fails(HttpErrorKind.ROBOTS_UNREADABLE, part=Part.CONNECTION)
async def resets_at_the_first_byte(exchange: Exchange) -> None:
    await exchange.reader.read(1)
    exchange.reset()


@fails(BROKEN)
async def resets_after_the_request(exchange: Exchange) -> None:
    exchange.reset()


@fails(BROKEN)
async def resets_in_the_headers(exchange: Exchange) -> None:
    await exchange.send("HTTP/1.1 200 OK\r\nContent-Ty")
    exchange.reset()


@fails(BROKEN)
async def resets_in_the_body(exchange: Exchange) -> None:
    await exchange.send(head("Content-Length: 5000") + FEED[:100])
    exchange.reset()


@fails(BROKEN)
async def resets_in_a_chunk(exchange: Exchange) -> None:
    await exchange.send(head("Transfer-Encoding: chunked") + chunk(FEED)[:50])
    exchange.reset()


@passes(1)
async def ends_the_body_by_closing(exchange: Exchange) -> None:
    await exchange.send(head("Connection: close") + FEED)


@passes(1, says="read as far as possible")
async def half_closes_in_the_feed(exchange: Exchange) -> None:
    await exchange.send(head("Connection: close") + FEED[: FEED.index(b"</channel>")])
    exchange.writer.write_eof()


@passes(0, waiting=1, part=Part.PAGE)
async def closes_a_connection_that_it_kept_alive(exchange: Exchange) -> None:
    exchange.reset()


@fails(PROTOCOL)
async def greets_in_ssh(exchange: Exchange) -> None:
    await exchange.send("SSH-2.0-OpenSSH_9.6\r\n")
    await exchange.hold()


@fails(PROTOCOL)
async def greets_in_smtp_and_waits(exchange: Exchange) -> None:
    await exchange.send("220 mail.example ESMTP\r\n")
    await exchange.hold()


@fails(PROTOCOL)
async def answers_in_http_0_9(exchange: Exchange) -> None:
    await exchange.send(FEED)


@fails(PROTOCOL)
async def answers_in_http_2(exchange: Exchange) -> None:
    await exchange.send(b"\x00\x00\x12\x04\x00\x00\x00\x00\x00" + bytes(18))
    await exchange.hold()


@fails(PROTOCOL)
async def answers_in_binary_noise(exchange: Exchange) -> None:
    await exchange.send(bytes(range(256)) * 400)


@fails(PROTOCOL)
async def has_no_version_in_the_status_line(exchange: Exchange) -> None:
    await exchange.send(b"HTTP 200 OK\r\n\r\n" + FEED)


@fails(PROTOCOL)
async def has_a_status_of_letters(exchange: Exchange) -> None:
    await exchange.send(b"HTTP/1.1 abc OK\r\n\r\n" + FEED)


@fails(PROTOCOL)
async def has_a_status_of_five_digits(exchange: Exchange) -> None:
    await exchange.send(b"HTTP/1.1 20000 OK\r\n\r\n" + FEED)


@fails(FeedErrorKind.SERVER_ERROR, says="HTTP 999")
async def has_a_status_of_its_own(exchange: Exchange) -> None:
    await exchange.respond(FEED, status="999 Request denied")


@passes(1)
async def has_no_reason_in_the_status_line(exchange: Exchange) -> None:
    await exchange.respond(FEED, status="200")


@fails(HttpErrorKind.TIMEOUT, slow=True)
async def says_nothing(exchange: Exchange) -> None:
    await exchange.hold()


@fails(HttpErrorKind.ROBOTS_UNREADABLE, part=Part.CONNECTION, slow=True)
async def never_reads_the_request(exchange: Exchange) -> None:
    await exchange.hold()


@fails(HttpErrorKind.TOO_SLOW, slow=True)
async def drips_the_status_line(exchange: Exchange) -> None:
    await exchange.drip(b"HTTP/1.1 200 " + b"OK" * 500)


@fails(HttpErrorKind.TOO_SLOW, slow=True)
async def drips_headers(exchange: Exchange) -> None:
    await exchange.send("HTTP/1.1 200 OK\r\n")
    await exchange.drip(b"X-Header: value\r\n")


@fails(HttpErrorKind.TOO_SLOW, slow=True)
async def drips_informational_responses(exchange: Exchange) -> None:
    await exchange.drip(b"HTTP/1.1 102 Processing\r\n\r\n")


@fails(HttpErrorKind.TOO_SLOW, slow=True)
async def drips_the_body(exchange: Exchange) -> None:
    await exchange.send(head("Content-Length: 100000"))
    await exchange.drip(FEED)


@fails(HttpErrorKind.TOO_SLOW, slow=True)
async def drips_chunk_sizes(exchange: Exchange) -> None:
    await exchange.send(head("Transfer-Encoding: chunked"))
    await exchange.drip(b"1\r\n<\r\n")


@fails(HttpErrorKind.TOO_SLOW, slow=True)
async def drips_a_gzip_header(exchange: Exchange) -> None:
    await exchange.send(head("Content-Encoding: gzip") + b"\x1f\x8b\x08\x10" + bytes(6))
    await exchange.drip(b"a comment")


@fails(HttpErrorKind.DEADLINE, slow=True)
async def sends_just_fast_enough_for_ever(exchange: Exchange) -> None:
    await exchange.send(head())
    while True:
        await exchange.send(b"<!-- more to come -->" * 100)
        await asyncio.sleep(0.1)


@fails(HttpErrorKind.TIMEOUT, slow=True)
async def falls_silent_in_the_body(exchange: Exchange) -> None:
    await exchange.send(head("Content-Length: 5000") + FEED[:100])
    await exchange.hold()


@fails(HttpErrorKind.TIMEOUT, slow=True)
async def keeps_the_last_chunk(exchange: Exchange) -> None:
    await exchange.send(head("Transfer-Encoding: chunked") + chunk(FEED))
    await exchange.hold()


@passes(0, waiting=1, part=Part.PAGE, slow=True)
async def never_sends_a_page(exchange: Exchange) -> None:
    await exchange.hold()


@passes(1)
async def pauses_in_the_middle(exchange: Exchange) -> None:
    await exchange.send(head(f"Content-Length: {len(FEED)}") + FEED[:100])
    await asyncio.sleep(0.3)
    await exchange.send(FEED[100:])


@passes(1, part=Part.ALL)
async def sends_a_second_answer_unasked(exchange: Exchange) -> None:
    await answer(exchange)
    await exchange.respond("<p>injected</p>", "Content-Type: text/html")
