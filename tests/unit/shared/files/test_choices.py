"""The possible values of a field, and how a mistake names them."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Any, Literal

import msgspec
import pytest

from shared.files.choices import find_choices
from shared.files.yaml_document import YamlDocument, parse


class Colour(StrEnum):
    """An enum."""

    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True)
class Part:
    """A nested type."""

    do: Literal["status", "hang"] = "hang"


@dataclass(frozen=True)
class Whole:
    """A type with every form."""

    colour: Colour | None = None
    mode: Annotated[Literal["a", "b"], msgspec.Meta(description="x")] = "a"
    parts: list[Part] | None = None
    text: str = ""
    either: Literal["x"] | int = 1
    tags: tuple[Colour, ...] = field(default=())


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        (("colour",), ("red", "blue")),
        (("mode",), ("a", "b")),
        (("parts", 3, "do"), ("status", "hang")),
        (("tags", 0), ("red", "blue")),
        (("either",), ("x",)),
        (("text",), ()),
        (("nosuch", 1, "x"), ()),
        ((), ()),
    ],
)
def test_choices_of_a_field(steps: tuple[str | int, ...], expected: tuple[str, ...]) -> None:
    """Through unions, lists and nested types."""
    assert find_choices(Whole, steps) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("parts: [{do: statuss}]", "did you mean status?"),
        ("colour: green", "one of red, blue"),
        ("tags: [red, blu]", "did you mean blue?"),
        ("mode: zzz", "one of a, b"),
    ],
)
def test_a_value_that_is_not_possible_gets_the_possible_ones(text: str, expected: str) -> None:
    """The nearest one, or all."""
    document = YamlDocument("f.yaml", None, [])
    parse(text, document)
    assert document.convert((), Whole) is None
    (problem,) = document.problems
    assert problem.message.startswith("not one of the possible values:")
    assert problem.suggestion == expected


@pytest.mark.parametrize("value", ["'a'", "[a]", "{a: 1}", "true", "2.5", "2018-01-01", "~"])
def test_a_mistake_names_no_type_of_a_language(value: str) -> None:
    """A text, a list, a mapping, true or false, a number, a date, nothing."""
    wrong: list[Any] = [str, int, bool, list[str], dict[str, int]]
    for type_ in wrong:
        document = YamlDocument("f.yaml", None, [])
        parse(f"x: {value}", document)
        document.convert(("x",), type_)
        for problem in document.problems:
            assert "`" not in problem.message
            assert problem.message.startswith("expected ")
