"""The canonical form of a tree. Parsing it gives the same tree."""

from typing import Final

from services.alerting.language.parsing.scan import is_plain
from services.alerting.language.tree import (
    And,
    AtLeast,
    Filter,
    Length,
    Near,
    Node,
    Not,
    Or,
    Tag,
    Term,
    Where,
    Wild,
    children,
    fold,
)
from shared.text.normalise import SIGN, character_classes

_UNITS: Final = {"sentence": "W/S", "paragraph": "W/P"}


def format(tree: Node) -> str:  # noqa: A001 - the name that the design gives it
    """Return the expression of a tree in one line, with as few brackets as possible."""
    return fold(tree, format_node)


def format_node(node: Node, parts: list[str]) -> str:
    """Return a node as text, given the text of its children."""
    match node:
        case Term():
            return f"exact({_term(node)})" if node.exact else _term(node)
        case Wild(pattern):
            return pattern
        case Tag():
            return node.clause
        case Filter(kind, id_):
            return f"{kind}({id_})"
        case Length(sign, count):
            return f"words {sign} {count}"
        case AtLeast(count):
            return f"ATLEAST{count}({parts[0]})"
        case Where(place):
            return f"{place}({parts[0]})"
    left, *further = [
        f"({part})" if isinstance(child, (And, Or)) else part
        for child, part in zip(children(node), parts, strict=True)
    ]
    return f"NOT {left}" if isinstance(node, Not) else f" {operator(node)} ".join([left, *further])


def operator(node: Near | And | Or) -> str:
    """Return the text of the operator between the operands of a node."""
    if not isinstance(node, Near):
        return "AND" if isinstance(node, And) else "OR"
    name = _UNITS.get(node.unit) or f"{'W' if node.unit == 'words' else 'PRE'}/{node.distance}"
    return f"NOT {name}" if node.negated else name


def _term(term: Term) -> str:
    text, after_sign = "", False
    for word in term.words if term.exact else map(_spelling, term.words):
        is_sign = SIGN in character_classes(word)
        text += word if not text or (after_sign and is_sign) else f" {word}"
        after_sign = is_sign
    plain = len(term.words) == 1 and (is_plain(text, exact=term.exact) or text.endswith("."))
    return text if plain else f'"{text}"'


def _spelling(word: str) -> str:
    """Return an abbreviation in capitals with its last stop, and any other word as it is."""
    if "." not in word or word[0].isdigit():
        return word
    return f"{word.upper() if word.isascii() else word}."
