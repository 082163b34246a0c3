"""Who speaks in a sentence, and what it introduces, from the words beside."""

from collections.abc import Sequence
from typing import Final

from services.alerting.stories.reading.read_sentence import plain_name

_SPEECH_WORDS: Final = """
said told says tells according reporters spokesman spokeswoman minister judge governor chairman
union adviser official president director
"""
_SPEECH: Final = frozenset(_SPEECH_WORDS.split())
_INDEFINITE_WORDS: Final = "a an another un une una uno ein eine einen"
_INDEFINITE: Final = frozenset(_INDEFINITE_WORDS.split())
_WORDS_BESIDE: Final = 3


def speaker_names(words: Sequence[str]) -> set[str]:
    """Return as names the words beside "said", "spokesman" and the like; words in lower case."""
    marks = (number for number, word in enumerate(words) if word in _SPEECH)
    return {
        f"n:{plain_name(word)}"
        for mark in marks
        for word in words[max(0, mark - _WORDS_BESIDE) : mark + _WORDS_BESIDE + 1]
    }


def introduced_words(words: Sequence[str]) -> frozenset[str]:
    """Return the words behind "a" and "another": "a regional ferry" is no ferry known before."""
    marks = (number for number, word in enumerate(words) if word in _INDEFINITE)
    return frozenset(word for mark in marks for word in words[mark + 1 : mark + 1 + _WORDS_BESIDE])
