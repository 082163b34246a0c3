"""Tokens with something inside or behind them: actor(…) and the like, headline( and the like, words > 200."""

import re
from typing import Final

from services.alerting.language.errors import fail
from services.alerting.language.parsing import foreign
from services.alerting.language.parsing.terms import QUOTES
from services.alerting.language.parsing.tokens import Token, skip, strip_invisible
from services.alerting.language.words import words_of

TAGS: Final = ("actor", "office", "country", "keyword", "event")
FILTERS: Final = ("source", "lang")
PLACES: Final = ("headline", "lead", "body")
FUNCTIONS: Final = (*TAGS, *FILTERS, *PLACES, "exact", "ATLEAST3")
EXAMPLES: Final = {
    "actor": "kim-jong-un", "office": "us-secretary-of-state", "country": "prk", "keyword": "denuclearization", "event": "meet",
    "source": "nikkei", "lang": "en",
}  # fmt: skip
MAX_WORDS: Final = 9_999_999
MAX_COUNT: Final = 9_999
LENGTH: Final = re.compile(r"words\s*(>=|<=|<>|[<>]|={1,2})\s*([^\s()]*)", re.ASCII)

_ARGUMENT: Final = re.compile(rf"\s*([^(){QUOTES}]*?)\s*\)")
_QUOTED_ARGUMENT: Final = re.compile(rf"\s*[{QUOTES}]([^(){QUOTES}]*)[{QUOTES}]\s*\)")
_ID: Final = re.compile(r"[a-z0-9][a-z0-9._-]*")
_ATLEAST: Final = re.compile(r"ATLEAST(\d+)", re.ASCII)


def length(expression: str, at: int, found: re.Match[str]) -> Token:
    """The token of a comparison of words, as ``LENGTH`` found it."""
    sign, count = found.groups()
    if not _is_number(count, MAX_WORDS):
        digits = count.replace(",", "").replace("'", "")
        better = (
            f"write words > {digits}"
            if _is_number(digits, MAX_WORDS)
            else "for example words > 200"
        )
        fail(
            expression,
            found.start(2),
            "bad-number",
            "words needs a whole number of at most 7 digits here",
            better,
        )
    if sign not in "<>":
        better = {">=": f"words > {int(count) - 1}", "<=": f"words < {int(count) + 1}"}.get(
            sign, f"words > {count} or words < {count}"
        )
        fail(
            expression,
            found.start(1),
            "foreign-operator",
            f"{sign} is no operator here",
            f"write {better}",
        )
    return Token("LENGTH", (sign, int(count)), at, found.end())


def _is_number(text: str, most: int) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= len(str(most)) and int(text) <= most


def is_function(text: str) -> bool:
    """Whether the text is the name of a function."""
    return text in FUNCTIONS or bool(_ATLEAST.fullmatch(text))


def function(expression: str, at: int, end: int, opening: int) -> Token:
    """The token of what stands from ``at`` to ``end`` before the bracket at ``opening``: a whole tag or filter, or the name alone."""
    name = strip_invisible(expression[at:end])
    if name in TAGS or name in FILTERS:
        return _with_id(expression, at, name, opening)
    if name in PLACES:
        return Token("PLACE", name, at, end)
    if name == "exact":
        return Token("EXACT", name, at, end)
    if count := _ATLEAST.fullmatch(name):
        if not _is_number(count[1], MAX_COUNT) or int(count[1]) < 1:
            fail(
                expression,
                at,
                "bad-number",
                f"{name[:40]}: how often is a number from 1 to {MAX_COUNT}",
                "for example ATLEAST3(sanction*)",
            )
        return Token("ATLEAST", int(count[1]), at, end)
    return foreign.refuse_function(expression, at, name, FUNCTIONS)


def _with_id(expression: str, at: int, name: str, opening: int) -> Token:
    found = _ARGUMENT.match(expression, opening + 1) or _QUOTED_ARGUMENT.match(
        expression, opening + 1
    )
    start = skip(expression, opening + 1)
    example = f"for example {name}({EXAMPLES[name]})"
    if not found:
        closed = ")" in expression[opening:]
        fail(
            expression,
            start if closed else opening,
            *(("bad-id", f"{name}() takes one id", example) if closed else _NEVER_CLOSED),
        )
    if not found[1].strip():
        fail(expression, start, "missing-term", f"{name}() needs an id", example)
    if not _ID.fullmatch(found[1]) or found.re is _QUOTED_ARGUMENT:
        better = "-".join(word.key for word in words_of(found[1])) or EXAMPLES[name]
        fail(
            expression,
            start,
            "bad-id",
            f"{name}() takes an id: small letters, digits and hyphens",
            f"did you mean {name}({better})?",
        )
    return Token("TAG" if name in TAGS else "FILTER", (name, found[1]), at, found.end())


_NEVER_CLOSED: Final = ("unclosed-bracket", "this bracket is never closed", "close it with )")
