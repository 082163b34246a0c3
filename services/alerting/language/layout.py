"""The canonical form over several lines, broken at AND and OR, as `rules fmt` writes it.

Parsing it gives the same tree as the form in one line.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from services.alerting.language.format import format_node, operator
from services.alerting.language.tree import And, AtLeast, Near, Node, Not, Or, Where, children, fold

WIDTH: Final = 100
"""Characters of a line before its indentation."""
_INDENT: Final = "  "
_DEEPEST: Final = _INDENT * 20
"""The largest indentation, so that 200 levels of brackets stay readable and short enough."""


@dataclass(frozen=True, slots=True)
class _Layout:
    """A node in one line, and in as many lines as it needs."""

    line: str
    lines: tuple[str, ...]


def layout(tree: Node) -> tuple[str, ...]:
    """Return the lines of an expression: one if it fits.

    Otherwise the parts of an AND stand below each other, those of an OR in rows, and groups in
    brackets of their own.
    """
    return fold(tree, _lay_out).lines


def _lay_out(node: Node, parts: list[_Layout]) -> _Layout:
    line = format_node(node, [part.line for part in parts])
    return _Layout(line, (line,) if len(line) <= WIDTH or not parts else tuple(_lines(node, parts)))


def _lines(node: Node, parts: list[_Layout]) -> Iterable[str]:
    match node:
        case Where(place):
            return _indent(f"{place}(", parts[0])
        case AtLeast(count):
            return _indent(f"ATLEAST{count}(", parts[0])
    blocks = [_bracket(child, part) for child, part in zip(children(node), parts, strict=True)]
    match node:
        case Not():
            return _prefix("NOT", blocks[0])
        case Near():
            left, right = blocks
            return (*left[:-1], f"{left[-1]} {operator(node)} {right[0]}", *right[1:])
        case Or():
            return _rows(blocks)
        case _:
            return [*blocks[0], *(line for part in blocks[1:] for line in _prefix("AND", part))]


def _bracket(child: Node, laid: _Layout) -> tuple[str, ...]:
    """Return the lines of an operand, in brackets if it is an AND or OR."""
    if not isinstance(child, (And, Or)):
        return laid.lines
    return (f"({laid.line})",) if len(laid.lines) == 1 else tuple(_indent("(", laid))


def _indent(opening: str, laid: _Layout) -> list[str]:
    return [
        opening,
        *(line if line.startswith(_DEEPEST) else _INDENT + line for line in laid.lines),
        ")",
    ]


def _prefix(word: str, lines: tuple[str, ...]) -> tuple[str, ...]:
    return (f"{word} {lines[0]}", *lines[1:])


def _rows(parts: list[tuple[str, ...]]) -> list[str]:
    """Return as many alternatives in a row as fit; one of several lines stands alone."""
    rows = [*parts[0]]
    for part, before in zip(parts[1:], parts, strict=False):
        is_fitting = len(part) == len(before) == 1 and len(rows[-1]) + len(part[0]) + 4 <= WIDTH
        if is_fitting:
            rows[-1] += f" OR {part[0]}"
        else:
            rows.extend(_prefix("OR", part))
    return rows
