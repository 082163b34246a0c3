"""The headline of a page, by a vote of its head, its h1 elements and the feed.

In the head they are JSON-LD, og, twitter and <title> (without the site's name). The h1 that most of
the others confirm wins, spelt as JSON-LD spells it; without one, the text that most of them agree
on, the most trusted first.
"""

import html
import re
from typing import Final
from urllib.parse import urlsplit

from services.cleaner.page.head import RELATED, Head, word_overlap
from services.cleaner.page.provenance import SourcedValue, record
from services.cleaner.text.characters import normalise, tidy
from shared.messages.schemas import FieldProvenance

_SEPARATOR: Final = re.compile(r"\s+[|\-–—·•:›»/«‹~]+\s+|\s?[|›»]\s?|:\s+(?=\S+$)")
_MARKUP: Final = re.compile(
    r"</?(?:em|i|b|strong|span|br|p|mark|sup|sub|u|q)\b[^<>]{0,200}>", re.IGNORECASE
)
_MAX_CHARACTERS: Final = 300
_MIN_SITE_CHARACTERS: Final = 3
_FULL_WORDS: Final = 4
_FEW_HEADINGS: Final = 2
"""An h1 that no other title is related to counts if it is visible, as long as headlines are, and one
of two at most."""


def find_headline(
    head: Head, stated: str | None, address: str | None
) -> tuple[str, str, FieldProvenance | None]:
    """Return the headline, the sources that agree on it ("json-ld + og + h1"), and the record.

    Returns ("", "none", None) if there is no headline. ``stated``: the feed's headline.
    """
    titles = _titles(head, stated, address)
    h1 = _confirmed_h1(head, [text for _, text in titles])
    if not titles and not h1:
        return "", "none", None
    title = _spell(h1, titles) if h1 else _most_agreed([text for _, text in titles])
    sources = [source for source, text in titles if normalise(text) == normalise(title)]
    agreeing = " + ".join(sources + (["h1"] if h1 else []))
    headings = [
        ("h1, hidden" if heading.hidden else "h1", tidy(heading.text)) for heading in head.h1
    ]
    confirmed = "the h1 that the others confirm most"
    why = confirmed if h1 else "no h1 is confirmed: what most of the others agree on"
    return title, agreeing, record("headline", agreeing, why, [*titles, *headings])


def without_site(title: str, sites: list[str], host: str = "") -> str:
    """Return the title without " | Site" at its end or start.

    ``host``: letters and digits of the page's host, which may name the site, too.
    """
    names = {normalise(site).replace(" ", "") for site in sites} - {""}
    for _ in range(3):
        separators = list(_SEPARATOR.finditer(title))
        if not separators:
            break
        first, last = separators[0], separators[-1]
        if _names_site(title[last.end() :], names, host):
            title = title[: last.start()].strip()
        elif _names_site(title[: first.start()], names, host):
            title = title[first.end() :].strip()
    return title


def _titles(head: Head, stated: str | None, address: str | None) -> list[SourcedValue]:
    headlines = (article.get("headline") for article in head.articles)
    values = [
        ("json-ld", next((text for text in headlines if isinstance(text, str)), "")),
        ("og", head.meta.get("og:title", "")),
        ("twitter", head.meta.get("twitter:title", "")),
        ("title", head.title),
        ("feed", stated or ""),
    ]
    sites, host = head.sites, _host(address or head.canonical)
    titles = [(source, without_site(_plain(text), sites, host)) for source, text in values]
    return [(source, title) for source, title in titles if 0 < len(title) <= _MAX_CHARACTERS]


def _plain(text: str) -> str:
    """Remove the entities and markup that some sites write in plain text, some of them twice."""
    for _ in range(2):
        text = html.unescape(text) if "&" in text else text
    return tidy(_MARKUP.sub("", text) if "<" in text else text)


def _host(address: str) -> str:
    try:
        host = (urlsplit(address).hostname or "").removeprefix("www.")
    except ValueError:
        return ""
    return normalise(host).replace(" ", "")


def _confirmed_h1(head: Head, titles: list[str]) -> str:
    best: tuple[int, bool, float, int, str] = (-1, False, 0.0, 0, "")
    normalised = [normalise(title) for title in titles]
    for index, heading in enumerate(head.h1):
        text = tidy(heading.text)
        key = normalise(text)
        if key and len(text) <= _MAX_CHARACTERS:
            overlap = max((word_overlap(key, title) for title in normalised), default=1.0)
            equal = normalised.count(key)
            best = max(best, (equal, not heading.hidden, overlap, -index, text))
    equal, visible, overlap, _, text = best
    is_full = visible and len(normalise(text).split()) >= _FULL_WORDS
    if equal > 0 or overlap >= RELATED or (is_full and len(head.h1) <= _FEW_HEADINGS):
        return text
    return ""


def _spell(h1: str, titles: list[SourcedValue]) -> str:
    """Return the h1 as JSON-LD spells it, whose capitals, quotes and spaces no designer chose.

    Otherwise return it as a title spells it that differs in spaces only.
    """
    letters, unspaced = _letters(h1), h1.replace(" ", "")
    for source, text in titles:
        is_same = source == "json-ld" and _letters(text) == letters
        if is_same or text.replace(" ", "") == unspaced:
            return text
    return h1


def _letters(text: str) -> str:
    return normalise(text).replace(" ", "")


def _most_agreed(texts: list[str]) -> str:
    keys = [normalise(text) for text in texts]
    return max(zip(texts, keys, strict=True), key=lambda pair: keys.count(pair[1]))[0]


def _names_site(part: str, names: set[str], host: str) -> bool:
    key = normalise(part).replace(" ", "")
    if not key:
        return False
    if key in names or (len(key) >= _MIN_SITE_CHARACTERS and key in host):
        return True
    return len(key) > _MIN_SITE_CHARACTERS and any(
        len(name) > _MIN_SITE_CHARACTERS and (key.startswith(name) or name.startswith(key))
        for name in names
    )
