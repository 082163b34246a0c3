"""A short text that was posted is an article; a longer one, or a fetched one, is judged."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from services.cleaner.drop_reasons import CleanDrop
from services.cleaner.lines.posted_text import MAX_WORDS
from services.cleaner.pipeline import clean
from shared.base.outcomes import Drop
from shared.messages.schemas import CleanArticle, RawArticle

PAGE = "<html><head><title>{title}</title></head><body>{body}</body></html>"


def posted(text: str, content_type: str = "text/html", headline: str | None = None) -> RawArticle:
    return RawArticle(
        source="wire",
        uri="urn:wire:1",
        content_type=content_type,
        content=text.encode(),
        fetched_at=datetime(2018, 9, 11, tzinfo=UTC),
        origin="push",
        headline=headline,
    )


@pytest.mark.parametrize(
    ("text", "headline", "body"),
    [
        ("<h1>Kim is dead</h1><p>He died.</p>", "Kim is dead", "He died."),
        ("<p>Talks off</p><p>No date.</p>", "Talks off", "No date."),
        (PAGE.format(title="Talks off", body="<p>No new date.</p>"), "Talks off", "No new date."),
        ("<p>会談中止。</p>", "会談中止。", "会談中止。"),
        ("<div>Flash<br>Kim is dead</div>", "Flash Kim is dead", "Flash Kim is dead"),
    ],
)
def test_a_short_page_is_its_text(text: str, headline: str, body: str) -> None:
    """The title is no part of the body unless it is all there is."""
    article = clean(posted(text))
    assert isinstance(article, CleanArticle)
    assert article.headline == headline
    assert article.body == body


def test_what_was_fetched_is_judged_as_before() -> None:
    """A page of a site with two words on it is none of its articles."""
    for origin in ("feed", "seed"):
        raw = replace(posted("<p>Hello there</p>"), origin=origin)
        assert isinstance(clean(raw), Drop)


def test_a_longer_text_is_judged() -> None:
    """A list of links may be posted by mistake."""
    links = "".join(f"<li><a href=/{number}>Link {number}</a></li>" for number in range(MAX_WORDS))
    assert isinstance(clean(posted(f"<ul>{links}</ul>")), Drop)


def test_nothing_is_made_of_nothing() -> None:
    """Tags and signs without a word are no text."""
    for text in ("<p></p>", "<p>...</p>", "<script>x = 1</script>"):
        outcome = clean(posted(text))
        assert outcome == Drop(CleanDrop.EMPTY_BODY)
    assert isinstance(clean(posted("* * *", "text/plain")), Drop)
