"""Bodies in strange pieces, of endless length, and in codings that are false, broken or bombs."""

import gzip
import zlib
from functools import cache

from services.fetcher.feed_error import FeedErrorKind
from shared.http.errors import HttpErrorKind
from tests.hostile_server.exchange import Exchange, chunk, head
from tests.hostile_server.honest import FEED, answer, rss
from tests.hostile_server.table import Part, fails, passes

BROKEN, PROTOCOL = HttpErrorKind.BROKEN, HttpErrorKind.PROTOCOL
ENCODING, TOO_LARGE = HttpErrorKind.ENCODING, HttpErrorKind.TOO_LARGE
CHUNKED = head("Transfer-Encoding: chunked")
MIB = 1024 * 1024
BROTLI_OF_A_FEED = bytes.fromhex("1b3f00f825c2a2929f")
ZSTD_OF_A_FEED = bytes.fromhex("28b52ffd04580100610a")


@cache
def bomb(megabytes: int, wbits: int, start: bytes = b"") -> bytes:
    """Return so many MiB of blanks, packed."""
    packer = zlib.compressobj(9, zlib.DEFLATED, wbits)
    parts = [packer.compress(start), *(packer.compress(b" " * MIB) for _ in range(megabytes))]
    return b"".join(parts) + packer.flush()


@fails(PROTOCOL)
async def has_a_chunk_size_of_letters(exchange: Exchange) -> None:
    await exchange.send(CHUNKED + b"xyz\r\n" + FEED)


@fails(PROTOCOL)
async def has_a_negative_chunk_size(exchange: Exchange) -> None:
    await exchange.send(CHUNKED + b"-5\r\n" + FEED)


@fails(BROKEN)
async def has_a_chunk_size_of_an_exabyte(exchange: Exchange) -> None:
    await exchange.send(CHUNKED + b"fffffffffffffff\r\n" + FEED)


@fails(PROTOCOL)
async def has_a_chunk_size_of_a_thousand_digits(exchange: Exchange) -> None:
    await exchange.send(CHUNKED + b"0" * 1_000 + b"5\r\n<rss>\r\n")


@fails(HttpErrorKind.HEADERS)
async def has_a_chunk_extension_of_a_megabyte(exchange: Exchange) -> None:
    await exchange.send(CHUNKED + b"5; a=" + b"a" * MIB + b"\r\n<rss>\r\n0\r\n\r\n")


@fails(HttpErrorKind.HEADERS)
async def has_trailers_of_a_megabyte(exchange: Exchange) -> None:
    await exchange.send(CHUNKED + chunk(FEED) + b"0\r\nX-Trailer: " + b"a" * MIB + b"\r\n\r\n")


@passes(1)
async def has_a_trailer(exchange: Exchange) -> None:
    await exchange.send(CHUNKED + chunk(FEED) + b"0\r\nContent-Encoding: gzip\r\n\r\n")


@fails(BROKEN)
async def has_no_last_chunk(exchange: Exchange) -> None:
    await exchange.send(CHUNKED + chunk(FEED))


@fails(PROTOCOL)
async def has_no_line_end_after_a_chunk(exchange: Exchange) -> None:
    await exchange.send(CHUNKED + b"5\r\n<rss>5\r\n<rss>\r\n0\r\n\r\n")


@fails(HttpErrorKind.FRAGMENTS)
async def sends_a_megabyte_in_chunks_of_one_byte(exchange: Exchange) -> None:
    await exchange.send(CHUNKED)
    for _ in range(MIB // 4096):
        await exchange.send(chunk(b" ") * 4096)
    await exchange.send(chunk(b""))


@passes(1)
async def sends_a_feed_in_chunks_of_one_byte(exchange: Exchange) -> None:
    await exchange.respond_in_chunks(FEED, 1)


@fails(TOO_LARGE)
async def sends_a_body_without_end(exchange: Exchange) -> None:
    await exchange.send(head() + FEED)
    while True:
        await exchange.send(b"<!-- more to come -->" * 4_000)


@fails(TOO_LARGE)
async def sends_chunks_without_end(exchange: Exchange) -> None:
    await exchange.send(CHUNKED)
    while True:
        await exchange.send(chunk(b"<!-- more to come -->" * 4_000))


@fails(TOO_LARGE)
async def sends_one_byte_too_many(exchange: Exchange) -> None:
    await exchange.respond(FEED + b" " * (8 * MIB + 1 - len(FEED)))


@fails(FeedErrorKind.EMPTY)
async def sends_blanks_only(exchange: Exchange) -> None:
    await exchange.respond(b" " * (8 * MIB))


@fails(FeedErrorKind.EMPTY)
async def sends_nothing(exchange: Exchange) -> None:
    await exchange.respond(b"")


@fails(TOO_LARGE)
async def sends_a_gzip_bomb(exchange: Exchange) -> None:
    await exchange.respond(bomb(10, 31), "Content-Encoding: gzip")


@fails(TOO_LARGE)
async def sends_a_deflate_bomb(exchange: Exchange) -> None:
    await exchange.respond(bomb(10, -15, FEED), "Content-Encoding: deflate")


@fails(TOO_LARGE)
async def sends_a_zlib_bomb(exchange: Exchange) -> None:
    await exchange.respond(bomb(10, 15, FEED), "Content-Encoding: deflate")


@fails(TOO_LARGE)
async def sends_a_bomb_that_is_called_brotli(exchange: Exchange) -> None:
    await exchange.respond(bomb(10, 31), "Content-Encoding: br")


@fails(FeedErrorKind.UNPACKED_TOO_LARGE)
async def sends_a_bomb_as_a_file(exchange: Exchange) -> None:
    await exchange.respond(bomb(10, 31, FEED), "Content-Type: application/gzip")


@fails(FeedErrorKind.UNPACKED_TOO_LARGE)
async def sends_a_bomb_in_a_bomb(exchange: Exchange) -> None:
    inner = gzip.compress(bomb(10, 31, FEED), mtime=0)
    await exchange.respond(inner, "Content-Encoding: gzip, gzip")


@fails(FeedErrorKind.PACKING)
async def sends_gzip_in_gzip_in_gzip(exchange: Exchange) -> None:
    packed = gzip.compress(gzip.compress(gzip.compress(FEED, mtime=0), mtime=0), mtime=0)
    await exchange.respond(packed, "Content-Encoding: gzip")


@fails(ENCODING)
async def sends_empty_gzip_members(exchange: Exchange) -> None:
    await exchange.respond(gzip.compress(b"", mtime=0) * 300_000, "Content-Encoding: gzip")


@fails(ENCODING, says="br")
async def sends_brotli_unasked(exchange: Exchange) -> None:
    await exchange.respond(BROTLI_OF_A_FEED, "Content-Encoding: br")


@fails(ENCODING, says="zstd")
async def sends_zstd_unasked(exchange: Exchange) -> None:
    await exchange.respond(ZSTD_OF_A_FEED, "Content-Encoding: zstd")


@fails(ENCODING, says="br, gzip")
async def stacks_codings(exchange: Exchange) -> None:
    await exchange.respond(BROTLI_OF_A_FEED, "Content-Encoding: gzip, br")


@fails(ENCODING)
async def sends_half_of_gzip(exchange: Exchange) -> None:
    await exchange.respond(gzip.compress(FEED, mtime=0)[:-20], "Content-Encoding: gzip")


@fails(ENCODING)
async def sends_gzip_with_a_wrong_checksum(exchange: Exchange) -> None:
    packed = gzip.compress(FEED, mtime=0)
    await exchange.respond(packed[:-8] + bytes(4) + packed[-4:], "Content-Encoding: gzip")


@fails(ENCODING)
async def sends_noise_as_gzip(exchange: Exchange) -> None:
    await exchange.respond(b"\x02\x88noise" * 50, "Content-Encoding: gzip")


@passes(1)
async def calls_plain_text_gzip(exchange: Exchange) -> None:
    await exchange.respond(FEED, "Content-Encoding: gzip")


@passes(1)
async def calls_plain_text_brotli(exchange: Exchange) -> None:
    await exchange.respond(FEED, "Content-Encoding: br")


@passes(1)
async def calls_gzip_nothing(exchange: Exchange) -> None:
    await exchange.respond(gzip.compress(FEED, mtime=0))


@passes(1)
async def calls_gzip_brotli(exchange: Exchange) -> None:
    await exchange.respond(gzip.compress(FEED, mtime=0), "Content-Encoding: br")


@passes(1)
async def calls_zlib_gzip(exchange: Exchange) -> None:
    await exchange.respond(zlib.compress(FEED), "Content-Encoding: gzip")


@passes(1)
async def names_gzip_twice(exchange: Exchange) -> None:
    packed = gzip.compress(FEED, mtime=0)
    await exchange.respond(packed, "Content-Encoding: gzip", "Content-Encoding: GZIP")


@passes(1)
async def names_a_charset_as_coding(exchange: Exchange) -> None:
    await exchange.respond(FEED, "Content-Encoding: utf-8")


@passes(1)
async def appends_noise_to_gzip(exchange: Exchange) -> None:
    await exchange.respond(gzip.compress(FEED, mtime=0) + b"noise" * 99, "Content-Encoding: gzip")


@passes(0, says="is too large", part=Part.PAGE)
async def sends_a_bomb_as_a_page(exchange: Exchange) -> None:
    await exchange.respond(bomb(10, 31), "Content-Encoding: gzip", "Content-Type: text/html")


@passes(None, part=Part.ALL)
async def lists_pages_of_five_megabytes(exchange: Exchange) -> None:
    """How many of them have room depends on which of them arrive first."""
    if exchange.path.startswith("/feed"):
        await exchange.respond(rss(*(f"/page{number}" for number in range(50))))
    elif exchange.path.startswith("/page"):
        page = f"{exchange.path}{' ' * 5_000_000}"
        await exchange.respond(page, "Content-Type: text/html")
    else:
        await answer(exchange)


@passes(0, says="not a page", part=Part.PAGE)
async def sends_a_film_as_a_page(exchange: Exchange) -> None:
    await exchange.respond(bytes(100_000), "Content-Type: video/mp4")


@passes(0, says="tiny pieces", part=Part.PAGE)
async def sends_a_page_in_chunks_of_one_byte(exchange: Exchange) -> None:
    await exchange.respond_in_chunks(b" " * 100_000, 1, "Content-Type: text/html")
