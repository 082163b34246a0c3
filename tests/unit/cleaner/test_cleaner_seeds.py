"""The two seeds, as a person would cut them."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.cleaner.pipeline import clean
from shared.messages.schemas import CleanArticle
from tests.builders import build_raw_article

SEEDS = Path(__file__).parents[3] / "seeds" / "articles"


def cleaned(name: str) -> CleanArticle:
    raw = build_raw_article(
        (SEEDS / name).read_bytes(),
        source="seeds",
        uri=f"urn:test:{name}",
        fetched_at=datetime(2018, 9, 12, tzinfo=UTC),
        origin="seed",
    )
    article = clean(raw)
    assert isinstance(article, CleanArticle)
    return article


def paragraphs(article: CleanArticle) -> list[str]:
    return [article.body[span.start : span.end] for span in article.paragraphs]


def test_the_page_dump_keeps_its_headline_and_eleven_paragraphs() -> None:
    """Icons, kicker, deck, caption and paywall are dropped; the rest stays."""
    article = cleaned("000_8c6e2a59f7fcf78f.txt")
    body = paragraphs(article)
    assert article.headline == "Trump seeks Kim summit soon as US elections approach"
    assert len(body) == 11
    assert body[0].startswith("WASHINGTON/SEOUL -- U.S. President")
    assert body[-1] == (
        "Trump's pursuit of direct talks, however, risks letting Kim set the pace of negotiations."
    )
    assert article.dateline == "WASHINGTON/SEOUL"


@pytest.mark.parametrize(
    "gone",
    ["Sketch", "crossroads", "©", "{{", "ubscri", "Pyongyang aims", "unlimited", "exclusives"],
)
def test_nothing_of_the_page_is_left_in_the_body(gone: str) -> None:
    """No word of the page around the article is in the body, but in a dropped line."""
    article = cleaned("000_8c6e2a59f7fcf78f.txt")
    assert gone not in article.body
    assert any(gone in line.text for line in article.dropped)


def test_the_clean_text_keeps_every_paragraph() -> None:
    """The title is the headline, and all twelve paragraphs stay."""
    article = cleaned("004_947d3aa60bc3ea5e.txt")
    body = paragraphs(article)
    assert article.headline == "White House confirms plans for Second Trump-Kim summit"
    assert len(body) == 12
    assert body[0].startswith("Washington has confirmed")
    assert body[-1].startswith("Our assessment is")
    assert article.dropped == ()
