import json
import textwrap
from collections.abc import Callable, Sequence

import pytest

from services.cleaner.original import Fate, OriginalLine, original_lines
from services.cleaner.pipeline import build_draft
from services.cleaner.sign import sign
from shared.base.outcomes import Drop
from shared.messages.schemas import RawArticle

PARAGRAPHS = (
    (
        "The two delegations met for three hours on Tuesday and agreed to meet again before the "
        "end of the month, officials of both sides said."
    ),
    (
        "President Moon Jae-in said that he would fly to Pyongyang if the talks went well, and "
        "that the sanctions would stay in place until then."
    ),
    (
        "A spokesman declined to say where the next round would be held, or who would take part "
        "in it, but he called the talks useful."
    ),
)
HEADLINE = "Delegations agree to meet again"
PAGE = """<html><head><title>{0} - The News</title></head><body>
<nav><ul><li><a href=/>Home</a></li><li><a href=/w>World</a></li></ul></nav>
<article><h1>{0}</h1><p>{1}</p><p>{2}</p>
<aside><a href=/more>Read more: the summit in pictures</a></aside><p>{3}</p></article>
<footer>Copyright 2018 The News. All rights reserved.</footer></body></html>"""

Lines = Callable[..., Sequence[OriginalLine]]


@pytest.fixture
def lines(raw: Callable[..., RawArticle]) -> Lines:
    """Return the original's lines of a text or page and the article made of it."""

    def build(content: str, **overrides: str) -> Sequence[OriginalLine]:
        draft = build_draft(raw(content, **overrides))
        assert not isinstance(draft, Drop)
        return original_lines(draft, sign(draft))

    return build


def test_a_texts_lines_say_what_became_of_them(lines: Lines) -> None:
    """Every line with text is shown once and in order.

    It is the headline, a paragraph with its number, or has a reason why it was left out.
    """
    text = "\n\n".join((HEADLINE, *PARAGRAPHS[:2], "Subscribe to our newsletter", PARAGRAPHS[2]))
    assert [(line.text, line.fate, line.why, line.paragraph) for line in lines(text)] == [
        (HEADLINE, Fate.HEADLINE, "", None),
        (PARAGRAPHS[0], Fate.KEPT, "", 0),
        (PARAGRAPHS[1], Fate.KEPT, "", 1),
        ("Subscribe to our newsletter", Fate.DROPPED, "subscription", None),
        (PARAGRAPHS[2], Fate.KEPT, "", 2),
    ]


def test_a_pages_lines_are_its_blocks(lines: Lines) -> None:
    """Menus and footers are outside the article; a box inside it has a reason."""
    result = lines(PAGE.format(HEADLINE, *PARAGRAPHS), content_type="text/html")
    body = [line.text for line in result if line.fate is Fate.KEPT]
    assert body == list(PARAGRAPHS)
    assert [line.text for line in result if line.fate is Fate.HEADLINE] == [HEADLINE]
    why = {line.text: line.why for line in result if line.fate is Fate.DROPPED}
    assert why["Home"] == "outside the article"
    assert why["Copyright 2018 The News. All rights reserved."] == "outside the article"
    assert why["Read more: the summit in pictures"] not in ("", "outside the article")


def test_a_wrapped_text_is_shown_by_paragraphs(lines: Lines) -> None:
    """Its lines are shown joined, as the article has them."""
    wrapped = ["\n".join(textwrap.wrap(f"{paragraph} {paragraph}", 70)) for paragraph in PARAGRAPHS]
    result = lines("\n\n".join(wrapped))
    assert [(line.text, line.paragraph) for line in result] == [
        (f"{paragraph} {paragraph}", number) for number, paragraph in enumerate(PARAGRAPHS)
    ]


def test_a_wires_format_is_shown_as_it_is(lines: Lines) -> None:
    """No line of a wire item is judged."""
    item = json.dumps(
        {"uri": "urn:x", "type": "text", "headline": HEADLINE, "body_text": PARAGRAPHS[0]}, indent=1
    )
    assert {line.fate for line in lines(item, content_type="application/json")} == {Fate.GIVEN}
