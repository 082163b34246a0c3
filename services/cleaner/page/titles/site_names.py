"""Cut the site's name from a title: only at an end, and only if it is the site's name.

A word that the name of the host contains is none: "Korea: explained" keeps its first word on
koreatimes.example.
"""

import re
from collections.abc import Collection, Iterable
from itertools import islice
from typing import Final
from urllib.parse import urlsplit

from services.cleaner.text.characters import normalise

_SEPARATOR: Final = re.compile(r"\s+[|\-–—·•:›»/«‹~]+\s+|\s?\|\s?|\s›\s?|:\s+(?=\S+$)")
_ARTICLE: Final = re.compile(r"^(?:the|der|die|das|le|la|les|el|il|de|het)\s+(?=\S)")
_DOMAIN: Final = re.compile(r"\s(?:com|org|net|de|at|ch|fr|it|es|co\suk|uk|eu|info|online)$")
_WWW: Final = re.compile(r"^www\s")
_GENERIC_LABELS: Final = frozenset(("www", "m", "amp", "mobile", "news", "edition", "en"))
_MIN_HOST_CHARACTERS: Final = 3
_WORD: Final = re.compile(r"[^\W_]")
_MAX_CUTS: Final = 3
_MAX_SEPARATORS: Final = 20


def site_keys(names: Iterable[str]) -> frozenset[str]:
    """Return what identifies these names of a site, whatever their case, spaces and article."""
    return frozenset(filter(None, map(_key, names)))


def host_names(address: str) -> frozenset[str]:
    """Return what identifies a site by the parts of its host's name, each of them as a whole."""
    try:
        labels = (urlsplit(address).hostname or "").split(".")[:-1]
    except ValueError:
        return frozenset()
    names = (label for label in labels if label not in _GENERIC_LABELS)
    return frozenset(key for key in map(_key, names) if len(key) >= _MIN_HOST_CHARACTERS)


def names_site(text: str, sites: Collection[str]) -> bool:
    """Return whether the whole text is a name of the site. ``sites``: from ``site_keys``."""
    return _key(text) in sites


def without_site(title: str, sites: Collection[str], titles: Collection[str] = ()) -> str:
    """Return the title without " | Site" at its end or start.

    ``sites``: the site's names, from ``site_keys``; ``titles``: what other sources give as the
    title, in ``letters``: the part that equals one of them is the title.
    """
    for _ in range(_MAX_CUTS):
        ends = _cuts(title)
        if not ends:
            break
        repeated = (
            part
            for before, behind, is_colon in ends
            for part in (before, behind)
            if not is_colon and letters(part) in titles
        )
        if part := next(repeated, None):
            return part.strip()
        first, last = ends[0], ends[-1]
        if names_site(last[1], sites):
            title = last[0].strip()
        elif names_site(first[0], sites):
            title = first[1].strip()
        else:
            break
    return title


def end_parts(title: str) -> list[tuple[str, str]]:
    """Return what stands at each end of a title behind a separator, and what is left of it."""
    ends = _cuts(title)
    if not ends:
        return []
    return [(ends[0][0], ends[0][1]), (ends[-1][1], ends[-1][0])]


def _cuts(title: str) -> list[tuple[str, str, bool]]:
    """Return what is before and behind each separator that has words on both sides.

    The third is whether it is a colon.
    """
    separators = islice(_SEPARATOR.finditer(title), _MAX_SEPARATORS)
    parts = (
        (title[: each.start()], title[each.end() :], each.group().strip() == ":")
        for each in separators
    )
    return [part for part in parts if _WORD.search(part[0]) and _WORD.search(part[1])]


def letters(text: str) -> str:
    """Return the text without case, punctuation and spaces."""
    return normalise(text).replace(" ", "")


def _key(name: str) -> str:
    words = _WWW.sub("", normalise(name))
    return _DOMAIN.sub("", _ARTICLE.sub("", words)).replace(" ", "")
