"""The tokens of an expression: ``tokens`` yields them in order and stops, with an error, at the first place that begins none."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from services.alerting.language import foreign
from services.alerting.language.errors import LanguageError, fail
from services.alerting.language.terms import BLANK, QUOTES, bare, phrase
from services.alerting.language.words import words_of

MAX_DISTANCE: Final = 1_000
TAGS: Final = ("actor", "office", "country", "keyword", "event")
FILTERS: Final = ("source", "lang")
PLACES: Final = ("headline", "lead", "body")
FUNCTIONS: Final = (*TAGS, *FILTERS, *PLACES, "exact", "ATLEAST3")
EXAMPLES: Final = {
    "actor": "kim-jong-un", "office": "us-secretary-of-state", "country": "prk", "keyword": "denuclearization", "event": "meet",
    "source": "nikkei", "lang": "en",
}  # fmt: skip

_RUN: Final = re.compile(rf"[^\s(){QUOTES}<>=]+")
_NEAR: Final = re.compile(r"(W|PRE)/(\d+|S|P)", re.ASCII)
_ARGUMENT: Final = re.compile(rf"\s*([^(){QUOTES}]*?)\s*\)")
_QUOTED_ARGUMENT: Final = re.compile(rf"\s*[{QUOTES}]([^(){QUOTES}]*)[{QUOTES}]\s*\)")
_ID: Final = re.compile(r"[a-z0-9][a-z0-9._-]*")
_LENGTH: Final = re.compile(r"words\s*(>=|<=|[<>]|=)\s*(\d*)", re.ASCII)
_ATLEAST: Final = re.compile(r"ATLEAST(\d{1,4})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Token:
    """One token: its kind as the grammar calls it, what it says, and its offsets in the expression."""

    kind: str
    value: Any
    start: int
    end: int


def tokens(expression: str) -> Iterator[Token]:
    """Every token of the expression, in order; LanguageError at the first place that begins none."""
    at = _skip(expression, 0)
    while at < len(expression):
        token = _next(expression, at)
        yield token
        at = _skip(expression, token.end)


def is_plain(word: str, *, exact: bool = False) -> bool:
    """Whether the word, written without quotes, is read as this word (as written: ``exact``) and nothing else."""
    try:
        found = list(tokens(word))
    except LanguageError:
        return False
    return [token.kind for token in found] == ["TERM"] and getattr(found[0].value, "exact" if exact else "keys", None) == (word,)


def _next(expression: str, at: int) -> Token:
    character = expression[at]
    if character in "()":
        return Token("_LPAR" if character == "(" else "_RPAR", character, at, at + 1)
    if character in QUOTES:
        term, end = phrase(expression, at)
        return Token("TERM", term, at, end)
    found = _RUN.match(expression, at)
    if not found:
        fail(expression, at, "foreign-operator", f"{character} is no operator here", "only words can be compared: words > 200")
    return _run(expression, at, found.end())


def _run(expression: str, at: int, end: int) -> Token:
    """A token that begins with neither bracket nor quote: an operator, a function's name or a term."""
    text = _visible(expression[at:end])
    if text in ("AND", "OR"):
        return Token(text, text, at, end)
    if text == "NOT":
        return _not(expression, at, end)
    if near := _NEAR.fullmatch(text):
        return Token("NEAR", (*_distance(expression, at, near), False), at, end)
    if length := _LENGTH.match(expression, at):
        return _length(expression, at, length)
    opening = _skip(expression, end)
    if expression[opening : opening + 1] == "(" and (opening == end or _is_function(text)):
        return _function(expression, at, end, opening)
    foreign.refuse(expression, at, text)
    return Token("TERM", bare(expression, at, end), at, end)


def _not(expression: str, at: int, end: int) -> Token:
    """NOT, or the one operator NOT W/5."""
    start = _skip(expression, end)
    found = _RUN.match(expression, start)
    near = _NEAR.fullmatch(_visible(found[0])) if found else None
    if found and near:
        return Token("NEAR", (*_distance(expression, start, near), True), at, found.end())
    return Token("NOT", "NOT", at, end)


def _distance(expression: str, at: int, near: re.Match[str]) -> tuple[str, int]:
    order, reach = near.groups()
    if reach in ("S", "P"):
        if order == "PRE":
            fail(expression, at, "foreign-operator", f"PRE/{reach} is no operator here", f"write W/{reach}, or PRE/5 for an order within 5 words")
        return ("sentence" if reach == "S" else "paragraph"), 0
    if len(reach) > 4 or not 1 <= int(reach) <= MAX_DISTANCE:
        fail(expression, at, "bad-number", f"{order}/{reach[:12]}: the distance goes from 1 (neighbours) to {MAX_DISTANCE}", f"for example {order}/5")
    return ("words" if order == "W" else "in order"), int(reach)


def _length(expression: str, at: int, found: re.Match[str]) -> Token:
    sign, count = found.groups()
    if not count or len(count) > 7:
        fail(expression, found.start(2), "bad-number", "words needs a number of at most 7 digits here", "for example words > 200")
    if sign not in "<>":
        better = {">=": f"words > {int(count) - 1}", "<=": f"words < {int(count) + 1}"}.get(sign, f"words > {count} or words < {count}")
        fail(expression, found.start(1), "foreign-operator", f"{sign} is no operator here", f"write {better}")
    return Token("LENGTH", (sign, int(count)), at, found.end())


def _is_function(text: str) -> bool:
    return text in FUNCTIONS or bool(_ATLEAST.fullmatch(text))


def _function(expression: str, at: int, end: int, opening: int) -> Token:
    name = _visible(expression[at:end])
    if name in TAGS or name in FILTERS:
        return _with_id(expression, at, name, opening)
    if name in PLACES:
        return Token("PLACE", name, at, end)
    if name == "exact":
        return Token("EXACT", name, at, end)
    if count := _ATLEAST.fullmatch(name):
        if int(count[1]) < 1:
            fail(expression, at, "bad-number", f"{name}: how often is a number from 1", "for example ATLEAST3(sanction*)")
        return Token("ATLEAST", int(count[1]), at, end)
    return foreign.refuse_function(expression, at, name, FUNCTIONS)


def _with_id(expression: str, at: int, name: str, opening: int) -> Token:
    found = _ARGUMENT.match(expression, opening + 1) or _QUOTED_ARGUMENT.match(expression, opening + 1)
    start = _skip(expression, opening + 1)
    example = f"for example {name}({EXAMPLES[name]})"
    if not found:
        closed = ")" in expression[opening:]
        fail(expression, start if closed else opening, *(("bad-id", f"{name}() takes one id", example) if closed else _NEVER_CLOSED))
    if not found[1].strip():
        fail(expression, start, "missing-term", f"{name}() needs an id", example)
    if not _ID.fullmatch(found[1]) or found.re is _QUOTED_ARGUMENT:
        better = "-".join(word.key for word in words_of(found[1])) or EXAMPLES[name]
        fail(expression, start, "bad-id", f"{name}() takes an id: small letters, digits and hyphens", f"did you mean {name}({better})?")
    return Token("TAG" if name in TAGS else "FILTER", (name, found[1]), at, found.end())


_NEVER_CLOSED: Final = ("unclosed-bracket", "this bracket is never closed", "close it with )")


def _visible(text: str) -> str:
    return text if text.isascii() else "".join(c for c in text if not BLANK.fullmatch(c))


def _skip(expression: str, at: int) -> int:
    found = BLANK.match(expression, at)
    return found.end() if found else at
