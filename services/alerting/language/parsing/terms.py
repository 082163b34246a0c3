"""Terms of an expression: quoted phrases, bare words and hyphenated phrases, and wildcards."""

import re
from dataclasses import dataclass
from typing import Final

from services.alerting.language.errors import fail
from shared.text.normalise import OTHER, SIGN, character_classes, normalise
from shared.text.words import Word, words_of

QUOTES: Final = '"“”„'
BLANK: Final = re.compile(r"[\s\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]*")
_HYPHENS: Final = "-‐‑‒–—―"
_FOREIGN_QUOTES: Final = "'‘’‚`´«»‹›「」『』"
_BEFORE: Final = re.compile(r"z*")
_BETWEEN: Final = re.compile(r"(?:'[sS]?)?\.?z*-*z*")
_AFTER: Final = re.compile(r"(?:'[sS]?)?\.?z*")


@dataclass(frozen=True, slots=True)
class TermWords:
    """The words of a term: normalised (``keys``) and as written (``exact``)."""

    keys: tuple[str, ...]
    exact: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pattern:
    """A word with wildcards, normalised."""

    pattern: str


def phrase(expression: str, offset: int) -> tuple[TermWords, int]:
    """Return the term in the quotes that open at ``offset``, and where it ends.

    Raises LanguageError if it is not closed, or holds no word or a wildcard.
    """
    end = next((i for i in range(offset + 1, len(expression)) if expression[i] in QUOTES), -1)
    if end < 0:
        fail(expression, offset, "unclosed-quote", "this quote is never closed", 'close it with "')
    for place in range(offset + 1, end):
        if expression[place] in "*?":
            fail(
                expression,
                place,
                "wildcard",
                f"{expression[place]} has no meaning inside quotes",
                "join words by PRE/1: north PRE/1 korea*",
            )
    words = words_of(expression[offset + 1 : end])
    if not words:
        fail(
            expression,
            offset,
            "no-word",
            "there is no word between these quotes",
            "write a word or a phrase",
        )
    return _words(words), end + 1


def bare(expression: str, offset: int, end: int) -> TermWords | Pattern:
    """Return the term without quotes from ``offset`` to ``end``.

    Raises LanguageError at the first character that needs quotes, or at a misplaced wildcard.
    """
    text = expression[offset:end]
    if "*" in text or "?" in text:
        return Pattern(_pattern(expression, offset, text))
    words, kinds, checked = words_of(text), _kinds(text), 0
    for word in words:
        _check_gap(
            expression, offset, text, kinds, checked, word.start, _BETWEEN if checked else _BEFORE
        )
        checked = word.end
    _check_gap(expression, offset, text, kinds, checked, len(text), _AFTER if words else _BEFORE)
    return _words(words)


def _check_gap(
    expression: str,
    offset: int,
    text: str,
    kinds: str,
    start: int,
    end: int,
    allowed: re.Pattern[str],
) -> None:
    """Refuse anything between the words of an unquoted term but hyphens.

    After a word its possessive or its stop may stand.
    """
    gap = allowed.match(kinds, start, end)
    error_at = gap.end() if gap else start
    if error_at < end:
        fail(
            expression,
            offset + error_at,
            "bad-character",
            f"{text[error_at]} cannot be part of a word",
            _better(text, text[error_at]),
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


def _pattern(expression: str, offset: int, text: str) -> str:
    """Return the normalised pattern of a single word.

    ``*`` stands only at the end and after three characters, ``?`` for one character.
    """
    star = text.find("*")
    stem = text[:star] if star >= 0 else text
    if 0 <= star < len(text) - 1:
        fail(
            expression,
            offset + star,
            "wildcard",
            "* stands only at the end of a word",
            "list the forms: (denuclearize OR denuclearization)",
        )
    if 0 <= star < 3:
        fail(
            expression,
            offset + star,
            "wildcard",
            "* needs at least three characters before it",
            "list the forms: (war OR wars)",
        )
    sample = stem.replace("?", "x")
    words = words_of(sample)
    if [(word.start, word.end) for word in words] != [
        (0, len(sample))
    ] or SIGN in character_classes(stem):
        first = next(i for i, character in enumerate(text) if character in "*?")
        fail(
            expression,
            offset + first,
            "wildcard",
            "a wildcard stands in a single word",
            "join words by PRE/1: trump PRE/1 meet*",
        )
    if not stem.strip("?"):
        fail(
            expression, offset, "wildcard", "? needs a letter beside it", "for example organi?ation"
        )
    return "?".join(map(normalise, stem.split("?"))) + ("*" if star >= 0 else "")


def _kinds(text: str) -> str:
    """Return the character classes of the text.

    Only hyphens and dashes are ``-`` there; other signs are ``x``.
    """
    return "".join(
        "-" if c in _HYPHENS else "x" if kind == OTHER else kind
        for c, kind in zip(text, character_classes(text), strict=True)
    )


def _words(words: tuple[Word, ...]) -> TermWords:
    return TermWords(tuple(word.key for word in words), tuple(word.exact for word in words))
