"""The headline of a page, by vote: JSON-LD, og, twitter, <title> (without the site's name), the h1 elements and the feed.

The h1 that most of the others confirm wins, spelt as JSON-LD spells it; without one, the text that most of them agree on, the most
trusted first.
"""

import html
import re
from typing import Final
from urllib.parse import urlsplit

from services.cleaner.page.head import Head
from services.cleaner.page.provenance import SourcedValue, finding
from services.cleaner.text.characters import fold, tidy
from shared.messages.schemas import FieldProvenance

_SEPARATOR: Final = re.compile(r"\s+[|\-–—·•:›»/«‹~]+\s+|\s?[|›»]\s?|:\s+(?=\S+$)")
_MARKUP: Final = re.compile(
    r"</?(?:em|i|b|strong|span|br|p|mark|sup|sub|u|q)\b[^<>]{0,200}>", re.IGNORECASE
)
_LONGEST: Final = 300
_SHORTEST_SITE: Final = 3
_RELATED: Final = 0.15
"""An h1 that shares less of its words with every other witness is the site's name or a section's …"""
_FULL_WORDS: Final = 4
_FEW_HEADINGS: Final = 2
"""… unless it is as long as headlines are, visible, and one of two at most."""


def find_title(
    head: Head, stated: str | None, address: str | None
) -> tuple[str, str, FieldProvenance | None]:
    """The headline, the witnesses that agree on it ("json-ld + og + h1"), and the record; ("", "none", None) where nobody names one."""
    witnesses = _witnesses(head, stated, address)
    h1 = _confirmed_h1(head, [text for _, text in witnesses])
    if not witnesses and not h1:
        return "", "none", None
    title = _spelt(h1, witnesses) if h1 else _most_agreed([text for _, text in witnesses])
    agreeing = " + ".join(
        [name for name, text in witnesses if fold(text) == fold(title)] + (["h1"] if h1 else [])
    )
    headings = [
        ("h1, hidden" if heading.hidden else "h1", tidy(heading.text)) for heading in head.h1
    ]
    why = (
        "the h1 that the others confirm most"
        if h1
        else "no h1 is confirmed: what most of the others agree on"
    )
    return title, agreeing, finding("headline", agreeing, why, [*witnesses, *headings])


def without_site(title: str, sites: list[str], host: str = "") -> str:
    """The title without " | Site" at its end or start. ``host``: letters and digits of the page's host, which may name the site, too."""
    names = {fold(site).replace(" ", "") for site in sites} - {""}
    for _ in range(3):
        parts = list(_SEPARATOR.finditer(title))
        if parts and _names_site(title[parts[-1].end() :], names, host):
            title = title[: parts[-1].start()].strip()
        elif parts and _names_site(title[: parts[0].start()], names, host):
            title = title[parts[0].end() :].strip()
    return title


def _witnesses(head: Head, stated: str | None, address: str | None) -> list[SourcedValue]:
    told = (each["headline"] for each in head.articles if isinstance(each.get("headline"), str))
    named = [
        ("json-ld", next(told, "")),
        ("og", head.meta.get("og:title", "")),
        ("twitter", head.meta.get("twitter:title", "")),
        ("title", head.title),
        ("feed", stated or ""),
    ]
    sites, host = head.sites, _host(address or head.canonical)
    return [
        (name, short)
        for name, text in named
        if (short := without_site(_plain(text), sites, host)) and len(short) <= _LONGEST
    ]


def _plain(text: str) -> str:
    """Without the entities and markup that some sites write where plain text is due, and some twice."""
    for _ in range(2):
        text = html.unescape(text) if "&" in text else text
    return tidy(_MARKUP.sub("", text) if "<" in text else text)


def _host(address: str) -> str:
    try:
        return fold((urlsplit(address).hostname or "").removeprefix("www.")).replace(" ", "")
    except ValueError:
        return ""


def _confirmed_h1(head: Head, others: list[str]) -> str:
    best: tuple[int, bool, float, int, str] = (-1, False, 0.0, 0, "")
    folded_others = [fold(other) for other in others]
    for at, heading in enumerate(head.h1):
        text = tidy(heading.text)
        folded = fold(text)
        if folded and len(text) <= _LONGEST:
            shared = max((_shared(folded, other) for other in folded_others), default=1.0)
            best = max(best, (folded_others.count(folded), not heading.hidden, shared, -at, text))
    equal, visible, shared, _, text = best
    alone = visible and len(fold(text).split()) >= _FULL_WORDS and len(head.h1) <= _FEW_HEADINGS
    return text if equal > 0 or shared >= _RELATED or alone else ""


def _spelt(h1: str, witnesses: list[SourcedValue]) -> str:
    """The h1 as JSON-LD spells it, whose capitals, quotes and spaces no designer chose; else as another does that has but other spaces."""
    letters, written = _letters(h1), h1.replace(" ", "")
    alike = [
        text
        for name, text in witnesses
        if (name == "json-ld" and _letters(text) == letters) or text.replace(" ", "") == written
    ]
    return alike[0] if alike else h1


def _letters(text: str) -> str:
    return fold(text).replace(" ", "")


def _shared(one: str, other: str) -> float:
    left, right = set(one.split()), set(other.split())
    return len(left & right) / max(1, len(left | right))


def _most_agreed(texts: list[str]) -> str:
    folded = [fold(text) for text in texts]
    return max(zip(texts, folded, strict=True), key=lambda pair: folded.count(pair[1]))[0]


def _names_site(part: str, names: set[str], host: str) -> bool:
    bare = fold(part).replace(" ", "")
    if not bare:
        return False
    alike = any(
        len(name) > _SHORTEST_SITE < len(bare) and (bare.startswith(name) or name.startswith(bare))
        for name in names
    )
    return bare in names or alike or (len(bare) >= _SHORTEST_SITE and bare in host)
