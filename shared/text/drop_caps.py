"""Drop caps: a text that begins with "T rump said", because its first letter stood apart.

Only where no reader would take the letter for a word: never a single A, I or O but before the rest
of a listed word, and in no language that writes prepositions of one letter.
"""

import re
from typing import Final

_BEGINNING: Final = re.compile(r"\s*[\"“‘'«„]?([A-ZÀ-ÖØ-Þ])([ \u00a0])([a-zß-öø-ÿ]+)\b")
_LANGUAGES: Final = frozenset(
    ["en", "de", "fr", "es", "it", "pt", "nl", "ca", "da", "no", "sv", "fi", "tr", "und"]
)
_ENGLISH: Final = frozenset({"en", "und"})
_VOWELS: Final = frozenset("AEIOUYÀÁÈÉÓÔÚ")
_RESTS: Final = {
    "A": "fter lthough mid mong s t n nd ll merica merican mericans ccording gainst head bout bove "
    "cross fghan fghanistan ustralia ustralian rgentina frican sian llies ctivists irlines nalysts",
    "I": "n t f s ranian raq raqi srael sraeli ndia ndian nside taly talian ndonesia nternational "
    "nvestigators nspectors reland",
    "O": "n f ne ver ur fficials utside nly nce rganizers bama",
}
_COMPOUNDS: Final = """
    shirt shirts ray rays day days turn turns pop movie movies force marks mark coli major minor
    word words bomb bombs team level wave line class type size grade list cell cells test points
    factor section sections street flat sharp and or is was for plus versus the corporation visa
    boat boats train mail book commerce cigarette reader equals in on at to of with
"""
_AFTER_A_LETTER: Final = frozenset(_COMPOUNDS.split())
"""What may follow a letter that stands for itself: X marks, T shirt, E coli, C major."""


def drop_cap_blank(text: str, language: str) -> int | None:
    """Return where the blank behind a drop cap is at the beginning of a text, or None.

    ``language`` is ISO 639-1, or ``und``.
    """
    match = _BEGINNING.match(text)
    base = language.partition("-")[0].lower()
    if match is None or base not in _LANGUAGES:
        return None
    letter, rest = match[1], match[3]
    if letter in _RESTS:
        is_word = base not in _ENGLISH or rest not in _RESTS[letter].split()
    elif letter in _VOWELS:
        is_word = base not in _ENGLISH or rest in _AFTER_A_LETTER
    else:
        is_word = rest in _AFTER_A_LETTER
    return None if is_word else match.start(2)
