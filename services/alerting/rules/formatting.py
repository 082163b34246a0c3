"""Rewrite the expressions of a rule file in canonical form; every other byte stays as it is."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import yaml

from services.alerting.language.check import Vocabulary
from services.alerting.language.format import format as canonical
from services.alerting.language.layout import layout
from services.alerting.language.parsing.parse import parse
from services.alerting.language.tree import Node

_BOM: Final = "\ufeff"
_WIDTH: Final = 120
_STEP: Final = 2
_EXPLICIT_INDENT: Final = re.compile(r"[|>][+-]?(\d)")


@dataclass(frozen=True, slots=True)
class _Value:
    """A ``when:`` of the file: its expression, its place, and how YAML writes it.

    ``style`` is YAML's style indicator, None for a plain value. ``start`` and ``end`` are indices
    into the file's text.
    """

    expression: str
    style: str | None
    start: int
    end: int
    key_column: int
    in_flow: bool


def format_rule_file(text: str, vocabulary: Vocabulary | None = None) -> str:
    """Return the file with each expression in canonical form, in the YAML style it has.

    A value that needs several lines becomes a block. ``text`` is a file without errors, with its
    own line ends. Names in quotes need a vocabulary, and become ids.
    """
    parts, copied_to = [], 0
    for value in _values(text):
        replacement, end = _format_value(text, value, vocabulary)
        parts += [text[copied_to : value.start], replacement]
        copied_to = end
    return "".join([*parts, text[copied_to:]])


def _values(text: str) -> Iterator[_Value]:
    """Yield every rule's ``when``, in the order of the file."""
    shift = len(_BOM) if text.startswith(_BOM) else 0
    root = yaml.compose(text, Loader=yaml.CSafeLoader)
    for rule in _rules(root):
        for key, value in rule.value:
            if key.value == "when" and isinstance(value, yaml.ScalarNode):
                start, end = value.start_mark.index + shift, value.end_mark.index + shift
                end -= len(text[start:end]) - len(text[start:end].rstrip())
                yield _Value(
                    value.value,
                    value.style,
                    start,
                    end,
                    key.start_mark.column,
                    bool(rule.flow_style),
                )


def _rules(root: yaml.Node | None) -> list[yaml.MappingNode]:
    inner = root
    if isinstance(root, yaml.MappingNode):
        inner = next((value for key, value in root.value if key.value == "rules"), None)
    rules = inner.value if isinstance(inner, yaml.SequenceNode) else [root]
    return [rule for rule in rules if isinstance(rule, yaml.MappingNode)]


def _format_value(text: str, value: _Value, vocabulary: Vocabulary | None) -> tuple[str, int]:
    """Return the replacement of the value, and the end of what it replaces."""
    tree = parse(value.expression, vocabulary)
    if value.style in ("|", ">"):
        return _block(text, value, tree), value.end
    line = _scalar(canonical(tree), value)
    if line and (value.in_flow or value.key_column + len("when: ") + len(line) <= _WIDTH):
        return line, value.end
    end_of_line = min(text.find(newline, value.end) % (len(text) + 1) for newline in "\r\n")
    block = _lines(text, tree, value.key_column + _STEP)
    return f"|{text[value.end : end_of_line]}{block}", end_of_line


def _scalar(line: str, value: _Value) -> str | None:
    """Quote the line in the value's style; None if YAML would not read a plain value as is."""
    if value.style == '"':
        return '"' + line.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if not value.style and _is_plain(line, in_flow=value.in_flow):
        return line
    return "'" + line.replace("'", "''") + "'" if value.style or value.in_flow else None


def _is_plain(line: str, *, in_flow: bool) -> bool:
    """Return whether YAML reads the unquoted line as this text."""
    try:
        data = yaml.load(f"{{a: {line}}}" if in_flow else f"a: {line}", Loader=yaml.CSafeLoader)
        return bool(data == {"a": line})
    except yaml.YAMLError:
        return False


def _block(text: str, value: _Value, tree: Node) -> str:
    """Return the block with its own header, indented as before."""
    header, _, content = text[value.start : value.end].partition("\n")
    indent = len(content) - len(content.lstrip(" \r\n")) - _blank_characters(content)
    if explicit := _EXPLICIT_INDENT.match(header):
        indent = value.key_column + int(explicit[1])
    return header.rstrip("\r") + _lines(text, tree, indent)


def _blank_characters(content: str) -> int:
    """Count the characters of the blank lines that the content starts with."""
    return content.rfind("\n", 0, len(content) - len(content.lstrip())) + 1


def _lines(text: str, tree: Node, indent: int) -> str:
    newline = "\r\n" if "\r\n" in text else "\n"
    return "".join(f"{newline}{' ' * indent}{line}" for line in layout(tree))
