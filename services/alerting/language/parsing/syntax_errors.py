"""Why a token cannot stand where lark found it, said for analysts."""

import re
from itertools import pairwise
from typing import Final, NoReturn

from lark import Token
from lark.exceptions import UnexpectedToken

from services.alerting.language.errors import fail
from services.alerting.language.parsing import foreign, scan
from services.alerting.language.parsing.tokens import Token as Scanned

_BEGINS_TERM: Final = frozenset(
    ("TERM", "TAG", "FILTER", "LENGTH", "PLACE", "EXACT", "ATLEAST", "_LPAR")
)
_ENDS_TERM: Final = frozenset(("TERM", "TAG", "FILTER", "LENGTH", "_RPAR"))
_NEAR_WITHOUT_SLASH: Final = re.compile(r"(?:W|w|N|n|PRE|pre)\d{1,3}", re.ASCII)
_COUNT_BEFORE: Final = re.compile(r"\b(?i:atleast)\s*(\d*)$", re.ASCII)
_TERM: Final = "a word, a phrase in quotes, actor(…) or a group in brackets"


def explain(expression: str, error: UnexpectedToken) -> NoReturn:
    """Raise the LanguageError of the token that lark did not expect."""
    token: Token = error.token
    end = token.type == "$END"
    at = len(expression.rstrip()) if end else token.start_pos or 0
    before = _tokens_before(expression, at)
    previous = before[-1] if before else None
    if previous and previous.kind in _ENDS_TERM:
        _after_term(expression, token, at, before)
    _term_missing(expression, token, at, previous)


def _after_term(expression: str, token: Token, at: int, before: list[Scanned]) -> NoReturn:
    opened = _open_brackets(before)
    if token.type == "$END":
        fail(
            expression,
            opened[-1].start,
            "unclosed-bracket",
            "this bracket is never closed",
            "close it with )",
        )
    if token.type == "_RPAR" and not opened:
        fail(
            expression,
            at,
            "unexpected-bracket",
            "this bracket closes nothing",
            "open it with ( or leave it out",
        )
    if token.type in ("AND", "OR", "_RPAR"):
        _mixed(expression, token, at, before, opened)
    if token.type == "NEAR":
        fail(
            expression,
            at,
            "chained-proximity",
            "W/n joins two terms, not three",
            "write two clauses: a W/5 b AND b W/5 c",
        )
    if token.type == "NOT":
        fail(expression, at, "side-by-side", "NOT needs AND before it", "write AND NOT")
    _side_by_side(expression, at, before)


def _mixed(
    expression: str, token: Token, at: int, before: list[Scanned], opened: list[Scanned]
) -> NoReturn:
    inner = expression[opened[-1].end if opened else 0 : at].strip()
    if _is_exact(before, opened) or token.type == "_RPAR":
        fail(
            expression,
            at,
            "operand",
            "exact() takes one word or phrase",
            "write exact(US) OR exact(UN)",
        )
    kept = inner if len(inner) <= 60 else "…"
    better = f"write ({kept}) {token.type} …, or bracket the other pair"
    fail(
        expression, at, "mixed-operators", "AND and OR stand side by side without brackets", better
    )


def _is_exact(before: list[Scanned], opened: list[Scanned]) -> bool:
    return bool(opened) and any(
        one.kind == "EXACT" and two == opened[-1] for one, two in pairwise(before)
    )


def _side_by_side(expression: str, at: int, before: list[Scanned]) -> NoReturn:
    first, second = _shown(expression, before[-1]), _text_at(expression, at)
    if _is_near_word(second) or (len(before) > 1 and _is_near_word(first)):
        fail(
            expression,
            at,
            "side-by-side",
            f"{second} stands beside a term without an operator",
            "nearness is written W/5, PRE/5, W/S or W/P",
        )
    fail(
        expression,
        at,
        "side-by-side",
        "two terms side by side need an operator between them",
        _joined(expression, at, before[-1], first, second),
    )


def _is_near_word(text: str) -> bool:
    return text.lower() in foreign.NEAR_WORDS or bool(_NEAR_WITHOUT_SLASH.fullmatch(text))


def _joined(expression: str, at: int, previous: Scanned, first: str, second: str) -> str:
    """How the two may have been meant."""
    if counted := _COUNT_BEFORE.search(expression[: previous.end]):
        count = counted[1] or second
        return f"write ATLEAST{count if count.isdigit() else 3}(…), a number and brackets without a blank"
    token = next((token for token in scan.tokens(expression) if token.start == at), None)
    if first == ")" or token is None or token.kind == "_LPAR":
        return "write AND or OR between them"
    both_plain = previous.kind == token.kind == "TERM" and '"' not in first + second
    quoted = f'"{first} {second}" or ' if both_plain else ""
    return f"write {quoted}{first[-60:]} AND {second[:60]}"


def _term_missing(expression: str, token: Token, at: int, previous: Scanned | None) -> NoReturn:
    after = f" after {_shown(expression, previous)}" if previous else ""
    if token.type == "$END":
        fail(
            expression,
            at,
            "missing-term",
            f"the expression ends where a term is expected{after}",
            f"add {_TERM}",
        )
    if previous and previous.kind in (
        "PLACE",
        "EXACT",
        "ATLEAST",
    ):  # pragma: no cover - the scanner has seen the bracket
        fail(
            expression,
            at,
            "missing-term",
            f"a bracket is expected{after}",
            f"write {_shown(expression, previous)}(…)",
        )
    if previous and previous.kind == "NEAR" and token.type == "NOT":
        fail(
            expression,
            at,
            "operand",
            "NOT cannot stand inside an operand of W/n",
            "write NOT before W/n: a NOT W/5 b",
        )
    if token.type in _BEGINS_TERM:
        fail(
            expression, at, "operand", f"exact() takes one word or phrase{after}", "write exact(US)"
        )
    fail(
        expression,
        at,
        "missing-term",
        f"a term is expected{after}, not {_text_at(expression, at)}",
        f"put {_TERM} here",
    )


def _tokens_before(expression: str, at: int) -> list[Scanned]:
    found = []
    for token in scan.tokens(expression):
        if token.start >= at:
            break
        found.append(token)
    return found


def _open_brackets(before: list[Scanned]) -> list[Scanned]:
    opened: list[Scanned] = []
    for token in before:
        if token.kind == "_LPAR":
            opened.append(token)
        elif token.kind == "_RPAR":
            opened.pop()
    return opened


def _text_at(expression: str, at: int) -> str:
    token = next((token for token in scan.tokens(expression) if token.start == at), None)
    return expression[token.start : token.end] if token else expression[at : at + 20]


def _shown(expression: str, token: Scanned) -> str:
    return expression[token.start : token.end]
