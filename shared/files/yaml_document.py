"""YAML that people edit: read with positions, so that every mistake is told at once, each with its file, line and column."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final, Literal, TypeVar

import msgspec
import yaml

from shared.files.yaml_errors import explain, line_and_column

T = TypeVar("T")
Steps = tuple[str | int, ...]

MAX_BYTES: Final = 16 * 1024 * 1024
MAX_DEPTH: Final = 40
YAML_SUFFIXES: Final = (".yaml", ".yml")
VALUE: Final = "#value"
"""``where((*steps, VALUE))`` is where the value of a mapping's entry starts; ``where(steps)`` is where its key does."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake in a file: where (line and column count from 1), what, and how to mend it where that is known."""

    file: str
    line: int
    column: int
    message: str
    suggestion: str = ""
    level: Literal["error", "warning"] = "error"
    code: str = "invalid"
    rule: str = ""

    def __str__(self) -> str:
        hint = f"; {self.suggestion}" if self.suggestion else ""
        return f"{self.file}:{self.line}:{self.column}: {self.level}: {self.message}{hint}"


class DocumentError(Exception):
    """Files that people edit hold mistakes; ``problems`` has all of them."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(problems)
        super().__init__("\n".join(map(str, self.problems)))


@dataclass(slots=True)
class YamlDocument:
    """One parsed YAML file. ``convert`` collects problems instead of raising, so that a reader sees them all. ``text``: what was parsed."""

    file: str
    data: Any
    problems: list[Problem]
    positions: dict[Steps, tuple[int, int]] = field(default_factory=dict)
    text: str = ""

    def position(self, path: Steps) -> tuple[int, int]:
        """Line and column (from 1) of the value at ``path``, or of the nearest thing around it."""
        while path and path not in self.positions:
            path = path[:-1]
        return self.positions.get(path, (1, 1))

    def report(self, path: Steps, message: str, **more: Any) -> None:
        """Add a problem at the value that ``path`` names."""
        line, column = self.position(path)
        self.problems.append(Problem(self.file, line, column, message, **more))

    def value_at(self, path: Steps) -> Any:
        """The plain value at ``path``, None where there is nothing."""
        value = self.data
        for step in path:
            try:
                value = value[step]
            except (KeyError, IndexError, TypeError):
                return None
        return value

    def convert(self, path: Steps, type_: type[T]) -> T | None:
        """The value at ``path`` as ``type_``; None, and a problem with its place, where it is not one."""
        self._report_unknown_fields(path, type_)
        try:
            return msgspec.convert(self.value_at(path), type_, strict=True)
        except msgspec.ValidationError as error:
            message, _, inner = str(error).partition(" - at `$")
            self.report(
                path + _steps(inner.rstrip("`")),
                message,
                code=_code(message),
                suggestion=_type_hint(message),
            )
            return None

    def items(self, path: Steps, type_: type[T]) -> Iterator[tuple[Steps, T]]:
        """Each good element of the list at ``path``; every bad one becomes a problem and is left out."""
        values = self.value_at(path)
        if values is None:
            return
        if not isinstance(values, list):
            self.report(path, f"expected a list, found {_kind(values)}", code="wrong-type")
            return
        for index in range(len(values)):
            item = self.convert((*path, index), type_)
            if item is not None:
                yield (*path, index), item

    def _report_unknown_fields(self, path: Steps, type_: type[Any]) -> None:
        value = self.value_at(path)
        if not isinstance(value, dict) or not hasattr(type_, "__dataclass_fields__"):
            return
        known = sorted(type_.__dataclass_fields__)
        for name in (name for name in value if name not in known):
            self.report(
                (*path, name),
                f"unknown field {name!r}",
                code="unknown-field",
                suggestion=did_you_mean(str(name), known),
            )


def load(path: Path, *, shown_as: str | None = None) -> YamlDocument:
    """Read one YAML file; whatever is wrong with it as YAML is the document's first problem, and its data is then None."""
    document = YamlDocument(shown_as or str(path), None, [])
    try:
        if path.stat().st_size > MAX_BYTES:
            document.report((), f"larger than {MAX_BYTES // 1024 // 1024} MB")
            return document
        parse(path.read_text("utf-8"), document)
    except OSError as error:
        document.report((), f"cannot be read: {error.strerror}", code="unreadable")
    except UnicodeDecodeError as error:
        message = f"not UTF-8: byte {error.start} is {error.object[error.start]:#04x}"
        before = error.object[: error.start].decode()
        line, column = line_and_column(before, len(before))
        document.problems.append(
            Problem(document.file, line, column, message, "save the file as UTF-8", code="encoding")
        )
    return document


def parse(text: str, document: YamlDocument) -> YamlDocument:
    """Parse YAML text into the document: values, positions, and a problem where it is not plain YAML."""
    document.text = text
    try:
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
        if node is not None:
            document.data = _Builder(document).build(node, ())
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        told = explain(error, text)
        document.problems.append(
            Problem(
                document.file, told.line, told.column, told.message, told.suggestion, code="yaml"
            )
        )
    return document


def raise_if_bad(documents: list[YamlDocument]) -> None:
    """Raise DocumentError with the errors of all documents, if there is any; warnings pass."""
    errors = [
        problem
        for document in documents
        for problem in document.problems
        if problem.level == "error"
    ]
    if errors:
        raise DocumentError(errors)


def did_you_mean(word: str, known: list[str]) -> str:
    """A suggestion for a misspelt word, or nothing where no known word is near."""
    near = get_close_matches(word, known, n=1, cutoff=0.6)
    return f"did you mean {near[0]}?" if near else ""


class _Builder:
    """Turns YAML nodes into plain values and notes where each one stands."""

    def __init__(self, document: YamlDocument) -> None:
        self.document = document
        self.seen: set[int] = set()
        self.plain = (
            yaml.constructor.SafeConstructor()
        )  # it remembers every node that it has constructed

    def build(self, node: yaml.Node, path: Steps) -> Any:
        self.document.positions[path] = _place(node)
        if len(path) > MAX_DEPTH:
            raise ValueError(f"nested deeper than {MAX_DEPTH}")
        if self._is_alias(node, node, path):
            return None
        self.seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(child, (*path, index)) for index, child in enumerate(node.value)]
        return self._scalar(node, path)

    def _is_alias(self, node: yaml.Node, shown_at: yaml.Node, path: Steps) -> bool:
        """Report an alias: a few of them, nested, would grow to any size. It has no place of its own: ``shown_at`` has one."""
        if id(node) not in self.seen:
            return False
        self.document.positions[path] = _place(shown_at)
        self.document.report(
            path, "YAML aliases are not allowed", code="yaml", suggestion="write the value out"
        )
        return True

    def _mapping(self, node: yaml.MappingNode, path: Steps) -> dict[str, Any]:
        built: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            inner = (*path, key)
            value = (
                None
                if self._is_alias(value_node, key_node, inner)
                else self.build(value_node, inner)
            )
            self.document.positions[(*inner, VALUE)] = _place(value_node)
            self.document.positions[inner] = _place(key_node)
            if key in built:
                self.document.report(inner, f"{key!r} stands twice", code="duplicate-key")
            built[key] = value
        return built

    def _scalar(self, node: yaml.Node, path: Steps) -> Any:
        if node.tag not in _SCALARS:
            self.document.report(
                path,
                f"YAML tag {node.tag} is not allowed here",
                code="yaml",
                suggestion="write a plain value",
            )
            return None
        try:
            return self.plain.construct_object(node, deep=True)
        except ValueError as error:
            self.document.report(path, f"not a value: {node.value!r} ({error})"[:300], code="yaml")
            return None


def _place(node: yaml.Node) -> tuple[int, int]:
    return node.start_mark.line + 1, node.start_mark.column + 1


_SCALARS: Final = {
    f"tag:yaml.org,2002:{name}" for name in ("null", "bool", "int", "float", "str", "timestamp")
}


def _steps(inner: str) -> Steps:
    """msgspec's path, ``.terms[2].start``, as the steps that lead there."""
    parts = inner.replace("]", "").replace("[", ".").split(".")
    return tuple(int(part) if part.isdigit() else part for part in parts if part)


def _code(message: str) -> str:
    return "missing-field" if "missing required field" in message else "wrong-type"


def _type_hint(message: str) -> str:
    """How to write what msgspec expected."""
    expected = re.match(r"Expected `(\w+)", message)
    return _TYPE_HINTS.get(expected[1], "") if expected else ""


_TYPE_HINTS: Final = {
    "str": "write a text, in quotes if it looks like a number or date",
    "bool": "write true or false",
    "int": "write a whole number",
    "array": "write a list: [a, b]",
    "object": "write name: value",
}


def _kind(value: Any) -> str:
    return {dict: "a mapping", list: "a list", str: "a text", type(None): "nothing"}.get(
        type(value), f"a {type(value).__name__}"
    )
