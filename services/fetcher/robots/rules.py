"""Apply a robots.txt to URLs with Protego, the parser of the Scrapy project. Pure.

The shell runs this in a child process with limits: a file of half a megabyte can make any parser
that copies rules to each named client use gigabytes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Final

import protego

MAX_BYTES: Final = 512_000
"""What follows in a longer file is ignored; RFC 9309 (2.5) asks for 500 KiB at least."""
MAX_SITEMAPS: Final = 50
_PARSED_FILES: Final = 64


@dataclass(frozen=True, slots=True)
class RobotsRules:
    """What a robots.txt says to one client: which of some URLs it may request, in their order.

    ``crawl_delay_s`` is the least time between two requests, in seconds, if the file has one.
    ``sitemaps`` are the addresses of sitemaps that it lists, for any client.
    """

    allowed: tuple[bool, ...]
    crawl_delay_s: float | None
    sitemaps: tuple[str, ...] = ()


def product_name(user_agent: str) -> str:
    """Return the part of a client's name that a robots.txt may mean: no contact, no comment.

    A name that begins with Mozilla has its product in the comment, as in
    ``Mozilla/5.0 (compatible; Desk/1.0)``.
    """
    first = user_agent.partition(" ")[0]
    return user_agent if first.lower().startswith("mozilla/") else first


def apply_rules(body: bytes, urls: Sequence[str], user_agent: str) -> RobotsRules:
    """Return what the file says to the client of this name about the URLs."""
    rules, name = _parse(body), product_name(user_agent)
    return RobotsRules(
        allowed=tuple(rules.can_fetch(url, name) for url in urls),
        crawl_delay_s=rules.crawl_delay(name),
        sitemaps=tuple(islice(rules.sitemaps, MAX_SITEMAPS)),
    )


@lru_cache(maxsize=_PARSED_FILES)
def _parse(body: bytes) -> protego.Protego:
    return protego.Protego.parse(body[:MAX_BYTES].decode("utf-8-sig", "replace"))
