from hypothesis import given
from hypothesis import strategies as st

from services.cleaner.lines.line_types import line_of
from services.cleaner.lines.stretch import best_stretch, weight
from services.cleaner.lines.wrapping import unwrap_paragraphs

LINES = [
    "Home",
    "Advertisement",
    "- an item",
    "They met on Tuesday.",
    "The two delegations met for three hours on Tuesday and agreed to meet again.",
]


@given(st.lists(st.sampled_from(LINES), max_size=12))
def test_no_stretch_weighs_more(texts: list[str]) -> None:
    """The best stretch weighs as much as the best of all stretches, tried one by one."""
    lines = [line_of(text) for text in texts]
    start, end = best_stretch(lines)
    best = max(
        (
            sum(map(weight, lines[first:last]))
            for first in range(len(lines))
            for last in range(first, len(lines) + 1)
        ),
        default=0,
    )
    assert sum(map(weight, lines[start:end])) == max(0, best)


@given(
    st.lists(
        st.sampled_from(
            ["", "x" * 20, "and so on " * 6, "The talks went on for hours and hours and"]
        ),
        max_size=30,
    )
)
def test_joining_loses_no_line(lines: list[str]) -> None:
    """In a wrapped text or not, every line with text is in exactly one paragraph, in order."""
    paragraphs = unwrap_paragraphs(lines)
    covered = [
        number for paragraph in paragraphs for number in range(paragraph.first, paragraph.end)
    ]
    assert covered == [number for number, line in enumerate(lines) if line.strip()]
    assert " ".join(paragraph.text for paragraph in paragraphs).split() == " ".join(lines).split()
