"""Russian names in the cases of the language: Владимира Путина, Ким Чен Ыном.

These are rules for names only; a name that no rule covers stays as it is.
"""

from collections.abc import Iterator
from itertools import repeat
from typing import Final

_CASES: Final = 5
"""Genitive, dative, accusative, instrumental, prepositional."""
_MALE: Final = (
    (("ов", "ев", "ёв", "ин", "ын"), 0, ("а", "у", "а", "ым", "е")),
    (("ский", "цкий"), 2, ("ого", "ому", "ого", "им", "ом")),
    (("ий",), 1, ("я", "ю", "я", "ем", "и")),
    (("й", "ь"), 1, ("я", "ю", "я", "ем", "е")),
    (tuple("бвгдзклмнпрстфх"), 0, ("а", "у", "а", "ом", "е")),
    (tuple("жшчщц"), 0, ("а", "у", "а", "ем", "е")),
)
_FEMALE: Final = (
    (("ова", "ева", "ина"), 1, ("ой", "ой", "у", "ой", "ой")),
    (("ия",), 1, ("и", "и", "ю", "ей", "и")),
    (("га", "ка", "ха", "жа", "ша"), 1, ("и", "е", "у", "ой", "е")),
    (("а",), 1, ("ы", "е", "у", "ой", "е")),
    (("я",), 1, ("и", "е", "ю", "ей", "е")),
)
_SYLLABLE: Final = 3
"""The last part of a Korean or Chinese name takes ом even after ын: Ким Чен Ыном."""


def decline_name(name: str, gender: str, *, family_first: bool) -> Iterator[str]:
    """Yield the name in the five other cases.

    Where the family name is first only the last part changes, and a woman's does not at all.
    """
    words = name.split()
    if family_first:
        unchanged = [repeat(word, _CASES) for word in words[:-1]]
        last = repeat(words[-1], _CASES) if gender == "f" else _decline_word(words[-1], gender)
        yield from map(" ".join, zip(*unchanged, last, strict=False))
    else:
        words_in_cases = (_decline_word(word, gender) for word in words)
        yield from map(" ".join, zip(*words_in_cases, strict=False))


def _decline_word(word: str, gender: str) -> Iterator[str]:
    if gender == "m" and len(word) < _SYLLABLE:
        yield from (word + ending for ending in ("а", "у", "а", "ом", "е"))
        return
    for endings, removed, cases in _MALE if gender == "m" else _FEMALE:
        if word.endswith(endings):
            yield from (word[: len(word) - removed] + case for case in cases)
            return
    yield from repeat(word, _CASES)
