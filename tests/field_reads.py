"""Find the fields of a class that the source reads: by name, from types, assignments and loops."""

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

WRAPPED: Final = "entry"
"""The attribute of a wrapper that is the value itself (LocatedEntry)."""
PASSING: Final = {
    *("sorted", "enumerate", "zip", "list", "tuple", "reversed", "next", "min", "max"),
    *("values", "items", "get"),
}
"""Functions that return what they are given, and methods that return what their object has."""


@dataclass(frozen=True)
class FileNames:
    """What a file declares, binds and reads, by name.

    ``declared``: a name and the names in its type. ``bound``: a name and the names it gets its
    value from. ``reads``: a name and an attribute that is read from it.
    """

    declared: Sequence[tuple[str, frozenset[str]]]
    bound: Sequence[tuple[str, frozenset[str]]]
    reads: Sequence[tuple[str, str]]
    methods: Mapping[tuple[str, str], frozenset[str]]
    """By class and method, the attributes that the method reads from ``self``."""


Source = Mapping[str, FileNames]
"""A file's names, by its path."""


def parse_source(root: Path, folders: Sequence[str]) -> Source:
    """Parse all Python files of these folders."""
    files = [file for folder in folders for file in sorted((root / folder).rglob("*.py"))]
    return {str(file.relative_to(root)): parse_file(file.read_text("utf-8")) for file in files}


def parse_file(text: str) -> FileNames:
    """Parse one file."""
    nodes = list(ast.walk(ast.parse(text)))
    return FileNames(
        declared=[found for node in nodes for found in _declarations(node)],
        bound=[found for node in nodes for found in _bindings(node)],
        reads=list(_reads(nodes)),
        methods={
            (node.name, method.name): frozenset(
                attribute for name, attribute in _reads(ast.walk(method)) if name == "self"
            )
            for node in nodes
            if isinstance(node, ast.ClassDef)
            for method in node.body
            if isinstance(method, ast.FunctionDef)
        },
    )


def fields_read(source: Source, classes: Collection[str], passive: Sequence[str]) -> set[str]:
    """Return the attributes read from values of these classes, except in files under ``passive``.

    A name counts as such a value if a type anywhere says so, or if it is bound to one in its file.
    Reads from ``self`` count in methods that are themselves read from a value.
    """
    values = {
        name
        for file in source.values()
        for name, types in file.declared
        if not types.isdisjoint(classes)
    }
    active = [file for path, file in source.items() if not path.startswith(tuple(passive))]
    reads = {attribute for file in active for attribute in _reads_of(file, values)}
    methods = {
        method: attributes
        for file in source.values()
        for (owner, method), attributes in file.methods.items()
        if owner in classes
    }
    called = reads & set(methods)
    while called:
        reads |= {attribute for method in called for attribute in methods.pop(method)}
        called = reads & set(methods)
    return reads


def _reads_of(file: FileNames, values: set[str]) -> Iterator[str]:
    names, size = set(values), 0
    while size < len(names):
        size = len(names)
        names |= {name for name, origins in file.bound if not origins.isdisjoint(names)}
    return (attribute for name, attribute in file.reads if name in names)


def _declarations(node: ast.AST) -> Iterator[tuple[str, frozenset[str]]]:
    if isinstance(node, ast.arg):
        yield node.arg, _names_in(node.annotation)
    elif isinstance(node, ast.AnnAssign):
        for name in _targets(node.target):
            yield name, _names_in(node.annotation)
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        yield node.name, _names_in(node.returns)


def _bindings(node: ast.AST) -> Iterator[tuple[str, frozenset[str]]]:
    if isinstance(node, ast.For | ast.AsyncFor | ast.comprehension):
        target, value = node.target, node.iter
    elif isinstance(node, ast.NamedExpr):
        target, value = node.target, node.value
    elif isinstance(node, ast.Assign) and len(node.targets) == 1:
        target, value = node.targets[0], node.value
    else:
        return
    for name in _targets(target):
        yield name, frozenset(_origins(value))


def _reads(nodes: Iterator[ast.AST] | Sequence[ast.AST]) -> Iterator[tuple[str, str]]:
    for node in nodes:
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
            for name in _origins(node.value):
                yield name, node.attr


def _origins(value: ast.AST) -> Iterator[str]:
    """Yield the names that a value may come from: ``c`` of ``a.c[0]``, ``sorted(a.c)``."""
    if isinstance(value, ast.Name):
        yield value.id
    elif isinstance(value, ast.Attribute):
        if value.attr == WRAPPED:
            yield from _origins(value.value)
        else:
            yield value.attr
    elif isinstance(value, ast.Call):
        function = list(_origins(value.func))
        yield from function
        if PASSING.intersection(function):
            owner = [value.func.value] if isinstance(value.func, ast.Attribute) else []
            for argument in (*owner, *value.args):
                yield from _origins(argument)
    else:
        for part in _parts(value):
            yield from _origins(part)


def _parts(value: ast.AST) -> Sequence[ast.AST]:
    """Return the expressions that one of these may evaluate to."""
    match value:
        case ast.Subscript(value=part) | ast.Await(value=part) | ast.Starred(value=part):
            return [part]
        case ast.IfExp(body=body, orelse=orelse):
            return [body, orelse]
        case ast.BoolOp(values=parts) | ast.Tuple(elts=parts) | ast.List(elts=parts):
            return parts
        case ast.ListComp(elt=part) | ast.GeneratorExp(elt=part) | ast.SetComp(elt=part):
            return [part]
    return []


def _targets(target: ast.expr) -> Iterator[str]:
    """Yield the names that a target binds."""
    parts: Sequence[ast.AST] = target.elts if isinstance(target, ast.Tuple | ast.List) else [target]
    for bound in parts:
        yield from _origins(bound)


def _names_in(annotation: ast.AST | None) -> frozenset[str]:
    parts = ast.walk(annotation) if annotation else ()
    return frozenset(
        part.id if isinstance(part, ast.Name) else part.attr
        for part in parts
        if isinstance(part, ast.Name | ast.Attribute)
    )
