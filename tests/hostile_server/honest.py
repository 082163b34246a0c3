"""What a hostile server answers where it behaves: a feed, a page, no robots.txt."""

from tests.hostile_server.exchange import Exchange

PAGE = "<html><head><title>Talks go on</title></head><body><p>Both sides said so.</p></body></html>"


def rss(*links: str, prolog: str = "", title: str = "Talks go on", inside: str = "") -> str:
    """Return an RSS feed of entries with these links."""
    items = "".join(
        f"<item><title>{title}{' again' * (number > 0)} {number}</title><link>{link}</link></item>"
        for number, link in enumerate(links or ("/page",))
    )
    start = '<?xml version="1.0" encoding="utf-8"?>'
    channel = f"<title>News</title>{inside}{items}"
    return f'{start}{prolog}<rss version="2.0"><channel>{channel}</channel></rss>'


FEED = rss().encode()


async def answer(exchange: Exchange) -> None:
    """Answer as any news site does."""
    if exchange.path.startswith("/robots.txt"):
        await exchange.respond("", status="404 Not Found")
    elif exchange.path.startswith("/page"):
        await exchange.respond(f"{PAGE}<!-- {exchange.path} -->", "Content-Type: text/html")
    else:
        await exchange.respond(FEED, "Content-Type: application/rss+xml")
