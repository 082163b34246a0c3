"""Tokens with something inside or behind them: actor(…), headline(, words > 200."""

import re
from typing import Final, get_args

from services.alerting.language.errors import fail
from services.alerting.language.parsing import foreign
from services.alerting.language.parsing.tag_calls import FILTERS, TAGS, call_token
from services.alerting.language.parsing.tokens import Token, strip_invisible
from services.alerting.language.tree import Factuality, Place

PLACES: Final = (*get_args(Place), *get_args(Factuality))
FUNCTIONS: Final = (*TAGS, *FILTERS, *PLACES, "exact", "ATLEAST3")
MAX_WORDS: Final = 9_999_999
MAX_COUNT: Final = 9_999
LENGTH: Final = re.compile(r"words\s*(>=|<=|<>|[<>]|={1,2})\s*([^\s()]*)", re.ASCII)

_ATLEAST: Final = re.compile(r"ATLEAST(\d+)", re.ASCII)


def length_token(expression: str, offset: int, comparison: re.Match[str]) -> Token:
    """Return the token of a comparison such as ``words > 200``, as ``LENGTH`` matched it."""
    sign, count = comparison.groups()
    if not _is_number(count, MAX_WORDS):
        digits = count.replace(",", "").replace("'", "")
        suggestion = (
            f"write words > {digits}"
            if _is_number(digits, MAX_WORDS)
            else "for example words > 200"
        )
        fail(
            expression,
            comparison.start(2),
            "bad-number",
            "words needs a whole number of at most 7 digits here",
            suggestion,
        )
    if sign not in "<>":
        suggestion = {">=": f"words > {int(count) - 1}", "<=": f"words < {int(count) + 1}"}.get(
            sign, f"words > {count} or words < {count}"
        )
        fail(
            expression,
            comparison.start(1),
            "foreign-operator",
            f"{sign} is not an operator here",
            f"write {suggestion}",
        )
    return Token("LENGTH", (sign, int(count)), offset, comparison.end())


def _is_number(text: str, largest: int) -> bool:
    return (
        text.isascii()
        and text.isdigit()
        and len(text) <= len(str(largest))
        and int(text) <= largest
    )


def is_function(text: str) -> bool:
    """Return whether the text is the name of a function."""
    return text in FUNCTIONS or bool(_ATLEAST.fullmatch(text))


def function_token(expression: str, offset: int, end: int, opening: int) -> Token:
    """Return the token of a name before the bracket at ``opening``.

    Of a tag or filter it is the whole call with its id, of any other function its name alone.
    """
    name = strip_invisible(expression[offset:end])
    if name in TAGS or name in FILTERS:
        return call_token(expression, offset, name, opening)
    if name in PLACES:
        return Token("PLACE", name, offset, end)
    if name == "exact":
        return Token("EXACT", name, offset, end)
    if count := _ATLEAST.fullmatch(name):
        if not _is_number(count[1], MAX_COUNT) or int(count[1]) < 1:
            fail(
                expression,
                offset,
                "bad-number",
                f"{name[:40]}: the count must be a number from 1 to {MAX_COUNT}",
                "for example ATLEAST3(sanction*)",
            )
        return Token("ATLEAST", int(count[1]), offset, end)
    return foreign.refuse_function(expression, offset, name, FUNCTIONS)
