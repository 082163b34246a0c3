"""Names of authors out of bylines and metadata: "By Ann Lee and Bo Kim, Washington" → Ann Lee, Bo Kim."""

import re
from collections.abc import Iterable
from typing import Final

from services.cleaner.text import fold, tidy

_BY: Final = re.compile(r"^(?:(?:written |reporting |story |text )?by|von|par|por|di|door|от)\s*:?\s+", re.IGNORECASE)
_BETWEEN: Final = re.compile(r"\s*(?:,|;|/|\||&|\b(?:and|AND|und|et|y|og|och)\b|·|、)\s*")
_SUFFIX: Final = re.compile(r"^(?:jr|sr|ii|iii|ph\.?d|m\.?d)\.?$", re.IGNORECASE)
_ADDRESS: Final = re.compile(r"\S*(?:://|www\.|@|\.com\b)\S*", re.IGNORECASE)
_LONGEST: Final = 60
_MOST_WORDS: Final = 6
_MOST: Final = 12


def people(values: Iterable[str], *, but: Iterable[str] = ()) -> tuple[str, ...]:
    """The names, in order, each once; addresses and sentences are left out, and so are the names in ``but`` (the site's own)."""
    own = {fold(site) for site in but}
    found: dict[str, str] = {}
    for value in values:
        for part in _BETWEEN.split(_BY.sub("", tidy(_ADDRESS.sub(" ", value[: _LONGEST * _MOST])))):
            if _is_name(part) and fold(part) not in own:
                found.setdefault(fold(part), part)
    return tuple(found.values())[:_MOST]


def _is_name(part: str) -> bool:
    if not fold(part) or len(part) > _LONGEST or len(part.split()) > _MOST_WORDS or _SUFFIX.match(part):
        return False
    return not any(character.isdigit() for character in part)
