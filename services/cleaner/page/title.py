"""The headline of a page, by vote: JSON-LD, og, twitter, <title> (without the site's name), the h1 elements and the feed.

The h1 that most of the others confirm wins; without one, the text that most of them agree on, the most trusted first.
"""

import re
from typing import Final

from services.cleaner.page.head import Head
from services.cleaner.text import fold, tidy

_SEPARATOR: Final = re.compile(r"\s+[|\-–—·•:›»/«‹~]+\s+|\s?[|›»]\s?")
_LONGEST: Final = 300
_SHORTEST_SITE: Final = 3
_RELATED: Final = 0.15
"""An h1 that shares less of its words with every other witness is the site's name or a section's."""


def find_title(head: Head, stated: str | None) -> tuple[str, str]:
    """The headline and the witnesses that agree on it, e.g. ("Trump meets Kim", "json-ld + og + h1"); ("", "none")."""
    witnesses = _witnesses(head, stated)
    h1 = _confirmed_h1(head, [text for _, text in witnesses])
    if not witnesses and not h1:
        return "", "none"
    title = h1 or _most_agreed([text for _, text in witnesses])
    agreeing = [name for name, text in witnesses if fold(text) == fold(title)] + (["h1"] if h1 else [])
    return title, " + ".join(agreeing)


def without_site(title: str, sites: list[str]) -> str:
    """The title without " | Site" at its end or start."""
    names = {fold(site).replace(" ", "") for site in sites} - {""}
    for _ in range(3):
        parts = list(_SEPARATOR.finditer(title))
        if parts and _names_site(title[parts[-1].end() :], names):
            title = title[: parts[-1].start()].strip()
        elif parts and _names_site(title[: parts[0].start()], names):
            title = title[parts[0].end() :].strip()
    return title


def _witnesses(head: Head, stated: str | None) -> list[tuple[str, str]]:
    told = (each["headline"] for each in head.articles if isinstance(each.get("headline"), str))
    named = [
        ("json-ld", tidy(next(told, ""))),
        ("og", head.meta.get("og:title", "")),
        ("twitter", head.meta.get("twitter:title", "")),
        ("title", head.title),
        ("feed", tidy(stated or "")),
    ]
    sites = head.sites
    return [(name, short) for name, text in named if (short := without_site(text, sites)) and len(short) <= _LONGEST]


def _confirmed_h1(head: Head, others: list[str]) -> str:
    best: tuple[int, bool, float, int, str] = (-1, False, 0.0, 0, "")
    for at, heading in enumerate(head.h1):
        text = tidy(heading.text)
        if fold(text) and len(text) <= _LONGEST:
            equal = sum(fold(text) == fold(other) for other in others)
            shared = max((_shared(text, other) for other in others), default=1.0)
            best = max(best, (equal, not heading.hidden, shared, -at, text))
    return best[4] if best[0] > 0 or best[2] >= _RELATED else ""


def _shared(one: str, other: str) -> float:
    left, right = set(fold(one).split()), set(fold(other).split())
    return len(left & right) / max(1, len(left | right))


def _most_agreed(texts: list[str]) -> str:
    folded = [fold(text) for text in texts]
    return max(zip(texts, folded, strict=True), key=lambda pair: folded.count(pair[1]))[0]


def _names_site(part: str, names: set[str]) -> bool:
    bare = fold(part).replace(" ", "")
    return bool(bare) and (
        bare in names or any(len(name) > _SHORTEST_SITE < len(bare) and (bare.startswith(name) or name.startswith(bare)) for name in names)
    )
