"""Whether one text denies what another says in the same words: "have not reached a deal".

The texts are aligned (compare.py). Where a passage differs only by negating words, articles and
auxiliary verbs, and one side negates, one text says the opposite of the other.
"""

import re
from collections.abc import Sequence
from typing import Final

_NEGATIONS: Final = frozenset(
    (
        *("no", "not", "never", "none", "nothing", "nobody", "neither", "nor", "without", "cannot"),
        *(
            "failed",
            "fails",
            "fail",
            "failing",
            "failure",
            "unable",
            "refused",
            "refuses",
            "denied",
        ),
        *("denied", "denies", "hardly", "declined", "declines", "lacks", "lacked"),
        *("nicht", "nie", "niemals", "nichts", "niemand", "ohne", "weder", "keineswegs"),
        *("kein", "keine", "keinen", "keinem", "keiner", "keines"),
        *("ne", "n", "pas", "jamais", "aucun", "aucune", "sans", "ni", "rien"),
        *("nunca", "jamás", "sin", "ningún", "ninguno", "ninguna", "nadie", "tampoco"),
        *("non", "nessun", "nessuno", "nessuna", "senza", "né", "niente"),
        *("não", "sem", "nenhum", "nenhuma", "ninguém"),
        *("niet", "geen", "nooit", "zonder", "niemand", "inte", "ikke", "ikkje", "aldrig", "ingen"),
        *("inga", "inget", "intet", "utan", "uden", "uten"),
        *("не", "нет", "ни", "без", "никогда", "ні", "немає", "bez", "brak", "nigdy", "żaden"),
        *("değil", "yok", "hiç", "لا", "لم", "لن", "ليس", "ليست", "دون", "بدون", "غير"),
    )
)
_NUMBER_SIGNS: Final = frozenset(("no", "n"))
_KOREAN: Final = re.compile(r"않|없|못|아니")
_UNSPACED: Final = re.compile(r"[未不没沒無无]|ない|なか|ませ|せん|ず")
_IDEOGRAPHIC: Final = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]+")
_GRAMMATICAL: Final = frozenset(
    (
        *("a", "an", "the", "some", "any", "yet", "ever", "to", "t", "it", "there", "all"),
        *("do", "does", "did", "don", "doesn", "didn", "have", "has", "had", "haven", "hasn"),
        *("hadn", "be", "is", "are", "was", "were", "been", "isn", "aren", "wasn", "weren"),
        *("will", "would", "won", "wouldn", "can", "could", "couldn", "should", "shouldn", "must"),
        *("ein", "eine", "einen", "einem", "einer", "eines", "der", "die", "das", "den", "dem"),
        *("hat", "haben", "hatte", "hatten", "ist", "sind", "wird", "werden", "mehr", "noch", "zu"),
        *("un", "une", "le", "la", "les", "l", "d", "de", "du", "des", "ont", "est", "été", "plus"),
        *("una", "el", "los", "las", "ha", "han", "hay", "um", "uma", "o", "os", "as", "foi"),
        *("il", "lo", "gli", "hanno", "è", "een", "het", "en", "ett", "et", "är", "er", "har"),
        *("し", "ま", "た", "っ", "な", "か", "い", "で", "す", "せ", "ん", "て", "了", "有", "已"),
    )
)
_CONTENT_WORDS: Final = 2
"""A verb may change its form beside a negation (reached, failed to reach); more is other text."""

Words = Sequence[str]


def is_denied(left: Words, right: Words, before: str) -> bool:
    """Return whether one of two aligned passages denies the other.

    ``before`` is the word in front of both. A passage without a counterpart must be nothing but a
    negation: more is a sentence of its own.
    """
    if _negates(left, before) == _negates(right, before):
        return False
    contents = [sum(_is_content(word) for word in words) for words in (left, right)]
    if not left or not right:
        return not any(contents)
    return max(contents) <= _CONTENT_WORDS and abs(contents[0] - contents[1]) <= 1


def _negates(words: Words, before: str) -> bool:
    """Return whether a passage has a negating word; "No. 10" has none."""
    for index, word in enumerate(words):
        previous = words[index - 1] if index else before
        following = words[index + 1] if index + 1 < len(words) else ""
        is_number = word in _NUMBER_SIGNS and following[:1].isdigit()
        if (word in _NEGATIONS and not is_number) or _KOREAN.search(word):
            return True
        if word == "t" and previous.endswith("n"):  # haven't, can't
            return True
    return bool(_UNSPACED.search("".join(filter(_IDEOGRAPHIC.fullmatch, words))))


def _is_content(word: str) -> bool:
    return word not in _NEGATIONS and word not in _GRAMMATICAL and not _UNSPACED.search(word)
