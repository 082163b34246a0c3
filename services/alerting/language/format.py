"""The one canonical form of a tree: parsing it gives the same tree back."""

from typing import Final, assert_never

from services.alerting.language.fold import CJK, shadow
from services.alerting.language.scan import is_plain
from services.alerting.language.tree import And, AtLeast, Filter, Length, Near, Node, Not, Or, Tag, Term, Where, Wild

_UNITS: Final = {"sentence": "W/S", "paragraph": "W/P"}


def format(tree: Node) -> str:  # noqa: A001, C901 - the name that the design gives it; one line a node
    """The expression of a tree, in one line, with the fewest brackets."""
    match tree:
        case Term():
            return f"exact({_term(tree)})" if tree.exact else _term(tree)
        case Wild(pattern):
            return pattern
        case Tag(kind, id_) | Filter(kind, id_):
            return f"{kind}({id_})"
        case Length(sign, count):
            return f"words {sign} {count}"
        case Near():
            return f"{_operand(tree.left)} {operator(tree)} {_operand(tree.right)}"
        case AtLeast(count, of):
            return f"ATLEAST{count}({format(of)})"
        case Where(place, of):
            return f"{place}({format(of)})"
        case Not(of):
            return f"NOT {_operand(of)}"
        case And(parts):
            return " AND ".join(map(_operand, parts))
        case Or(parts):
            return " OR ".join(map(_operand, parts))
        case _:
            assert_never(tree)


def operator(near: Near) -> str:
    """How the operator of two operands near each other is written."""
    name = _UNITS.get(near.unit) or f"{'W' if near.unit == 'words' else 'PRE'}/{near.distance}"
    return f"NOT {name}" if near.negated else name


def _operand(node: Node) -> str:
    return f"({format(node)})" if isinstance(node, (And, Or)) else format(node)


def _term(term: Term) -> str:
    text = ""
    for word in term.words if term.exact else map(_spelt, term.words):
        joined = not text or (CJK in shadow(text[-1]) and CJK in shadow(word[0]))
        text += word if joined else f" {word}"
    plain = len(term.words) == 1 and (is_plain(text, exact=term.exact) or text.endswith("."))
    return text if plain else f'"{text}"'


def _spelt(word: str) -> str:
    """An abbreviation with its last stop and in capitals; every other word as it is."""
    if "." not in word or word[0].isdigit():
        return word
    return f"{word.upper() if word.isascii() else word}."
