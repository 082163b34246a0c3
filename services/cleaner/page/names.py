"""Names of authors out of bylines and metadata: "By Ann Lee and Bo Kim, Washington" → Ann Lee, Bo Kim."""

import re
from collections.abc import Iterable
from typing import Final

from services.cleaner.text import fold, tidy

_BY: Final = re.compile(r"^(?:(?:written |reporting |story |text )?by|von|par|por|di|door|от)\s*:?\s+", re.IGNORECASE)
_BETWEEN: Final = re.compile(r"\s*(?:,|;|/|\||&|\band\b|\bund\b|\bet\b|\by\b|·|、)\s*", re.IGNORECASE)
_SUFFIX: Final = re.compile(r"^(?:jr|sr|ii|iii|ph\.?d|m\.?d)\.?$", re.IGNORECASE)
_ADDRESS: Final = re.compile(r"https?://|www\.|@|\.com\b", re.IGNORECASE)
_LONGEST: Final = 60
_MOST_WORDS: Final = 6
_MOST: Final = 12


def people(values: Iterable[str], *, sites: Iterable[str] = ()) -> tuple[str, ...]:
    """The names, in order, each once; addresses and sentences are left out, and so are the site's own names if a person is named."""
    found: dict[str, str] = {}
    for value in values:
        for part in _BETWEEN.split(_BY.sub("", tidy(value[: _LONGEST * _MOST]))):
            if _is_name(part):
                found.setdefault(fold(part), part)
    own = {fold(site) for site in sites}
    persons = [name for key, name in found.items() if key not in own]
    return tuple((persons or list(found.values()))[:_MOST])


def _is_name(part: str) -> bool:
    if not fold(part) or len(part) > _LONGEST or len(part.split()) > _MOST_WORDS or _SUFFIX.match(part) or _ADDRESS.search(part):
        return False
    return not any(character.isdigit() for character in part)
