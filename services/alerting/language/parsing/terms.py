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
_SIGNS: Final = re.compile(r"[#$%@&+=\u00a2-\u00a5\u20a0-\u20bf]+")
_STOPS: Final = ",.;:!()"
_WILDCARD: Final = re.compile(r"[*?]")
_PHRASE_PIECE: Final = re.compile(rf"[^{_HYPHENS}\s]+")
_OPENING_QUOTE: Final = re.compile(rf"(?:exact\s*\(\s*)?[{QUOTES}]")
_CLOSING_QUOTE: Final = re.compile(rf"[{QUOTES}]")
_BEFORE: Final = re.compile(r"z*")
_BETWEEN: Final = re.compile(r"(?:'[sS]?)?\.?z*-*z*")
_AFTER: Final = re.compile(r"(?:'[sS]?)?\.?z*")


@dataclass(frozen=True, slots=True)
class TermWords:
    """The words of a term: normalised (``keys``) and as written (``exact``).

    ``wildcard``: some of ``keys`` are patterns, and ``exact`` means nothing.
    """

    keys: tuple[str, ...]
    exact: tuple[str, ...]
    wildcard: bool = False


@dataclass(frozen=True, slots=True)
class Pattern:
    """A word with wildcards, normalised."""

    pattern: str


def phrase(expression: str, offset: int) -> tuple[TermWords | Pattern, int]:
    """Return the term in the quotes that open at ``offset``, and where it ends.

    Raises LanguageError if it is not closed, holds no word, or a misplaced wildcard.
    """
    end = next((i for i in range(offset + 1, len(expression)) if expression[i] in QUOTES), -1)
    if end < 0:
        fail(expression, offset, "unclosed-quote", "this quote is never closed", 'close it with "')
    text = expression[offset + 1 : end]
    term = _phrase_with_wildcards(expression, offset + 1, end) if _WILDCARD.search(text) else None
    words = () if term else words_of(text)
    if not term and not words:
        fail(
            expression,
            offset,
            "no-word",
            "there is no word between these quotes",
            "write a word or a phrase",
        )
    return term or _words(words), end + 1


def _phrase_with_wildcards(expression: str, start: int, end: int) -> TermWords | Pattern | None:
    """Return a phrase in which some words are patterns, a single pattern, or None for no word."""
    keys: list[str] = []
    for piece in _PHRASE_PIECE.finditer(expression, start, end):
        text = piece[0].rstrip(_STOPS)
        if _WILDCARD.search(text):
            lead = len(text) - len(text.lstrip(_STOPS))
            keys.append(_pattern(expression, piece.start() + lead, text[lead:]))
        else:
            keys += [word.key for word in words_of(text)]
    if len(keys) == 1:
        return Pattern(keys[0])
    return TermWords(tuple(keys), tuple(keys), wildcard=True) if keys else None


def quoted_text(expression: str, offset: int) -> str:
    """Return what stands in the quotes of the term, or exact(…), at ``offset``; empty if bare."""
    opening = _OPENING_QUOTE.match(expression, offset)
    if not opening:
        return ""
    closing = _CLOSING_QUOTE.search(expression, opening.end())
    return expression[opening.end() : closing.start()] if closing else ""


def ignored_sign(text: str) -> str:
    """Return the first sign at a word's edge that seems to matter and is not read: $100, C#.

    Between two words, as in AT&T, a sign only separates them.
    """
    for run in _SIGNS.finditer(text):
        before = run.start() > 0 and text[run.start() - 1].isalnum()
        after = run.end() < len(text) and text[run.end()].isalnum()
        if before != after:
            return run[0]
    return ""


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
    if character == "#" == text[0]:
        return "a comment stands outside of when:, and only letters and digits can be found"
    if ignored_sign(text):
        return f"only letters and digits can be found: write {' '.join(_surfaces(text))}"
    return (
        f'put the term in quotes: "{text}"'
        if words_of(text)
        else "only words can be found: letters and digits"
    )


def _surfaces(text: str) -> list[str]:
    return [text[word.start : word.end] for word in words_of(text)]


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
