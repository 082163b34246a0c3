"""The tokens of an expression: ``tokens`` yields them in order and stops, with an error, at the first place that begins none."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from services.alerting.language.errors import LanguageError, fail
from services.alerting.language.parsing import foreign
from services.alerting.language.parsing.calls import (
    FILTERS,
    FUNCTIONS,
    LENGTH,
    TAGS,
    function,
    is_function,
    length,
)
from services.alerting.language.parsing.terms import QUOTES, bare, phrase
from services.alerting.language.parsing.tokens import Token, skip, strip_invisible

MAX_DISTANCE: Final = 1_000
_RUN: Final = re.compile(rf"[^\s(){QUOTES}<>=]+")
_NEAR: Final = re.compile(r"(W|PRE)/(\d+|S|P)", re.ASCII)


def tokens(expression: str) -> Iterator[Token]:
    """Every token of the expression, in order; LanguageError at the first place that begins none."""
    at = skip(expression, 0)
    while at < len(expression):
        token = _next(expression, at)
        yield token
        at = skip(expression, token.end)


def survey(expression: str, most: int) -> tuple[list[Token], list[LanguageError]]:
    """The tokens of the expression and the first places, at ``most``, that begin none: after one, reading goes on behind what was meant there."""
    found: list[Token] = []
    wrong: list[LanguageError] = []
    at = skip(expression, 0)
    while at < len(expression) and len(wrong) < most:
        try:
            token = _next(expression, at)
            found.append(token)
            end = token.end
        except LanguageError as error:
            wrong.append(error)
            end = len(expression) if error.code.startswith("unclosed-") else _behind(expression, at)
        at = skip(expression, end)
    return found, wrong


@lru_cache(maxsize=65_536)
def is_plain(word: str, *, exact: bool = False) -> bool:
    """Whether the word, written without quotes, is read as this word (as written: ``exact``) and nothing else."""
    try:
        found = list(tokens(word))
    except LanguageError:
        return False
    return [token.kind for token in found] == ["TERM"] and getattr(
        found[0].value, "exact" if exact else "keys", None
    ) == (word,)


def _behind(expression: str, at: int) -> int:
    """The end of what stands at ``at`` and is no token: a phrase, a tag with its brackets, or a run of characters."""
    if expression[at] in QUOTES:
        return next(i for i in range(at + 1, len(expression)) if expression[i] in QUOTES) + 1
    found = _RUN.match(expression, at)
    end = found.end() if found else at + 1
    opening = skip(expression, end)
    if expression[opening : opening + 1] == "(" and strip_invisible(expression[at:end]) in (
        *TAGS,
        *FILTERS,
    ):
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
    text = strip_invisible(expression[at:end])
    if text in ("AND", "OR"):
        return Token(text, text, at, end)
    if text == "NOT":
        return _not(expression, at, end)
    if near := _NEAR.fullmatch(text):
        return Token("NEAR", (*_distance(expression, at, near), False), at, end)
    if compared := LENGTH.match(expression, at):
        return length(expression, at, compared)
    opening = skip(expression, end)
    if expression[opening : opening + 1] == "(" and (opening == end or is_function(text)):
        return function(expression, at, end, opening)
    foreign.refuse(expression, at, text, FUNCTIONS)
    return Token("TERM", bare(expression, at, end), at, end)


def _not(expression: str, at: int, end: int) -> Token:
    """NOT, or the one operator NOT W/5."""
    start = skip(expression, end)
    found = _RUN.match(expression, start)
    near = _NEAR.fullmatch(strip_invisible(found[0])) if found else None
    if found and near:
        return Token("NEAR", (*_distance(expression, start, near), True), at, found.end())
    return Token("NOT", "NOT", at, end)


def _distance(expression: str, at: int, near: re.Match[str]) -> tuple[str, int]:
    order, reach = near.groups()
    if reach in ("S", "P"):
        if order == "PRE":
            fail(
                expression,
                at,
                "foreign-operator",
                f"PRE/{reach} is no operator here",
                f"write W/{reach}, or PRE/5 for an order within 5 words",
            )
        return ("sentence" if reach == "S" else "paragraph"), 0
    if len(reach) > 4 or not 1 <= int(reach) <= MAX_DISTANCE:
        fail(
            expression,
            at,
            "bad-number",
            f"{order}/{reach[:12]}: the distance goes from 1 (neighbours) to {MAX_DISTANCE}",
            f"for example {order}/5",
        )
    return ("words" if order == "W" else "in order"), int(reach)
