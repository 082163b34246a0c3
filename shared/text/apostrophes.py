"""What an apostrophe parts from a word: the article elided before it, or the ending after it.

Elided articles and prepositions are the same closed list in every text, so a rule and an article
agree without knowing a language: l'Iran is l + Iran. Endings are cut like the English 's, and only
in texts of their language: Turkish Trump'ın, Polish Mike'a.
"""

from collections.abc import Mapping
from typing import Final

_FRENCH: Final = "c d j l m n s t qu jusqu lorsqu puisqu quoiqu quelqu presqu"
_ITALIAN: Final = """
    all coll dall dell nell sull bell quell quest sant un nessun v gl agl degl dagl quegl
    anch com cos dev dov mezz quand senz tutt
"""
ELISIONS: Final = frozenset(f"{_FRENCH} {_ITALIAN}".split())
"""French, Italian, Catalan, Occitan and Portuguese (d'água) words that lose their last vowel."""

_CASES: Final = """
    i u yi yu ni nu  a e ya ye na ne  da de ta te nda nde  dan den tan ten ndan nden
    in un nin nun  la le yla yle  ca ce nca nce
    daki deki taki teki ndaki ndeki  dakiler dekiler  ki inki unki ninki nunki
"""
_POSSESSED: Final = """
    si su sini sunu sina sine suna sune sinda sinde sunda sunde sindan sinden sundan sunden
    sinin sunun siyla siyle suyla suyle  ini unu ina ine una une inda inde unda unde
    indan inden undan unden inin unun  im um imiz umuz
"""
_PLURALS: Final = """
    lar ler lari leri lara lere larda lerde lardan lerden larin lerin larla lerle
    larini lerini larina lerine larinda lerinde larindan lerinden larinin lerinin
"""
_DERIVED: Final = """
    li lu lilar liler lular luler lilari lileri lilarin lilerin lik luk siz suz
    dir dur tir tur di du ti tu ydi ydu mis mus ymis ymus sa se ysa yse yken ken dirler durlar
"""
_POLISH_CASES: Final = "a u y i owi em ie m ow ego emu ym im iem go mu e ami om ach"
_TURKISH: Final = frozenset(" ".join((_CASES, _POSSESSED, _PLURALS, _DERIVED)).split())
_POLISH: Final = frozenset(_POLISH_CASES.split())

ENDINGS: Final[Mapping[str, frozenset[str]]] = {"tr": _TURKISH, "az": _TURKISH, "pl": _POLISH}
"""By language (ISO 639-1), folded: ın, in, un and ün are ``in`` and ``un``."""

LONGEST: Final = 8
"""The most letters that an elided word or an ending has."""
DOTLESS: Final = "ı"
"""The only letter beside ASCII that endings hold once they are normalised; it counts as an i."""
_LOOKED_AT: Final = 32
NO_ENDINGS: Final = frozenset[str]()


def endings_of(language: str) -> frozenset[str]:
    """Return the endings that an apostrophe parts from a word in a language (tr, tr-TR)."""
    return ENDINGS.get(language.partition("-")[0].lower(), NO_ENDINGS)


def is_elision(letters: str) -> bool:
    """Return whether the normalised letters before an apostrophe lost their last vowel to it."""
    return letters in ELISIONS


def is_ending(letters: str, endings: frozenset[str]) -> bool:
    """Return whether the normalised letters after an apostrophe are one of the endings."""
    return letters.replace(DOTLESS, "i") in endings


def is_after_elision(text: str, start: int) -> bool:
    """Return whether an elided word and its apostrophe end at ``start`` of a normalised text.

    Several may follow each other (qu'l'Iran); so many are looked at that only hostile texts have
    more.
    """
    for _ in range(_LOOKED_AT):
        apostrophe = first = start - 1
        while first and apostrophe - first < LONGEST and text[first - 1].isalnum():
            first -= 1
        if not is_elision(text[first:apostrophe]) or (first and text[first - 1].isalnum()):
            return False
        if not first or text[first - 1] != "'" or not text[max(0, first - 2)].isalpha():
            return True
        start = first
    return True


def is_before_ending(text: str, apostrophe: int, endings: frozenset[str]) -> bool:
    """Return whether a possessive or ending follows ``apostrophe`` in a normalised text."""
    first = end = apostrophe + 1
    while end - first <= LONGEST and text[end : end + 1].isalnum():
        end += 1
    if text[end : end + 1] == "'" and text[end + 1 : end + 2].isalpha():
        return False
    letters = text[first:end]
    return letters == "s" or is_ending(letters, endings)
