"""Read YAML that people edit with positions, so that all mistakes are reported at their places."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import MISSING, dataclass, field, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final, Literal, TypeVar, get_type_hints

import msgspec
import yaml

from shared.files.choices import find_choices
from shared.files.yaml_errors import explain, line_and_column

T = TypeVar("T")
Steps = tuple[str | int, ...]

MAX_BYTES: Final = 16 * 1024 * 1024
MAX_DEPTH: Final = 40
YAML_SUFFIXES: Final = (".yaml", ".yml")
MAX_SUGGESTED: Final = 60
VALUE: Final = "#value"
"""``position((*steps, VALUE))`` is where the value of a mapping's entry starts.

``position(steps)`` is where its key starts.
"""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """A mistake in a file: its place (line and column from 1) and, if known, how to fix it."""

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
    """Edited files contain mistakes; ``problems`` has all of them, in order."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(problems)
        super().__init__("\n".join(map(str, self.problems)))


@dataclass(slots=True)
class YamlDocument:
    """One parsed YAML file.

    ``convert`` and ``items`` collect problems instead of raising, so that all are reported at once.
    ``text`` is what was parsed.
    """

    file: str
    data: Any
    problems: list[Problem]
    positions: dict[Steps, tuple[int, int]] = field(default_factory=dict)
    text: str = ""

    def position(self, path: Steps) -> tuple[int, int]:
        """Return line and column (from 1) of ``path``, or of the nearest node around it."""
        while path and path not in self.positions:
            path = path[:-1]
        return self.positions.get(path, (1, 1))

    def report(self, path: Steps, message: str, **details: Any) -> None:
        """Add a problem at ``path``; ``details`` are further fields of Problem."""
        line, column = self.position(path)
        self.problems.append(Problem(self.file, line, column, message, **details))

    def value_at(self, path: Steps) -> Any:
        """Return the plain value at ``path``, None if there is nothing."""
        value = self.data
        for step in path:
            try:
                value = value[step]
            except (KeyError, IndexError, TypeError):
                return None
        return value

    def convert(self, path: Steps, type_: type[T]) -> T | None:
        """Convert the value at ``path`` to ``type_``; report a mismatch and return None."""
        self._report_unknown_fields(path, type_)
        try:
            return msgspec.convert(self.value_at(path), type_, strict=True)
        except msgspec.ValidationError as error:
            message, _, inner = str(error).partition(" - at `$")
            steps = _parse_steps(inner.rstrip("`"))
            place = path + steps
            self.report(
                place,
                _in_plain_words(message),
                code=_problem_code(message),
                suggestion=_suggest_choice(self.value_at(place), find_choices(type_, steps))
                or _type_hint(message),
            )
            return None

    def convert_fields(self, path: Steps, type_: type[Any]) -> dict[str, Any]:
        """Return those fields of the mapping at ``path`` that fit; report all others.

        So a mistake in one field does not hide those in the next ones.
        """
        value = self.value_at(path)
        if not isinstance(value, dict):
            self.convert(path, type_)
            return {}
        self._report_unknown_fields(path, type_)
        converted = dict[str, Any]()
        for name, hint in get_type_hints(type_).items():
            problems = len(self.problems)
            if name in value:
                field_value: Any = self.convert((*path, name), hint)
                if len(self.problems) == problems:
                    converted[name] = field_value
            elif _is_required(type_, name):
                message = f"Object missing required field `{name}`"
                self.report(path, message, code=_problem_code(message))
        return converted

    def items(self, path: Steps, type_: type[T]) -> Iterator[tuple[Steps, T]]:
        """Yield each valid element of the list at ``path``; report the others."""
        for place in self.places(path):
            item = self.convert(place, type_)
            if item is not None:
                yield place, item

    def places(self, path: Steps) -> Iterator[Steps]:
        """Yield where each element of the list at ``path`` is; report anything but a list."""
        values = self.value_at(path)
        if values is None:
            return
        if not isinstance(values, list):
            self.report(
                path,
                f"expected a list, found {_describe(values)}",
                code="wrong-type",
                suggestion=f"write [{values}]"
                if _is_short_text(values)
                else "write a list: [a, b]",
            )
            return
        for index in range(len(values)):
            yield (*path, index)

    def _report_unknown_fields(self, path: Steps, type_: type[Any]) -> None:
        value = self.value_at(path)
        if not isinstance(value, dict) or not hasattr(type_, "__dataclass_fields__"):
            return
        fields = type_.__dataclass_fields__
        for name in value:
            if name not in fields:
                self.report(
                    (*path, name),
                    f"unknown field {name!r}",
                    code="unknown-field",
                    suggestion=did_you_mean(str(name), sorted(fields)),
                )


def load(path: Path) -> YamlDocument:
    """Load a YAML file. If it is not YAML, that is its first problem, and its data is None."""
    document = YamlDocument(str(path), None, [])
    try:
        with path.open("rb") as file:
            return parse_bytes(file.read(MAX_BYTES + 1), document)
    except OSError as error:
        document.report((), f"cannot be read: {error.strerror}", code="unreadable")
    return document


def parse_bytes(data: bytes, document: YamlDocument) -> YamlDocument:
    """Parse a file's content into the document, of which at most MAX_BYTES are allowed."""
    if len(data) > MAX_BYTES:
        document.report((), f"larger than {MAX_BYTES // 1024 // 1024} MB")
        return document
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        message = f"not UTF-8: byte {error.start} is {error.object[error.start]:#04x}"
        before = error.object[: error.start].decode()
        line, column = line_and_column(before, len(before))
        document.problems.append(
            Problem(document.file, line, column, message, "save the file as UTF-8", code="encoding")
        )
        return document
    return parse(text.replace("\r\n", "\n").replace("\r", "\n"), document)


def parse(text: str, document: YamlDocument) -> YamlDocument:
    """Parse text into the document: values, positions, and problems if it is not plain YAML."""
    document.text = text
    try:
        node = yaml.compose(text, Loader=_Loader)
        if node is not None:
            document.data = _ValueBuilder(document).build(node, ())
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        line, column, message, suggestion = explain(error, text)
        document.problems.append(
            Problem(document.file, line, column, message, suggestion, code="yaml")
        )
    return document


def raise_if_bad(documents: list[YamlDocument]) -> None:
    """Raise DocumentError if any document has an error, with all of them; warnings pass."""
    errors = [
        problem
        for document in documents
        for problem in document.problems
        if problem.level == "error"
    ]
    if errors:
        raise DocumentError(errors)


def did_you_mean(word: str, candidates: list[str]) -> str:
    """Suggest the nearest candidate for a misspelt word; empty if none is near."""
    near = get_close_matches(word, candidates, n=1, cutoff=0.6)
    return f"did you mean {near[0]}?" if near else ""


def _is_required(type_: type[Any], name: str) -> bool:
    """Return whether a field of a dataclass has no default."""
    return any(
        each.name == name and each.default is MISSING and each.default_factory is MISSING
        for each in fields(type_)
    )


def _suggest_choice(written: object, choices: Sequence[str]) -> str:
    """Suggest the nearest of the possible values, or name them all; empty without any."""
    near = did_you_mean(written, list(choices)) if isinstance(written, str) else ""
    return near or (f"one of {', '.join(choices)}" if choices else "")


class _Loader(yaml.CSafeLoader):
    """The safe loader, quicker in what takes longest: to tell texts from numbers and dates."""

    def descend_resolver(self, _node: object, _index: object) -> None:
        """Skip what only serves tags that depend on a path; there are none."""

    def ascend_resolver(self) -> None:
        """Skip it, likewise."""

    def resolve(self, kind: type[yaml.Node], value: Any, implicit: Any) -> str:
        """Return the tag of a node without one: of a quoted text or a word at once."""
        if kind is yaml.ScalarNode and (not implicit[0] or value[:1] not in _NOT_A_WORD):
            return _TEXT
        tag: str = super().resolve(kind, value, implicit)  # type: ignore[no-untyped-call]
        return tag


class _ValueBuilder:
    """Builds plain values from YAML nodes and records the position of each."""

    def __init__(self, document: YamlDocument) -> None:
        self.document = document
        self.visited: set[int] = set()
        # One per document, because it remembers every node that it has constructed.
        self.constructor = yaml.constructor.SafeConstructor()

    def build(self, node: yaml.Node, path: Steps) -> Any:
        """Build the value of a node and of everything below it."""
        self.document.positions[path] = _position(node)
        if len(path) > MAX_DEPTH:
            raise ValueError(f"nested deeper than {MAX_DEPTH}")
        if self._is_alias(node, node, path):
            return None
        self.visited.add(id(node))
        if isinstance(node, yaml.MappingNode):
            return self._build_mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(child, (*path, index)) for index, child in enumerate(node.value)]
        return self._build_scalar(node, path)

    def _is_alias(self, node: yaml.Node, located: yaml.Node, path: Steps) -> bool:
        """Return whether a node is an alias, and report it: a few nested ones grow to any size.

        An alias has no position of its own, so the problem is reported at that of ``located``.
        """
        if id(node) not in self.visited:
            return False
        self.document.positions[path] = _position(located)
        self.document.report(
            path, "YAML aliases are not allowed", code="yaml", suggestion="write the value out"
        )
        return True

    def _build_mapping(self, node: yaml.MappingNode, path: Steps) -> dict[str, Any]:
        built: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            inner = (*path, key)
            value = (
                None
                if self._is_alias(value_node, key_node, inner)
                else self.build(value_node, inner)
            )
            self.document.positions[(*inner, VALUE)] = _position(value_node)
            self.document.positions[inner] = _position(key_node)
            if key in built:
                self.document.report(inner, f"{key!r} is given twice", code="duplicate-key")
            built[key] = value
        return built

    def _build_scalar(self, node: yaml.Node, path: Steps) -> Any:
        if node.tag == _TEXT:
            return node.value
        if node.tag not in _SCALARS:
            self.document.report(
                path,
                f"YAML tag {node.tag} is not allowed here",
                code="yaml",
                suggestion="write a plain value",
            )
            return None
        try:
            return self.constructor.construct_object(node, deep=True)
        except ValueError as error:
            self.document.report(path, f"not a value: {node.value!r} ({error})"[:300], code="yaml")
            return None


def _position(node: yaml.Node) -> tuple[int, int]:
    return node.start_mark.line + 1, node.start_mark.column + 1


_NOT_A_WORD: Final = frozenset(yaml.CSafeLoader.yaml_implicit_resolvers)
"""First characters of plain scalars that may be something else than a text: digits, n of null."""
_TEXT: Final = "tag:yaml.org,2002:str"
_SCALARS: Final = {
    f"tag:yaml.org,2002:{name}" for name in ("null", "bool", "int", "float", "str", "timestamp")
}


def _parse_steps(inner: str) -> Steps:
    """Parse msgspec's path, for example ``.terms[2].start``."""
    parts = inner.replace("]", "").replace("[", ".").split(".")
    return tuple(int(part) if part.isdigit() else part for part in parts if part)


def _in_plain_words(message: str) -> str:
    """Return what msgspec says without the names of Python's and JSON's types."""
    if message.startswith("Invalid enum value"):
        return message.replace("Invalid enum value", "not one of the possible values:", 1)
    mismatch = re.fullmatch(r"Expected `([^`]+)`, got `([^`]+)`", message)
    if mismatch is None:
        return message
    expected, actual = (
        " or ".join(_TYPE_NAMES.get(name, name) for name in group.split(" | "))
        for group in mismatch.groups()
    )
    return f"expected {expected}, found {actual}"


def _problem_code(message: str) -> str:
    return "missing-field" if "missing required field" in message else "wrong-type"


def _type_hint(message: str) -> str:
    """Say how to write what msgspec expected; empty if that is unknown."""
    expected = re.match(r"Expected `(\w+)", message)
    return _TYPE_HINTS.get(expected[1], "") if expected else ""


_TYPE_NAMES: Final = {
    "str": "a text",
    "bool": "true or false",
    "int": "a whole number",
    "float": "a number",
    "array": "a list",
    "object": "a mapping",
    "null": "nothing",
    "date": "a date",
    "datetime": "a time",
}
_TYPE_HINTS: Final = {
    "str": "write a text, in quotes if it looks like a number or date",
    "bool": "write true or false",
    "int": "write a whole number",
    "array": "write a list: [a, b]",
    "object": "write name: value",
}


def _describe(value: Any) -> str:
    names = {dict: "object", list: "array", type(None): "null"}
    return _TYPE_NAMES.get(names.get(type(value), type(value).__name__), "something else")


def _is_short_text(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= MAX_SUGGESTED and value.isprintable()
