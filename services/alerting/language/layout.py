"""The canonical form over several lines, broken at AND and OR: what `rules fmt` writes. Parsing it gives the same tree as the one line."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from services.alerting.language.format import format_node, operator
from services.alerting.language.tree import And, AtLeast, Near, Node, Not, Or, Where, children, fold

WIDTH: Final = 100
"""Characters of a line before its indentation."""
_INDENT: Final = "  "
_DEEPEST: Final = _INDENT * 20
"""No deeper: two hundred levels of brackets are to stay readable, and shorter than an expression may be."""


@dataclass(frozen=True, slots=True)
class _Laid:
    """A node in one line and in as many as it needs."""

    line: str
    lines: tuple[str, ...]


def layout(tree: Node) -> tuple[str, ...]:
    """The lines of an expression: one where it fits, else an AND's parts below each other, an OR's in rows, groups in brackets of their own."""
    return fold(tree, _laid).lines


def _laid(node: Node, parts: list[_Laid]) -> _Laid:
    line = format_node(node, [part.line for part in parts])
    return _Laid(line, (line,) if len(line) <= WIDTH or not parts else tuple(_lines(node, parts)))


def _lines(node: Node, parts: list[_Laid]) -> Iterable[str]:
    match node:
        case Where(place):
            return _around(f"{place}(", parts[0])
        case AtLeast(count):
            return _around(f"ATLEAST{count}(", parts[0])
    grouped = [_grouped(child, part) for child, part in zip(children(node), parts, strict=True)]
    match node:
        case Not():
            return _prefixed("NOT", grouped[0])
        case Near():
            left, right = grouped
            return (*left[:-1], f"{left[-1]} {operator(node)} {right[0]}", *right[1:])
        case Or():
            return _rows(grouped)
        case _:
            return [*grouped[0], *(line for part in grouped[1:] for line in _prefixed("AND", part))]


def _grouped(child: Node, laid: _Laid) -> tuple[str, ...]:
    """An operand, in brackets where it is an AND or OR."""
    if not isinstance(child, (And, Or)):
        return laid.lines
    return (f"({laid.line})",) if len(laid.lines) == 1 else tuple(_around("(", laid))


def _around(opening: str, laid: _Laid) -> list[str]:
    return [
        opening,
        *(line if line.startswith(_DEEPEST) else _INDENT + line for line in laid.lines),
        ")",
    ]


def _prefixed(word: str, lines: tuple[str, ...]) -> tuple[str, ...]:
    return (f"{word} {lines[0]}", *lines[1:])


def _rows(parts: list[tuple[str, ...]]) -> list[str]:
    """As many alternatives a row as fit; one of several lines stands alone."""
    rows = [*parts[0]]
    for part, before in zip(parts[1:], parts, strict=False):
        fits = len(part) == len(before) == 1 and len(rows[-1]) + len(part[0]) + 4 <= WIDTH
        if fits:
            rows[-1] += f" OR {part[0]}"
        else:
            rows.extend(_prefixed("OR", part))
    return rows
