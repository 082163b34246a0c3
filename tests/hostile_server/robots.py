"""robots.txt files that forbid, fail, never end or attack their parser."""

from shared.http.errors import HttpErrorKind
from tests.hostile_server.exchange import Exchange
from tests.hostile_server.table import Part, fails, passes

UNREADABLE = HttpErrorKind.ROBOTS_UNREADABLE
TEXT = "Content-Type: text/plain"


@fails(HttpErrorKind.DISALLOWED, part=Part.ROBOTS)
async def forbids_everything(exchange: Exchange) -> None:
    await exchange.respond("User-agent: *\nDisallow: /", TEXT)


@fails(UNREADABLE, says="HTTP 500", part=Part.ROBOTS)
async def fails_at_robots_txt(exchange: Exchange) -> None:
    await exchange.respond("", status="500 Internal Server Error")


@fails(UNREADABLE, part=Part.ROBOTS, slow=True)
async def never_sends_robots_txt(exchange: Exchange) -> None:
    await exchange.hold()


@passes(1, part=Part.ROBOTS)
async def has_an_endless_robots_txt(exchange: Exchange) -> None:
    await exchange.send("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nUser-agent: *\n")
    while True:
        await exchange.send("Disallow: /private\n" * 1_000)


@passes(1, part=Part.ROBOTS)
async def has_rules_that_backtrack(exchange: Exchange) -> None:
    await exchange.respond("User-agent: *\nDisallow: /" + "*a" * 5_000 + "$", TEXT)


@fails(UNREADABLE, part=Part.ROBOTS, slow=True)
async def repeats_every_rule_for_every_name(exchange: Exchange) -> None:
    names = "".join(f"User-agent: n{number}\n" for number in range(18_000))
    await exchange.respond(names + "Disallow: /a\n" * 18_000, TEXT)


@passes(1, part=Part.ROBOTS)
async def asks_for_a_century_between_requests(exchange: Exchange) -> None:
    await exchange.respond("User-agent: *\nCrawl-delay: 9999999999", TEXT)


@passes(1, part=Part.ROBOTS)
async def is_a_page_instead_of_robots_txt(exchange: Exchange) -> None:
    await exchange.respond("<html>" + "<p>Disallow everything" * 10_000, "Content-Type: text/html")
