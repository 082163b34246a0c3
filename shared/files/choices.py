"""The possible values of a field, from its type. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import is_dataclass
from enum import Enum
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints


def find_choices(type_: Any, steps: Sequence[str | int]) -> tuple[str, ...]:
    """Return the possible values of a field, at ``steps`` within a type; empty if it is free."""
    parts = list(_parts(type_))
    for step in steps:
        parts = [inner for part in parts for field in _step(part, step) for inner in _parts(field)]
    return tuple(choice for part in parts for choice in _choices(part))


def _parts(type_: Any) -> Iterator[Any]:
    """Yield the types of a union; of any other type only itself."""
    yield from get_args(type_) if get_origin(type_) in (Union, UnionType) else (type_,)


def _step(type_: Any, step: str | int) -> Iterator[Any]:
    """Yield the type of an element or field."""
    if isinstance(step, int):
        yield from get_args(type_)[:1]
    elif is_dataclass(type_):
        hints = get_type_hints(type_)
        yield from (hints[step],) if step in hints else ()


def _choices(type_: Any) -> Iterator[str]:
    if get_origin(type_) is Literal:
        yield from map(str, get_args(type_))
    elif isinstance(type_, type) and issubclass(type_, Enum):
        yield from (str(choice.value) for choice in type_)
