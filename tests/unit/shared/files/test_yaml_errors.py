import pytest

from shared.files.yaml_document import YamlDocument, parse
from shared.files.yaml_errors import line_and_column

EXPLAINED = [
    ("a: 'x\nb: 1\n", (1, 4), "this quote is never closed", "close it"),
    ("a: [x\nb: 1\n", (1, 4), "this bracket is never closed", "close it"),
    ("a: {x: 1\nb: 1\n", (1, 4), "this bracket is never closed", "close it"),
    ("a: [x, y: z: w]\n", (1, 12), "did not find expected", "quotes"),
    ("a: 1\n---\nb: 1\n", (2, 1), "a second document begins here", "one list"),
    ("a:\n\tb: 1\n", (2, 1), "cannot start any token", "never with tabs"),
    ("a: @x\n", (1, 4), "cannot start any token", "quotes"),
    ("a: *x\n", (1, 4), "undefined alias", "quotes"),
    ("ü: 1\nb: x\x08\n", (2, 5), "the character 0x0008", "delete it"),
]


@pytest.mark.parametrize(
    ("text", "where", "message", "suggestion"), EXPLAINED, ids=[text[:12] for text, *_ in EXPLAINED]
)
def test_what_yaml_stops_at_is_said_for_people(
    text: str, where: tuple[int, int], message: str, suggestion: str
) -> None:
    """One line: where the mistake begins, what it is, how to mend it."""
    (problem,) = parse(text, YamlDocument("x.yaml", None, [])).problems
    assert (problem.line, problem.column) == where
    assert message in problem.message
    assert suggestion in problem.suggestion or "spaces" in problem.suggestion
    assert "\n" not in str(problem)


def test_places_count_from_one() -> None:
    """The first character is line 1, column 1; the one behind a line break begins the next line."""
    assert [line_and_column("a\nbc", offset) for offset in range(5)] == [
        (1, 1),
        (1, 2),
        (2, 1),
        (2, 2),
        (2, 3),
    ]
