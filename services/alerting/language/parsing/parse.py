"""Parse an expression into its tree, or raise the LanguageError of its first mistake."""

from collections.abc import Iterator
from typing import Any, Final

from lark import Lark, Transformer, UnexpectedInput
from lark import Token as LarkToken
from lark.exceptions import UnexpectedToken
from lark.lexer import Lexer

from services.alerting.language.check import Vocabulary, name_problems
from services.alerting.language.errors import fail
from services.alerting.language.names import resolve_names
from services.alerting.language.parsing import scan, shape, syntax_errors
from services.alerting.language.parsing.grammar import GRAMMAR
from services.alerting.language.parsing.terms import Pattern, TermWords
from services.alerting.language.tree import (
    AtLeast,
    Filter,
    Length,
    Near,
    Node,
    Not,
    Tag,
    Term,
    Where,
    Wild,
    all_of,
    any_of,
)

MAX_CHARACTERS: Final = 100_000
"""About 5 000 names of companies with an OR between them."""
MAX_DEPTH: Final = 250
"""Brackets within brackets: a guard against runaway programs, not against analysts."""


def parse(expression: str, vocabulary: Vocabulary | None = None) -> Node:
    """Parse an expression; raise LanguageError with line, column, code, message and suggestion.

    Names in quotes, such as ``country("North Korea")``, need a vocabulary, and become ids.
    """
    tree = parse_unchecked(expression)
    for problem in shape.problems(tree):
        fail(expression, *problem)
    for offset, code, message, suggestion in name_problems(tree, vocabulary):
        fail(expression, offset, code, message, suggestion)
    return resolve_names(tree, vocabulary.name_lookup) if vocabulary else tree


def parse_unchecked(expression: str) -> Node:
    """Parse by the grammar alone: the tree may hold what ``shape`` forbids.

    Raises LanguageError.
    """
    if not expression.strip():
        fail(expression, 0, "empty", "the expression is empty", "for example trump AND kim")
    if len(expression) > MAX_CHARACTERS:
        fail(
            expression,
            MAX_CHARACTERS,
            "too-long",
            f"longer than {MAX_CHARACTERS} characters",
            "split it into several rules",
        )
    try:
        tree: Node = _PARSER.parse(expression)  # type: ignore[assignment] # the transformer makes nodes of ours
    except UnexpectedToken as error:
        syntax_errors.explain(expression, error)
    except (
        UnexpectedInput
    ) as error:  # pragma: no cover - the scanner leaves lark nothing else to find
        fail(
            expression,
            len(expression.rstrip()),
            "syntax",
            f"not an expression: {type(error).__name__}",
        )
    return tree


class _Scanner(Lexer):
    """Hand our tokens to lark, and refuse brackets nested deeper than any person writes."""

    __future_interface__ = 1

    def __init__(self, lexer_conf: object) -> None: ...

    def lex(self, lexer_state: Any, parser_state: object) -> Iterator[LarkToken]:  # noqa: ARG002 - lark's signature
        expression, depth, before = (
            str(getattr(lexer_state.text, "text", lexer_state.text)),
            0,
            ("", ""),
        )
        for token in scan.tokens(expression):
            depth += {"_LPAR": 1, "_RPAR": -1}.get(token.kind, 0)
            if depth > MAX_DEPTH:
                fail(
                    expression,
                    token.start,
                    "too-deep",
                    f"brackets nested deeper than {MAX_DEPTH}",
                    "split it into several rules",
                )
            if before == ("EXACT", "_LPAR") and _has_wildcard(token.value):
                fail(
                    expression,
                    token.start,
                    "wildcard",
                    "exact() takes no wildcard",
                    "write the forms: (exact(Korea) OR exact(Korean))",
                )
            before = (before[1], token.kind)
            lark_token = LarkToken(
                token.kind, token.value, start_pos=token.start, end_pos=token.end
            )
            lexer_state.last_token = lark_token
            yield lark_token


class _TreeBuilder(Transformer[LarkToken, Node]):
    """Build our nodes while lark parses, so that no second walk and no recursion is needed."""

    def start(self, parts: list[Any]) -> Node:
        node: Node = parts[0]
        return node

    def term(self, parts: list[Any]) -> Node:
        value, offset = _value(parts[0]), parts[0].start_pos
        return (
            Wild(value.pattern, offset)
            if isinstance(value, Pattern)
            else Term(value.keys, offset=offset)
        )

    def exact(self, parts: list[Any]) -> Node:
        name, term = parts
        return Term(_value(term).exact, exact=True, offset=name.start_pos)

    def tag(self, parts: list[Any]) -> Node:
        tag: Tag = _value(parts[0])
        return tag

    def filter(self, parts: list[Any]) -> Node:
        kind, id_ = _value(parts[0])
        return Filter(kind, id_, parts[0].start_pos)

    def length(self, parts: list[Any]) -> Node:
        sign, count = _value(parts[0])
        return Length(sign, count, parts[0].start_pos)

    def where(self, parts: list[Any]) -> Node:
        place, of = parts
        return Where(_value(place), of, offset=place.start_pos)

    def at_least(self, parts: list[Any]) -> Node:
        count, of = parts
        return AtLeast(_value(count), of, offset=count.start_pos)

    def near(self, parts: list[Any]) -> Node:
        left, operator, right = parts
        unit, distance, negated = _value(operator)
        return Near(left, right, unit, distance, negated, operator.start_pos)

    def negation(self, parts: list[Any]) -> Node:
        operator, of = parts
        return Not(of, offset=operator.start_pos)

    def all_of(self, parts: list[Any]) -> Node:
        return all_of(parts[::2], offset=parts[1].start_pos)

    def any_of(self, parts: list[Any]) -> Node:
        return any_of(parts[::2], offset=parts[1].start_pos)


def _has_wildcard(term: object) -> bool:
    return isinstance(term, Pattern) or (isinstance(term, TermWords) and term.wildcard)


def _value(token: LarkToken) -> Any:
    return token.value


_PARSER: Final = Lark(
    GRAMMAR, parser="lalr", lexer=_Scanner, transformer=_TreeBuilder(), maybe_placeholders=False
)
