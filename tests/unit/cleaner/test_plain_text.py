"""Text → article: the same text is the same article, and its language is identified."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from services.cleaner.plain_text import article_from_text

AT = datetime(2018, 9, 12, 8, tzinfo=timezone(timedelta(hours=9)))


@pytest.mark.parametrize(
    ("headline", "body", "language"),
    [
        ("", "Trump reist nach Südkorea, sagte ein Sprecher des Weißen Hauses.", "de"),
        ("Sommet à Pyongyang", "La Corée du Nord a accueilli le président Moon mardi.", "fr"),
        ("Summit opens", "Moon arrived in Pyongyang for his third summit with Kim.", "en"),
        ("", "김정은 국무위원장이 평양에서 회담했다.", "ko"),
        ("", "", "und"),
    ],
)
def test_the_language_is_identified(headline: str, body: str, language: str) -> None:
    """From headline and body, as the cleaner does it."""
    article = article_from_text(headline, body, published_at=AT, source="x")
    assert article.language == language


def test_a_language_that_is_known_is_taken() -> None:
    """With full confidence, whatever the text looks like."""
    article = article_from_text("", "Kim wrote.", published_at=AT, source="x", language="en")
    assert (article.language, article.language_confidence) == ("en", 1.0)


def test_the_same_text_is_the_same_article() -> None:
    """Ids depend on text and namespace; the text itself does not change; times are UTC."""
    first, again, other = (
        article_from_text("H", " A\n\nb ", published_at=AT, source="x", namespace=namespace)
        for namespace in ("test", "test", "try")
    )
    assert first == again
    assert first.article_id != other.article_id
    assert (first.headline, first.body) == ("H", " A\n\nb ")
    assert first.event_time == datetime(2018, 9, 11, 23, tzinfo=UTC)
    assert replace(first, source="y") == article_from_text(
        "H", " A\n\nb ", published_at=AT, source="y", namespace="test"
    )
