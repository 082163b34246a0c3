"""The tokens of an expression: ``tokens`` yields them in order and stops, with an error, at the first place that begins none."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
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
_LENGTH: Final = re.compile(r"words\s*(>=|<=|<>|[<>]|={1,2})\s*([^\s()]*)", re.ASCII)
_ATLEAST: Final = re.compile(r"ATLEAST(\d+)", re.ASCII)
MAX_WORDS: Final = 9_999_999
MAX_COUNT: Final = 9_999


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


def survey(expression: str, most: int) -> tuple[list[Token], list[LanguageError]]:
    """The tokens of the expression and the first places, at ``most``, that begin none: after one, reading goes on behind what was meant there."""
    found: list[Token] = []
    wrong: list[LanguageError] = []
    at = _skip(expression, 0)
    while at < len(expression) and len(wrong) < most:
        try:
            token = _next(expression, at)
            found.append(token)
            end = token.end
        except LanguageError as error:
            wrong.append(error)
            end = len(expression) if error.code.startswith("unclosed-") else _behind(expression, at)
        at = _skip(expression, end)
    return found, wrong


@lru_cache(maxsize=65_536)
def is_plain(word: str, *, exact: bool = False) -> bool:
    """Whether the word, written without quotes, is read as this word (as written: ``exact``) and nothing else."""
    try:
        found = list(tokens(word))
    except LanguageError:
        return False
    return [token.kind for token in found] == ["TERM"] and getattr(found[0].value, "exact" if exact else "keys", None) == (word,)


def _behind(expression: str, at: int) -> int:
    """The end of what stands at ``at`` and is no token: a phrase, a tag with its brackets, or a run of characters."""
    if expression[at] in QUOTES:
        return next(i for i in range(at + 1, len(expression)) if expression[i] in QUOTES) + 1
    found = _RUN.match(expression, at)
    end = found.end() if found else at + 1
    opening = _skip(expression, end)
    if expression[opening : opening + 1] == "(" and _visible(expression[at:end]) in (*TAGS, *FILTERS):
        return expression.find(")", opening) + 1 or len(expression)
    return end


def _next(expression: str, at: int) -> Token:
    character = expression[at]
    if character in "()":
        return Token("_LPAR" if character == "(" else "_RPAR", character, at, at + 1)
    if character in QUOTES:
        term, end = phrase(expression, at)
        return Token("TERM", term, at, end)
    found = _RUN.match(expression, at)
    if not found:
        foreign.refuse_sign(expression, at)
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
    foreign.refuse(expression, at, text, FUNCTIONS)
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
    if not _is_number(count, MAX_WORDS):
        digits = count.replace(",", "").replace("'", "")
        better = f"write words > {digits}" if _is_number(digits, MAX_WORDS) else "for example words > 200"
        fail(expression, found.start(2), "bad-number", "words needs a whole number of at most 7 digits here", better)
    if sign not in "<>":
        better = {">=": f"words > {int(count) - 1}", "<=": f"words < {int(count) + 1}"}.get(sign, f"words > {count} or words < {count}")
        fail(expression, found.start(1), "foreign-operator", f"{sign} is no operator here", f"write {better}")
    return Token("LENGTH", (sign, int(count)), at, found.end())


def _is_number(text: str, most: int) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= len(str(most)) and int(text) <= most


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
        if not _is_number(count[1], MAX_COUNT) or int(count[1]) < 1:
            fail(expression, at, "bad-number", f"{name[:40]}: how often is a number from 1 to {MAX_COUNT}", "for example ATLEAST3(sanction*)")
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
