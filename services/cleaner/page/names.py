"""Names of authors: "By Ann Lee and Bo Kim, Washington" → Ann Lee, Bo Kim."""

import re
from collections.abc import Iterable
from typing import Final

from services.cleaner.text.characters import is_unspaced, normalise, tidy

_LEADING: Final = (
    r"(?:[^\W\d_]+\s+){0,3}?(?:posts?|articles?|entries|published|posted|written|author"
    r"|beiträge|artikel|veröffentlicht|geschrieben|verfasst"
    r"|publicado|escrito|publié|écrit|pubblicato|scritto)\s+(?:by|of|von|vom|par|por|de|da|di)"
)
"""What links and buttons of a blog say before a name: "View all posts by"."""
_BY: Final = re.compile(
    rf"^\W*(?:{_LEADING}"
    r"|(?:written |reporting |story |text )?by|von|par|por|di|door|af|av|от|text|tekst"
    r"|author|autor(?:in)?)\s*:?(?:\s+|$)",
    re.IGNORECASE,
)
_BETWEEN: Final = re.compile(r"\s*(?:,|;|/|\||&|\b(?:and|AND|und|et|y|og|och)\b|·|、)\s*")
_INITIALS: Final = re.compile(r"\s*[(\[][^()\[\]]{1,8}[)\]]")
"""Behind a name: "(obe)", "[AFP]"."""
_DESK: Final = re.compile(
    r"redaktion|nachrichten|\bnews\b|\.(?:com|de|net|org)\b|agentur|editorial|\bstaff\b"
    r"|\bteam\b|online|\badmin",
    re.IGNORECASE,
)
_SMALL = (
    "af al ap av bin da das de del della den der di do dos du e el en ibn la le of ter van vd von y"
    " zu zum zur"
)
_PARTICLES: Final = frozenset(_SMALL.split())
_NEVER_IN_NAMES: Final = frozenset("©()[]:;<>{}=|+*#")
_SUFFIX: Final = re.compile(r"^(?:jr|sr|ii|iii|ph\.?d|m\.?d)\.?$", re.IGNORECASE)
_ADDRESS: Final = re.compile(r"(?<!\S)\S*(?:://|www\.|@|\.com\b)\S*", re.IGNORECASE)
_SHORT_BYLINE: Final = 2
_MAX_NAME_CHARACTERS: Final = 60
_MAX_NAME_WORDS: Final = 6
_MAX_NAMES: Final = 12


def parse_names(values: Iterable[str]) -> tuple[str, ...]:
    """Return the names in order, each once; addresses and sentences are left out."""
    names: dict[str, str] = {}
    for value in values:
        start = _ADDRESS.sub(" ", value[: _MAX_NAME_CHARACTERS * _MAX_NAMES])
        byline = _without_place(_INITIALS.sub("", start))
        for part in map(str.strip, _BETWEEN.split(_BY.sub("", tidy(byline)))):
            if _is_name(part):
                names.setdefault(normalise(part), part)
    return tuple(names.values())[:_MAX_NAMES]


def _without_place(byline: str) -> str:
    """Remove the place from a byline such as "By Ann Lee, Washington".

    It is a single word behind the last comma, after a longer name.
    """
    names, comma, last = byline.strip().rpartition(",")
    if not comma or not _BY.match(byline):
        return byline
    return names if len(last.split()) == 1 and len(names.split()) > _SHORT_BYLINE else byline


def _is_name(part: str) -> bool:
    if not normalise(part) or len(part) > _MAX_NAME_CHARACTERS or _SUFFIX.match(part):
        return False
    if len(part.split()) > _MAX_NAME_WORDS:
        return False
    return not any(character.isdigit() or character in _NEVER_IN_NAMES for character in part)


def is_person(name: str) -> bool:
    """Return whether the name is a person's, and not that of a newsroom or agency.

    It has several capitalised words, or is in a script that puts no spaces between words.
    """
    words = [word for word in name.split() if word.casefold() not in _PARTICLES]
    several = len(words) > 1 and not any(word[0].islower() for word in words)
    return (several or is_unspaced(name[0])) and not _DESK.search(name)
