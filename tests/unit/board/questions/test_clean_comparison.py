from dataclasses import replace
from datetime import UTC, datetime

import pytest

from services.board.questions.clean_comparison import MAX_LINES, compare_article, compare_content
from services.cleaner.pipeline import clean
from services.fetcher.seeds.seed_articles import iter_articles
from shared.base.outcomes import Drop
from shared.base.project import project_root
from shared.messages import codec
from shared.messages.schemas import (
    Change,
    CleanArticle,
    LanguageSpan,
    RawArticle,
    Span,
    TaggedArticle,
)

NOW = datetime(2018, 9, 12, tzinfo=UTC).isoformat()
PARAGRAPH = "The two delegations met for three hours on Tuesday and agreed to meet again before the end of the month, both sides said."


@pytest.fixture(scope="module")
def seed() -> RawArticle:
    """A seed article with much around it."""
    found = [
        each
        for each in iter_articles([project_root() / "seeds" / "articles"])
        if isinstance(each, RawArticle)
    ]
    return found[0]


def tagged(article: CleanArticle | Drop) -> bytes:
    assert isinstance(article, CleanArticle)
    return codec.encode(TaggedArticle(article=article, tagger_revision="t"))


def test_an_article_stands_beside_its_original(seed: RawArticle) -> None:
    """Each kept line belongs to a paragraph, in order; each other one says why; every field says
    whom it is from.
    """
    found = compare_article(tagged(clean(seed)), codec.encode(seed))
    kept = [line for line in found["lines"] if line["fate"] == "kept"]
    assert [line["paragraph"] for line in kept] == list(range(len(found["paragraphs"])))
    assert all(
        "".join(part["text"] for part in found["paragraphs"][line["paragraph"]]["parts"])
        == line["text"]
        for line in kept
    )
    assert all(line["why"] for line in found["lines"] if line["fate"] == "dropped")
    assert {"headline", "language", "body", "event_time"} <= {
        field["field"] for field in found["fields"]
    }


def test_without_its_original_the_article_is_shown_alone(seed: RawArticle) -> None:
    """articles.raw keeps a week."""
    found = compare_article(tagged(clean(seed)), None)
    assert "lines" not in found
    assert found["paragraphs"]


def test_foreign_and_repeated_paragraphs_are_told(seed: RawArticle) -> None:
    """The language of a paragraph with its confidence, and the stretch that other articles carry,
    too.
    """
    article = clean(seed)
    assert isinstance(article, CleanArticle)
    first, second = article.paragraphs[:2]
    known = replace(
        article,
        foreign=(LanguageSpan(start=first.start, end=first.end, language="ko", confidence=0.97),),
        repeated=(Span(start=second.start, end=second.start + 10),),
    )
    one, other = compare_article(tagged(known), None)["paragraphs"][:2]
    assert (one["language"], one["confidence"]) == ("ko", 0.97)
    assert [part["kind"] for part in other["parts"]] == ["repeated", ""]
    assert len(other["parts"][0]["text"]) == 10


def test_a_version_is_told_with_what_has_changed(seed: RawArticle) -> None:
    """In the headline and in the paragraph where it stands; what was removed, too."""
    article = clean(seed)
    assert isinstance(article, CleanArticle)
    at = article.paragraphs[1].start
    changes = (
        Change(field="headline", start=0, end=5, removed="Donald"),
        Change(field="body", start=at, end=at, removed="Said."),
    )
    found = compare_article(
        tagged(replace(article, version=2, replaces="r1", changes=changes, signal="correction")),
        None,
    )
    assert (
        found["article"]["version"],
        found["article"]["changes"],
        found["article"]["signal"],
    ) == (2, 2, "correction")
    assert [(part["text"], part["kind"]) for part in found["article"]["headline"][:2]] == [
        ("Donald", "removed"),
        ("Trump", "added"),
    ]
    assert found["paragraphs"][1]["parts"][0] == {"text": "Said.", "kind": "removed"}


def test_what_the_cleaner_rejects_says_why() -> None:
    """Also bytes that are no text at all."""
    assert compare_content(
        b"Menu\nHome\nContact us\nSubscribe\nLogin\nImprint\n", "", "x", NOW
    ) == {"rejected": "not an article"}
    assert "PDF" in compare_content(b"%PDF-1.7 \x00\x01", "", "x.pdf", NOW)["rejected"]


def test_a_page_of_somebodys_own_is_cleaned() -> None:
    """HTML is read as HTML, whatever its name; what hides in it comes back as text, if at all."""
    page = f"<html><body><script>alert(1)</script><h1>Talks go on</h1><p>{PARAGRAPH} &lt;img src=x onerror=alert(1)&gt;</p></body></html>".encode()
    found = compare_content(page, "", "x", NOW)
    assert found["article"]["headline"] == [{"text": "Talks go on", "kind": ""}]
    assert [line["text"] for line in found["lines"]] == [
        "Talks go on",
        f"{PARAGRAPH} <img src=x onerror=alert(1)>",
    ]


def test_what_is_shown_is_bounded() -> None:
    """However many lines there are, and however long they are."""
    text = "\n\n".join(
        [PARAGRAPH]
        + [f"{PARAGRAPH} {number}" for number in range(MAX_LINES + 500)]
        + ["x" * 100_000]
    )
    found = compare_content(text.encode(), "text/plain", "x", NOW)
    assert found["more_lines"] > 0
    assert sum(len(line["text"]) for line in found["lines"]) <= 400_000
    assert sum(len(part["text"]) for one in found["paragraphs"] for part in one["parts"]) <= 400_000
