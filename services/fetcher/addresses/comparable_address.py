"""The part of an address by which articles are told apart, without its mere spelling. Pure.

Two addresses with the same comparable form lead to the same page: they differ in the scheme,
``www.``, a mobile or AMP edition, a slash at the end, or a session. The form is only compared, and
never requested.
"""

import re
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

_EDITION: Final = re.compile(r"(?:www\d?|m|mobile|amp)\.(?=[^.]+\.)")
_NO_NAME: Final = re.compile(r"amp|index\.(?:html?|php|aspx?|jsp)")
"""The last part of a path that names an edition, or the page that a folder shows."""
_PATH_SESSION: Final = re.compile(r";(?:jsessionid|phpsessid)=[^/;]*", re.IGNORECASE)
_NO_PART: Final = frozenset(
    ("amp", "outputtype", "jsessionid", "phpsessid", "phpsessionid", "sessionid", "sessid")
)
"""Parameters, in lower case, that select an edition or a visit and no page."""
_WORDS: Final = re.compile(r"[^\W\d_]{2,}")
_NUMBER: Final = re.compile(r"\d+")
_LONG_NUMBER: Final = re.compile(r"\d{5,}")
"""Such a number is an id, or a day."""
_DAY: Final = re.compile(r"(?:19|20)\d{2}(?:0\d|1[0-2])[0-3]\d")
TELLING_WORDS: Final = 3
"""So many words in the last part of a path name an article and no script."""


@lru_cache(maxsize=4_096)
def comparable_address(url: str) -> str:
    """Return the comparable form of a canonical URL; a port stays, as it is part of the site."""
    parts = urlsplit(url)
    path = _PATH_SESSION.sub("", parts.path).rstrip("/")
    folder, _, last = path.rpartition("/")
    path = folder.rstrip("/") if _NO_NAME.fullmatch(last) else path
    parameters = sorted(
        part
        for part in parts.query.split("&")
        if part and part.partition("=")[0].lower() not in _NO_PART
    )
    query = "?" + "&".join(parameters) if parameters else ""
    return f"{_EDITION.sub('', parts.netloc, count=1)}{path}{query}"


def telling_path(address: str) -> str:
    """Return a comparable address without its query, or "" if that alone names no article."""
    path = address.partition("?")[0]
    last = path.rpartition("/")[2]
    is_telling = len(_WORDS.findall(last)) >= TELLING_WORDS or _LONG_NUMBER.search(last)
    return path if is_telling and "/" in path else ""


def telling_ending(address: str) -> str:
    """Return the last part of a comparable address's path, or "" if it names no article."""
    return telling_path(address).rpartition("/")[2]


def numbers(address: str) -> frozenset[str]:
    """Return the numbers in a comparable address after its host: ids, and days in its path."""
    return frozenset(_NUMBER.findall(address.partition("/")[2]))


def article_numbers(address: str) -> frozenset[str]:
    """Return the long numbers that are no days: most are ids of articles."""
    return frozenset(
        number
        for number in _LONG_NUMBER.findall(address.partition("/")[2])
        if not _DAY.fullmatch(number)
    )
