"""Whether a sentence only recalls what was reported before, as the last ones of an update do."""

import re
from typing import Final

_RECALLS: Final = re.compile(
    r"\b(?:had|earlier|previously|already|(?:hours|days|weeks|day|week) (?:before|earlier|ago)"
    r"|the day before|last (?:week|month|year)|as reported|has said)\b",
    re.IGNORECASE,
)
_MAX_CHARACTERS: Final = 400


def recalls(sentence: str) -> bool:
    """Return whether a sentence speaks of an earlier time: "had lifted", "hours before"."""
    return bool(_RECALLS.search(sentence, 0, _MAX_CHARACTERS))
