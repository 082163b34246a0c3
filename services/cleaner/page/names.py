"""Names of authors out of bylines and metadata: "By Ann Lee and Bo Kim, Washington" → Ann Lee, Bo Kim."""

import re
from collections.abc import Iterable
from typing import Final

from services.cleaner.text.characters import fold, is_unspaced, tidy

_LEADING: Final = (
    r"(?:[^\W\d_]+\s+){0,3}?(?:posts?|articles?|entries|published|posted|written|author|beiträge|artikel|veröffentlicht|geschrieben|verfasst"
    r"|publicado|escrito|publié|écrit|pubblicato|scritto)\s+(?:by|of|von|vom|par|por|de|da|di)"
)
"""What links and buttons of a blog say before a name: "View all posts by"."""
_BY: Final = re.compile(
    rf"^\W*(?:{_LEADING}|(?:written |reporting |story |text )?by|von|par|por|di|door|af|av|от|text|tekst|author|autor(?:in)?)\s*:?(?:\s+|$)",
    re.IGNORECASE,
)
_BETWEEN: Final = re.compile(r"\s*(?:,|;|/|\||&|\b(?:and|AND|und|et|y|og|och)\b|·|、)\s*")
_INITIALS: Final = re.compile(r"\s*[(\[][^()\[\]]{1,8}[)\]]")
"""Behind a name: "(obe)", "[AFP]"."""
_DESK: Final = re.compile(
    r"redaktion|nachrichten|\bnews\b|\.(?:com|de|net|org)\b|agentur|editorial|\bstaff\b|\bteam\b|online|\badmin",
    re.IGNORECASE,
)
_SMALL = "af al ap av bin da das de del della den der di do dos du e el en ibn la le of ter van vd von y zu zum zur"
_PARTICLES: Final = frozenset(_SMALL.split())
_NO_NAME: Final = frozenset("©()[]:;<>{}=|+*#")
_SUFFIX: Final = re.compile(r"^(?:jr|sr|ii|iii|ph\.?d|m\.?d)\.?$", re.IGNORECASE)
_ADDRESS: Final = re.compile(r"(?<!\S)\S*(?:://|www\.|@|\.com\b)\S*", re.IGNORECASE)
_SHORT_BYLINE: Final = 2
_LONGEST: Final = 60
_MOST_WORDS: Final = 6
_MOST: Final = 12


def people(values: Iterable[str]) -> tuple[str, ...]:
    """The names, in order, each once; addresses and sentences are left out."""
    found: dict[str, str] = {}
    for value in values:
        whole = _without_place(_INITIALS.sub("", _ADDRESS.sub(" ", value[: _LONGEST * _MOST])))
        for part in map(str.strip, _BETWEEN.split(_BY.sub("", tidy(whole)))):
            if _is_name(part):
                found.setdefault(fold(part), part)
    return tuple(found.values())[:_MOST]


def _without_place(byline: str) -> str:
    """ "By Ann Lee, Washington" without the place: one word behind the last comma, where fuller names stand before it."""
    names, comma, last = byline.strip().rpartition(",")
    return (
        names
        if comma
        and _BY.match(byline)
        and len(last.split()) == 1
        and len(names.split()) > _SHORT_BYLINE
        else byline
    )


def _is_name(part: str) -> bool:
    if (
        not fold(part)
        or len(part) > _LONGEST
        or len(part.split()) > _MOST_WORDS
        or _SUFFIX.match(part)
    ):
        return False
    return not any(character.isdigit() or character in _NO_NAME for character in part)


def is_person(name: str) -> bool:
    """Whether the name is a person's: several words in capitals, or of a script that parts none; and no newsroom's or agency's."""
    words = [word for word in name.split() if word.casefold() not in _PARTICLES]
    several = len(words) > 1 and not any(word[0].islower() for word in words)
    return (several or is_unspaced(name[0])) and not _DESK.search(name)
