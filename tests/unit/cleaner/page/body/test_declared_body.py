"""A body that exists only in JSON-LD is the body of a page that shows none."""

import json
import time

import pytest

from services.cleaner.page.body.declared_body import declared_paragraphs
from services.cleaner.page.body.find_body import Body
from tests.article_pages import STORY, STORY_HTML, TITLE, article_page, body_of

HTML = "".join(STORY_HTML)


def body_with(declared: str, inside: str, **other: str) -> Body:
    entry = {"@type": "NewsArticle", "headline": TITLE, "articleBody": declared, **other}
    script = f'<script type="application/ld+json">{json.dumps(entry)}</script>'
    return body_of(article_page([inside], script))


@pytest.mark.parametrize(
    "declared",
    [
        "\n\n".join(STORY),
        "\r\n".join(STORY),
        HTML,
        HTML.replace("<", "&lt;").replace(">", "&gt;"),
        HTML.replace("<", "&amp;lt;").replace(">", "&amp;gt;"),
        "<br><br>".join(STORY),
        "\n".join(f"<b>{text}</b>" for text in STORY),
        "".join(STORY),
    ],
)
def test_a_page_without_a_body_has_the_declared_one(declared: str) -> None:
    """It is split into paragraphs, and the HTML in it is undone."""
    body = body_with(declared, "<div id='app'><p>Loading…</p></div>")
    assert body.paragraphs == STORY
    assert body.provenance.startswith("json-ld")


def test_what_the_page_shows_goes_before_what_it_declares() -> None:
    """A visible body is kept as it is seen."""
    body = body_with("\n".join(STORY[:2]), HTML)
    assert body.paragraphs == STORY


@pytest.mark.parametrize(
    ("name", "entry_type"),
    [("text", "Comment"), ("reviewBody", "Review"), ("articleBody", "Thing")],
)
def test_only_the_body_of_an_article_counts(name: str, entry_type: str) -> None:
    """Comments and other texts in JSON-LD are no body."""
    entry = {"@type": entry_type, "headline": TITLE, name: "\n".join(STORY)}
    script = f'<script type="application/ld+json">{json.dumps(entry)}</script>'
    body = body_of(article_page(["<p>Loading…</p>"], script))
    assert not set(body.paragraphs) & set(STORY)


def test_offers_and_furniture_in_it_are_no_body() -> None:
    """Publishers put them there, too."""
    declared = [*STORY, "All rights reserved.", "Subscribe now to read on."]
    assert declared_paragraphs("\n".join(declared)) == STORY


@pytest.mark.parametrize(
    "text", ["<" * 100_000, "<p " * 30_000, "&lt;" * 30_000, "a.A" * 50_000, "&amp;" * 50_000]
)
def test_a_hostile_body_is_read_in_a_moment(text: str) -> None:
    """The work is linear, and what no parser gets through is no body."""
    start = time.process_time()
    declared_paragraphs(text)
    assert time.process_time() - start < 5
