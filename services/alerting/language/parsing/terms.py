"""Terms of an expression: a phrase in quotes, a word or a hyphenated phrase without them, and words with wildcards."""

import re
from dataclasses import dataclass
from typing import Final

from services.alerting.language.errors import fail
from services.alerting.language.normalise import OTHER, SIGN, character_classes, normalise
from services.alerting.language.words import Word, words_of

QUOTES: Final = '"“”„'
BLANK: Final = re.compile(r"[\s\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]*")
_HYPHENS: Final = "-‐‑‒–—―"
_FOREIGN_QUOTES: Final = "'‘’‚`´«»‹›「」『』"
_BEFORE: Final = re.compile(r"z*")
_BETWEEN: Final = re.compile(r"(?:'[sS])?\.?z*-*z*")
_AFTER: Final = re.compile(r"(?:'[sS]?)?\.?z*")


@dataclass(frozen=True, slots=True)
class TermWords:
    """The words of a term: folded (``keys``) and as written (``exact``)."""

    keys: tuple[str, ...]
    exact: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pattern:
    """A word with wildcards, folded."""

    pattern: str


def phrase(expression: str, at: int) -> tuple[TermWords, int]:
    """The term in the quotes that open at ``at``, and where it ends; LanguageError where it is not closed, or holds no word or a wildcard."""
    end = next((i for i in range(at + 1, len(expression)) if expression[i] in QUOTES), -1)
    if end < 0:
        fail(expression, at, "unclosed-quote", "this quote is never closed", 'close it with "')
    for offset in range(at + 1, end):
        if expression[offset] in "*?":
            fail(
                expression,
                offset,
                "wildcard",
                f"{expression[offset]} has no meaning inside quotes",
                "join words by PRE/1: north PRE/1 korea*",
            )
    words = words_of(expression[at + 1 : end])
    if not words:
        fail(
            expression,
            at,
            "no-word",
            "there is no word between these quotes",
            "write a word or a phrase",
        )
    return _words(words), end + 1


def bare(expression: str, at: int, end: int) -> TermWords | Pattern:
    """The term without quotes from ``at`` to ``end``; LanguageError at the first character that needs quotes or is a misplaced wildcard."""
    text = expression[at:end]
    if "*" in text or "?" in text:
        return Pattern(_pattern(expression, at, text))
    words, kinds, done = words_of(text), _kinds(text), 0
    for word in words:
        _check_gap(expression, at, text, kinds, done, word.start, _BETWEEN if done else _BEFORE)
        done = word.end
    _check_gap(expression, at, text, kinds, done, len(text), _AFTER if words else _BEFORE)
    return _words(words)


def _check_gap(
    expression: str, at: int, text: str, kinds: str, start: int, end: int, allowed: re.Pattern[str]
) -> None:
    """Between the words of an unquoted term only hyphens stand; after a word its possessive or its stop."""
    found = allowed.match(kinds, start, end)
    wrong = found.end() if found else start
    if wrong < end:
        fail(
            expression,
            at + wrong,
            "bad-character",
            f"{text[wrong]} cannot stand in a word",
            _better(text, text[wrong]),
        )


def _better(text: str, character: str) -> str:
    if character in _FOREIGN_QUOTES:
        return 'write double quotes: "end of the war"'
    if character in "[]{}":
        return "brackets are round: (summit OR meeting)"
    return (
        f'put the term in quotes: "{text}"'
        if words_of(text)
        else "only words can be found: letters and digits"
    )


def _pattern(expression: str, at: int, text: str) -> str:
    """The pattern, folded: ``*`` only at the end and after three characters, ``?`` for one character, a single word."""
    star = text.find("*")
    stem = text[:star] if star >= 0 else text
    if 0 <= star < len(text) - 1:
        fail(
            expression,
            at + star,
            "wildcard",
            "* stands only at the end of a word",
            "list the forms: (denuclearize OR denuclearization)",
        )
    if 0 <= star < 3:
        fail(
            expression,
            at + star,
            "wildcard",
            "* needs at least three characters before it",
            "list the forms: (war OR wars)",
        )
    filled = stem.replace("?", "x")
    words = words_of(filled)
    if [(word.start, word.end) for word in words] != [
        (0, len(filled))
    ] or SIGN in character_classes(stem):
        first = next(i for i, character in enumerate(text) if character in "*?")
        fail(
            expression,
            at + first,
            "wildcard",
            "a wildcard stands in a single word",
            "join words by PRE/1: trump PRE/1 meet*",
        )
    if not stem.strip("?"):
        fail(expression, at, "wildcard", "? needs a letter beside it", "for example organi?ation")
    return "?".join(map(normalise, stem.split("?"))) + ("*" if star >= 0 else "")


def _kinds(text: str) -> str:
    """The shadow of the text, in which only hyphens and dashes are ``-``; other signs are ``x``."""
    return "".join(
        "-" if c in _HYPHENS else "x" if kind == OTHER else kind
        for c, kind in zip(text, character_classes(text), strict=True)
    )


def _words(words: tuple[Word, ...]) -> TermWords:
    return TermWords(tuple(word.key for word in words), tuple(word.exact for word in words))
