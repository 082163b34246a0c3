"""A notification as title and body for services whose markup is not known. Pure.

What feeds write is harmless for all of them (message/harmless.py).
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from services.alerting.deliver.channels.message.content import MessageContent
from services.alerting.deliver.channels.message.harmless import neutralise
from services.alerting.deliver.channels.message.plain_text import (
    printable,
    render_sections,
    title_of,
)
from services.alerting.deliver.channels.mrkdwn import fit

TITLE_CHARACTERS: Final = 200
BODY_CHARACTERS: Final = 1_900
"""Discord takes 2 000, and most services more."""
PLAIN_CHARACTERS: Final = 500
_WEB_ADDRESS: Final = re.compile(r"https?://[^\s<>\"'\\^`{|}()\[\]*@]+", re.IGNORECASE)


def render_title(content: MessageContent) -> str:
    """Return severity, kind and headline in one line."""
    return fit(title_of(content), TITLE_CHARACTERS, neutralise)


def render_body(content: MessageContent, limit: int = BODY_CHARACTERS) -> str:
    """Return the lines below the title, at most ``limit`` characters; lines left out are counted.

    Only the addresses of articles and of the board stay links.
    """
    urls = _addresses(content)
    lines = [_line(line, urls) for section in render_sections(content) for line in section][1:]
    shown, room = list[str](), limit - len("and 999 more lines")
    for line in lines:
        if len(line) >= room:
            break
        shown.append(line)
        room -= len(line) + 1
    if more := len(lines) - len(shown):
        shown.append(f"and {more} more lines")
    return "\n".join(shown)


def render_shortest(content: MessageContent, summary: str) -> str:
    """Return the summary and the article's address: for after the full form was refused."""
    url = content.url if content.url in _addresses(content) else ""
    return "\n".join(filter(None, [fit(printable(summary), PLAIN_CHARACTERS, neutralise), url]))


def _addresses(content: MessageContent) -> frozenset[str]:
    articles = [each.url for each in (*content.listed, *content.also)]
    urls = [content.url, *articles, *(link.url for link in content.links)]
    return frozenset(url.strip() for url in urls if url and _WEB_ADDRESS.fullmatch(url.strip()))


def _line(line: str, urls: Iterable[str]) -> str:
    """Neutralise a line of ours but for its bullet and the addresses in it."""
    bullet = line[:2] if line.startswith(("- ", "+ ")) else ""
    return bullet + " ".join(_parts(line[len(bullet) :], frozenset(urls)))


def _parts(text: str, urls: frozenset[str]) -> Iterator[str]:
    words = text.split(" ")
    start = 0
    for number, word in enumerate(words):
        if word in urls:
            if start < number:
                yield neutralise(" ".join(words[start:number]))
            yield word
            start = number + 1
    if start < len(words):
        yield neutralise(" ".join(words[start:]))
