"""How Korean names are written in Latin letters, from their Hangul.

There is no one way: 김정은 is Kim Jong Un at home, Kim Jong-eun or Jeong-eun in Seoul, Kim Chŏng-ŭn
in libraries, Kim Jung-un in newspapers, Kim Dschong Un in German and Kim Čong-un in Czech. English
spellings mix the systems freely; those of other languages are each of one piece.
"""

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Final, NamedTuple

_FIRST, _LAST = "가", "힣"
_INITIALS: Final = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWELS: Final = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_FINALS: Final = ("", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ")
_SOFT: Final = "ㅑㅒㅕㅖㅛㅠㅣ"
"""Vowels before which the South does not write an r: 렬 is Ryol and Yeol."""

_INITIAL_SPELLINGS: Final = "g/k kk n d/t tt r/l m b/p pp s ss - j/ch jj ch k t/th p h"
_VOWEL_SPELLINGS: Final = """
    a ae ya yae eo/o e yeo/yo ye/e o wa wae oe/oi yo u/oo wo/weo we wi yu/yoo eu/u ui/eui i
"""
_ENGLISH_INITIALS: Final = dict(zip(_INITIALS, _INITIAL_SPELLINGS.split(), strict=True))
_ENGLISH_VOWELS: Final = dict(zip(_VOWELS, _VOWEL_SPELLINGS.split(), strict=True))
_BEFORE_A_FINAL: Final = {"ㅓ": ("u",), "ㅕ": ("yu", "you")}
"""Spellings of vowels in closed syllables only: Jung and Hyun, but not Yu for 여."""
_FINAL_LETTERS: Final = {
    "": "", "ㄱ": "k", "ㄲ": "k", "ㄴ": "n", "ㄷ": "t", "ㄹ": "l", "ㅁ": "m", "ㅂ": "p", "ㅅ": "t",
    "ㅆ": "t", "ㅇ": "ng", "ㅈ": "t", "ㅊ": "t", "ㅋ": "k", "ㅌ": "t", "ㅍ": "p", "ㅎ": "",
}  # fmt: skip


class Romanisation(NamedTuple):
    """How one language writes what it does not write like McCune and Reischauer.

    Accents are left out, as normalising removes them: č is c.
    """

    language: str
    letters: Mapping[str, str]


_OPEN_VOWELS: Final = {"ㅐ": "e", "ㅕ": "jo", "ㅑ": "ja", "ㅛ": "jo", "ㅠ": "ju", "ㅖ": "je"}
_OTHER_LANGUAGES: Final = (
    Romanisation("German", {**_OPEN_VOWELS, "ㅈ": "dsch", "ㅊ": "tsch", "ㅐ": "a"}),
    Romanisation("Czech", {**_OPEN_VOWELS, "ㅈ": "c", "ㅊ": "c"}),
    Romanisation("Polish", {**_OPEN_VOWELS, "ㅈ": "dz", "ㅊ": "cz"}),
    Romanisation("Hungarian", {**_OPEN_VOWELS, "ㅈ": "dzs", "ㅊ": "cs"}),
    Romanisation("French", {"ㅈ": "dj", "ㅡ": "eu"}),
)
_LIBRARIES: Final = {
    **{jamo: letters.split("/")[0] for jamo, letters in _ENGLISH_VOWELS.items()},
    "ㅓ": "o", "ㅕ": "yo", "ㅡ": "u", "ㅢ": "ui", "ㅝ": "wo",
    "ㄱ": "k", "ㄷ": "t", "ㅂ": "p", "ㅈ": "ch", "ㅌ": "t",
}  # fmt: skip


def romanise(hangul: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield the syllables of a given name in Latin letters, with the language that writes so.

    Nothing where a character is no Hangul syllable.
    """
    if not all(_FIRST <= syllable <= _LAST for syllable in hangul):
        return
    jamo = [_jamo_of(syllable) for syllable in hangul]
    for syllables in product(*(_english_syllables(*letters) for letters in jamo)):
        yield syllables, "English"
    for language, letters in _OTHER_LANGUAGES:
        yield tuple(_syllable(letters, *parts) for parts in jamo), language


def _jamo_of(syllable: str) -> tuple[str, str, str]:
    """Return the initial, vowel and final of a Hangul syllable."""
    code, final = divmod(ord(syllable) - ord(_FIRST), len(_FINALS))
    initial, vowel = divmod(code, len(_VOWELS))
    return _INITIALS[initial], _VOWELS[vowel], _FINALS[final]


def _english_syllables(initial: str, vowel: str, final: str) -> list[str]:
    initials = _ENGLISH_INITIALS[initial].replace("-", "").split("/")
    if initial == "ㄹ" and vowel in _SOFT:
        initials = [*initials, ""]
    if initial == "ㅅ" and vowel == "ㅣ":
        initials = [*initials, "sh"]
    vowels = _ENGLISH_VOWELS[vowel].split("/")
    if final:
        vowels = [*vowels, *_BEFORE_A_FINAL.get(vowel, ())]
    if (vowel == "ㅣ" or (vowel == "ㅢ" and initial != "ㅇ")) and not final:
        vowels = [*vowels, "ee"]
    if vowel == "ㅜ" and initial == "ㅇ":
        vowels = [*vowels, "woo"]
    return [f"{a}{v}{_FINAL_LETTERS.get(final, '')}" for a, v in product(initials, vowels)]


def _syllable(letters: Mapping[str, str], initial: str, vowel: str, final: str) -> str:
    """Spell a syllable as one language does, and where it has no way of its own, as libraries."""
    first = letters.get(initial) or _LIBRARIES.get(initial) or _ENGLISH_INITIALS[initial]
    middle = letters.get(vowel) or _LIBRARIES[vowel]
    return f"{first.split('/')[0].strip('-')}{middle}{_FINAL_LETTERS.get(final, '')}"
