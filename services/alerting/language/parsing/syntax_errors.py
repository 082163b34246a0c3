"""Explain to analysts why a token cannot stand where lark found it."""

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
    offset = len(expression.rstrip()) if end else token.start_pos or 0
    before = _tokens_before(expression, offset)
    previous = before[-1] if before else None
    if previous and previous.kind in _ENDS_TERM:
        _after_term(expression, token, offset, before)
    _term_missing(expression, token, offset, previous)


def _after_term(expression: str, token: Token, offset: int, before: list[Scanned]) -> NoReturn:
    open_brackets = _brackets_open(before)
    if token.type == "$END":
        fail(
            expression,
            open_brackets[-1].start,
            "unclosed-bracket",
            "this bracket is never closed",
            "close it with )",
        )
    if token.type == "_RPAR" and not open_brackets:
        fail(
            expression,
            offset,
            "unexpected-bracket",
            "this bracket closes nothing",
            "open it with ( or leave it out",
        )
    if token.type in ("AND", "OR", "_RPAR"):
        _fail_mixed(expression, token, offset, before, open_brackets)
    if token.type == "NEAR":
        fail(
            expression,
            offset,
            "chained-proximity",
            "W/n joins two terms, not three",
            "write two clauses: a W/5 b AND b W/5 c",
        )
    if token.type == "NOT":
        fail(expression, offset, "side-by-side", "NOT needs AND before it", "write AND NOT")
    _side_by_side(expression, offset, before)


def _fail_mixed(
    expression: str, token: Token, offset: int, before: list[Scanned], open_brackets: list[Scanned]
) -> NoReturn:
    inner = expression[open_brackets[-1].end if open_brackets else 0 : offset].strip()
    if _is_exact(before, open_brackets) or token.type == "_RPAR":
        fail(
            expression,
            offset,
            "operand",
            "exact() takes one word or phrase",
            "write exact(US) OR exact(UN)",
        )
    shown_part = inner if len(inner) <= 60 else "…"
    suggestion = f"write ({shown_part}) {token.type} …, or bracket the other pair"
    fail(
        expression,
        offset,
        "mixed-operators",
        "AND and OR stand side by side without brackets",
        suggestion,
    )


def _is_exact(before: list[Scanned], open_brackets: list[Scanned]) -> bool:
    return bool(open_brackets) and any(
        first.kind == "EXACT" and second == open_brackets[-1] for first, second in pairwise(before)
    )


def _side_by_side(expression: str, offset: int, before: list[Scanned]) -> NoReturn:
    first, second = _source_of(expression, before[-1]), _text_at(expression, offset)
    if _is_near_word(second) or (len(before) > 1 and _is_near_word(first)):
        fail(
            expression,
            offset,
            "side-by-side",
            f"{second} stands beside a term without an operator",
            "nearness is written W/5, PRE/5, W/S or W/P",
        )
    fail(
        expression,
        offset,
        "side-by-side",
        "two terms side by side need an operator between them",
        _suggest_join(expression, offset, before[-1], first, second),
    )


def _is_near_word(text: str) -> bool:
    return text.lower() in foreign.NEAR_WORDS or bool(_NEAR_WITHOUT_SLASH.fullmatch(text))


def _suggest_join(expression: str, offset: int, previous: Scanned, first: str, second: str) -> str:
    """Return a suggestion of how two terms side by side may have been meant."""
    if counted := _COUNT_BEFORE.search(expression[: previous.end]):
        count = counted[1] or second
        number = count if count.isdigit() else 3
        return f"write ATLEAST{number}(…), a number and brackets without a blank"
    token = next((token for token in scan.tokens(expression) if token.start == offset), None)
    if first == ")" or token is None or token.kind == "_LPAR":
        return "write AND or OR between them"
    both_plain = previous.kind == token.kind == "TERM" and '"' not in first + second
    quoted = f'"{first} {second}" or ' if both_plain else ""
    return f"write {quoted}{first[-60:]} AND {second[:60]}"


def _term_missing(expression: str, token: Token, offset: int, previous: Scanned | None) -> NoReturn:
    after = f" after {_source_of(expression, previous)}" if previous else ""
    if token.type == "$END":
        fail(
            expression,
            offset,
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
            offset,
            "missing-term",
            f"a bracket is expected{after}",
            f"write {_source_of(expression, previous)}(…)",
        )
    if previous and previous.kind == "NEAR" and token.type == "NOT":
        fail(
            expression,
            offset,
            "operand",
            "NOT cannot stand inside an operand of W/n",
            "write NOT before W/n: a NOT W/5 b",
        )
    if token.type in _BEGINS_TERM:
        fail(
            expression,
            offset,
            "operand",
            f"exact() takes one word or phrase{after}",
            "write exact(US)",
        )
    fail(
        expression,
        offset,
        "missing-term",
        f"a term is expected{after}, not {_text_at(expression, offset)}",
        f"put {_TERM} here",
    )


def _tokens_before(expression: str, offset: int) -> list[Scanned]:
    before = []
    for token in scan.tokens(expression):
        if token.start >= offset:
            break
        before.append(token)
    return before


def _brackets_open(before: list[Scanned]) -> list[Scanned]:
    still_open: list[Scanned] = []
    for token in before:
        if token.kind == "_LPAR":
            still_open.append(token)
        elif token.kind == "_RPAR":
            still_open.pop()
    return still_open


def _text_at(expression: str, offset: int) -> str:
    token = next((token for token in scan.tokens(expression) if token.start == offset), None)
    return expression[token.start : token.end] if token else expression[offset : offset + 20]


def _source_of(expression: str, token: Scanned) -> str:
    return expression[token.start : token.end]
