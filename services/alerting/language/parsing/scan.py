"""Split an expression into tokens."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from services.alerting.language.errors import LanguageError, fail
from services.alerting.language.parsing import foreign
from services.alerting.language.parsing.calls import (
    FUNCTIONS,
    LENGTH,
    function_token,
    is_function,
    length_token,
)
from services.alerting.language.parsing.tag_calls import FILTERS, TAGS, closing_bracket
from services.alerting.language.parsing.terms import QUOTES, bare, phrase
from services.alerting.language.parsing.tokens import Token, skip, strip_invisible

MAX_DISTANCE: Final = 1_000
_RUN: Final = re.compile(rf"[^\s(){QUOTES}<>=]+")
_NEAR: Final = re.compile(r"(W|PRE)/(\d+|S|P)", re.ASCII)


def tokens(expression: str) -> Iterator[Token]:
    """Yield every token in order; raise LanguageError at the first place that begins none."""
    offset = skip(expression, 0)
    while offset < len(expression):
        token = _next(expression, offset)
        yield token
        offset = skip(expression, token.end)


def survey(expression: str, max_errors: int) -> tuple[list[Token], list[LanguageError]]:
    """Return the tokens of an expression and the errors of places that begin none.

    After an error, reading goes on behind what was meant there, up to ``most`` errors.
    """
    good: list[Token] = []
    errors: list[LanguageError] = []
    offset = skip(expression, 0)
    while offset < len(expression) and len(errors) < max_errors:
        try:
            token = _next(expression, offset)
            good.append(token)
            end = token.end
        except LanguageError as error:
            errors.append(error)
            end = (
                len(expression)
                if error.code.startswith("unclosed-")
                else _behind(expression, offset)
            )
        offset = skip(expression, end)
    return good, errors


@lru_cache(maxsize=65_536)
def is_plain(word: str, *, exact: bool = False) -> bool:
    """Return whether a word is read as this word and nothing else when it is not quoted.

    ``exact``: compared as written.
    """
    try:
        scanned = list(tokens(word))
    except LanguageError:
        return False
    return [token.kind for token in scanned] == ["TERM"] and getattr(
        scanned[0].value, "exact" if exact else "keys", None
    ) == (word,)


def _behind(expression: str, offset: int) -> int:
    """Return the end of what stands at ``offset`` and is no token.

    That is a phrase, a tag with its brackets, or a run of characters.
    """
    if expression[offset] in QUOTES:
        return next(i for i in range(offset + 1, len(expression)) if expression[i] in QUOTES) + 1
    run = _RUN.match(expression, offset)
    end = run.end() if run else offset + 1
    opening = skip(expression, end)
    if expression[opening : opening + 1] == "(" and strip_invisible(expression[offset:end]) in (
        *TAGS,
        *FILTERS,
    ):
        return closing_bracket(expression, opening) + 1 or len(expression)
    return end


def _next(expression: str, offset: int) -> Token:
    character = expression[offset]
    if character in "()":
        return Token("_LPAR" if character == "(" else "_RPAR", character, offset, offset + 1)
    if character in QUOTES:
        term, end = phrase(expression, offset)
        return Token("TERM", term, offset, end)
    run = _RUN.match(expression, offset)
    if not run:
        foreign.refuse_sign(expression, offset)
    return _run(expression, offset, run.end())


def _run(expression: str, offset: int, end: int) -> Token:
    """Return a token that begins with neither bracket nor quote: an operator, a name or a term."""
    text = strip_invisible(expression[offset:end])
    if text in ("AND", "OR"):
        return Token(text, text, offset, end)
    if text == "NOT":
        return _not(expression, offset, end)
    if near := _NEAR.fullmatch(text):
        return Token("NEAR", (*_distance(expression, offset, near), False), offset, end)
    if compared := LENGTH.match(expression, offset):
        return length_token(expression, offset, compared)
    opening = skip(expression, end)
    if expression[opening : opening + 1] == "(" and (opening == end or is_function(text)):
        return function_token(expression, offset, end, opening)
    foreign.refuse(expression, offset, text, FUNCTIONS)
    return Token("TERM", bare(expression, offset, end), offset, end)


def _not(expression: str, offset: int, end: int) -> Token:
    """Return the token NOT, or that of the one operator NOT W/5."""
    start = skip(expression, end)
    run = _RUN.match(expression, start)
    near = _NEAR.fullmatch(strip_invisible(run[0])) if run else None
    if run and near:
        return Token("NEAR", (*_distance(expression, start, near), True), offset, run.end())
    return Token("NOT", "NOT", offset, end)


def _distance(expression: str, offset: int, near: re.Match[str]) -> tuple[str, int]:
    order, reach = near.groups()
    if reach in ("S", "P"):
        if order == "PRE":
            fail(
                expression,
                offset,
                "foreign-operator",
                f"PRE/{reach} is not an operator here",
                f"write W/{reach}, or PRE/5 for an order within 5 words",
            )
        return ("sentence" if reach == "S" else "paragraph"), 0
    if len(reach) > 4 or not 1 <= int(reach) <= MAX_DISTANCE:
        fail(
            expression,
            offset,
            "bad-number",
            f"{order}/{reach[:12]}: the distance goes from 1 (neighbours) to {MAX_DISTANCE}",
            f"for example {order}/5",
        )
    return ("words" if order == "W" else "in order"), int(reach)
