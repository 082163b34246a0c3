"""Marks of footnotes do not stick to words; exponents and formulas keep their sense."""

import time

import pytest

from services.cleaner.page.page_blocks import walk_page
from services.cleaner.page.parse import parse_page
from tests.article_pages import STORY, STORY_HTML, article_page, body_of


def text_of(html: str) -> str:
    return " | ".join(walk_page(parse_page(f"<p>{html}</p>")).texts)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("Trump<sup>2</sup> met", "Trump met"),
        ('Kim<sup><a href="#n1">[1]</a></sup> and', "Kim and"),
        ('Kim<sup id="r1"><a href="/w#c"><span>[</span>12<span>]</span></a></sup> and', "Kim and"),
        ("They met in Singapore<sup>3</sup>.", "They met in Singapore."),
        ("in 2018<sup>4</sup> they met", "in 2018 they met"),
        ("he said.<sup>5</sup> Then", "he said. Then"),
        ("he said.<sup>5</sup>Then", "he said. Then"),
        ("“No”<sup>6</sup> was", "“No” was"),
        ("the treaty<sup>1,2</sup> and<sup>3–5</sup> so", "the treaty and so"),
        ("the treaty<sup>*</sup> and<sup>†</sup> so", "the treaty and so"),
        ("a claim<sup>[citation needed]</sup> that", "a claim that"),
        ("a claim<sup>[a]</sup> that", "a claim that"),
        ('a claim<sup><a href="#fa">a</a></sup> that', "a claim that"),
        ('Trump<a href="#fn2">2</a> met', "Trump met"),
        ('Trump<a href="#fn2" role="doc-noteref">[2]</a> met', "Trump met"),
    ],
)
def test_the_mark_of_a_note_is_no_text(html: str, text: str) -> None:
    """It is left out, and the words on both sides stay apart."""
    assert text_of(html) == text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("10<sup>2</sup> times", "10² times"),
        ("10<sup>-6</sup> m", "10⁻⁶ m"),
        ("5 km<sup>2</sup> of ice", "5 km² of ice"),
        ("20 m<sup>3</sup>/s", "20 m³/s"),
        ("x<sup>2</sup> + y<sup>2</sup>", "x² + y²"),
        ("E = mc<sup>2</sup>", "E = mc²"),
        ("Ca<sup>2+</sup> ions", "Ca²⁺ ions"),
        ("CO<sub>2</sub> and H<sub>2</sub>O", "CO2 and H2O"),
        ("dated with <sup>14</sup>C", "dated with 14C"),
        ("the 1<sup>st</sup> of May", "the 1st of May"),
        ("M<sup>lle</sup> Dubois", "Mlle Dubois"),
        ("Acme<sup>TM</sup> tea", "AcmeTM tea"),
        ('as figure <a href="#f2">2</a> shows', "as figure 2 shows"),
        ('Section<a href="/2">2</a>', "Section2"),
        ("<sup>Everything in this paragraph is raised text.</sup>", None),
    ],
)
def test_other_raised_text_stays(html: str, text: str | None) -> None:
    """Exponents become raised digits; ordinals, formulas and words are as they were."""
    expected = text or "Everything in this paragraph is raised text."
    assert text_of(html) == expected


def test_names_before_footnotes_are_whole_words() -> None:
    """The sentence of the case from the field, in an article."""
    sentence = (
        'Kim Jong Un<sup><a href="#n1">[1]</a></sup> and Donald Trump<sup>2</sup> met in Singapore'
        "<sup>3</sup> in June and signed a short declaration there."
    )
    plain = "Kim Jong Un and Donald Trump met in Singapore in June and signed a short declaration"
    body = body_of(article_page([STORY_HTML[0], f"<p>{sentence}</p>", *STORY_HTML[1:]]))
    assert body.paragraphs == (STORY[0], f"{plain} there.", *STORY[1:])


def test_raised_text_costs_a_constant_number_of_steps() -> None:
    """Ten thousand open sup elements are read in a moment."""
    page = parse_page("<p>" + "a<sup>1" * 10_000)
    walk_page(page)
    start = time.process_time()
    walk_page(parse_page("<p>" + "a<sup>1" * 10_000))
    assert time.process_time() - start < 2
