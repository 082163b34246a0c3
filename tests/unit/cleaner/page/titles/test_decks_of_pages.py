"""Decks of whole pages, plain texts and wire items: a standfirst or summary, never body as well."""

import json
from collections.abc import Callable

import pytest

from services.cleaner.pipeline import clean
from shared.messages.schemas import CleanArticle, RawArticle
from tests.unit.cleaner.conftest import STORY

Made = Callable[..., RawArticle]

HEADLINE = "Delegations agree to meet again"
DECK = "After months of silence, both capitals want inspectors to return before winter."
SHORT = "Inspectors may return before the winter, both capitals say."


def cleaned(
    raw: Made, head: str = "", above: str = "", inside: str = "", name: str = "Example Post"
) -> CleanArticle:
    """Clean a page; ``above`` the paragraphs, below the headline; ``inside`` after the first."""
    first, *others = (f"<p>{paragraph}</p>" for paragraph in STORY)
    text = (
        f"<!doctype html><html lang=en><head><title>{HEADLINE} | {name}</title>"
        f"<meta property=og:site_name content='{name}'>{head}</head><body><nav><a href=/>Home</a>"
        f"</nav><article><h1>{HEADLINE}</h1>{above}{first}{inside}{''.join(others)}</article>"
        f"<footer>Contact</footer></body></html>"
    )
    article = clean(raw(text, content_type="text/html"))
    assert isinstance(article, CleanArticle)
    return article


def description(text: str, name: str = "og:description") -> str:
    return f'<meta property="{name}" content="{text}">'


def json_ld(text: str) -> str:
    article = {"@type": "NewsArticle", "headline": HEADLINE, "description": text}
    return f'<script type="application/ld+json">{json.dumps(article)}</script>'


@pytest.mark.parametrize(
    "above",
    [
        f"<p class=standfirst>{DECK}</p>",
        f"<h2>{DECK}</h2>",
        f"<div class=article__deck><p>{DECK}</p></div>",
        f"<p class=subtitle>{DECK}</p><p class=byline>By Ann Lee</p>",
        f"<p class=byline>By Ann Lee</p><p class=vorspann>{DECK}</p>",
        f"<figure><img src=a><figcaption>A hall in the city, seen from the river.</figcaption></figure><p class=dek>{DECK}</p>",
    ],
)  # fmt: skip
def test_a_standfirst_is_the_deck(above: str, raw: Made) -> None:
    """It stands between headline and body; the head's description does not matter then."""
    article = cleaned(raw, description(SHORT), above)
    assert (article.deck, article.evidence["deck"]) == (DECK, "page")
    assert DECK not in article.body
    assert [article.body[span.start : span.end] for span in article.paragraphs] == STORY


def test_a_standfirst_of_several_blocks(raw: Made) -> None:
    """They are joined."""
    above = f"<ul class=article-summary><li>{DECK}</li><li>{SHORT}</li></ul>"
    assert cleaned(raw, above=above).deck == f"{DECK} {SHORT}"


@pytest.mark.parametrize(
    ("head", "provenance"),
    [
        (description(DECK), "meta"),
        (description(DECK, "twitter:description"), "meta"),
        (f'<meta name=description content="{DECK}">', "meta"),
        (json_ld(DECK), "json-ld"),
        (json_ld(f"<p>{DECK}</p>"), "json-ld"),
    ],
)
def test_without_a_standfirst_the_head_gives_the_deck(
    head: str, provenance: str, raw: Made
) -> None:
    """The record has all that the head says."""
    article = cleaned(raw, head)
    assert (article.deck, article.evidence["deck"]) == (DECK, provenance)
    record = next(finding for finding in article.findings if finding.field == "deck")
    assert record.testimony[0].said == DECK


@pytest.mark.parametrize(
    "text",
    [
        STORY[0],
        STORY[0][:70] + "…",
        STORY[0][:70] + "...",
        f"{STORY[0]} {STORY[1][:60]}",
        HEADLINE + ".",
        "talks, delegations, capital, inspectors, winter, peace, north, south",
        "Read the latest news and analysis on the talks.",
        "The Example Post is your source for news from the whole region.",
        "Example Post brings you news and opinion from around the world every day.",
        "Subscribe now to read all our articles on all devices.",
        "World",
    ],
)
def test_what_is_no_summary_is_no_deck(text: str, raw: Made) -> None:
    """The body's beginning, a text that is cut off, keywords, and what the site says of itself."""
    article = cleaned(raw, description(text))
    assert (article.deck, article.evidence["deck"]) == ("", "none")


@pytest.mark.parametrize(
    "above",
    [
        f"<p class=intro>{DECK}</p>",
        f"<p class=lead>{DECK}</p>",
        f"<p>{DECK}</p>",
    ],
)
def test_a_first_paragraph_is_deck_or_body_but_not_both(above: str, raw: Made) -> None:
    """Whatever its element is called, and whether or not the head repeats it."""
    for head in ("", description(DECK)):
        article = cleaned(raw, head, above)
        assert (article.deck == DECK) != (DECK in article.body)
        assert article.deck in ("", DECK)


def test_the_sites_own_description_is_no_deck(raw: Made) -> None:
    """JSON-LD names it as the description of the site."""
    site = {"@type": "WebSite", "name": "Example Post", "description": DECK}
    script = f'<script type="application/ld+json">{json.dumps(site)}</script>'
    assert cleaned(raw, script + description(DECK)).deck == ""


def test_a_caption_is_no_deck(raw: Made) -> None:
    """Some sites describe the article by its picture."""
    caption = "The two delegations at their table, seen from the gallery of the hall."
    figure = f"<figure><img src=a><figcaption>{caption}</figcaption></figure>"
    assert cleaned(raw, json_ld(caption), figure).deck == ""


def test_the_deck_belongs_to_the_revision(raw: Made) -> None:
    """Another deck is another revision; an article without one has the id that it always had."""
    with_deck, without = cleaned(raw, description(DECK)), cleaned(raw)
    assert with_deck.revision != without.revision
    assert with_deck.revision != cleaned(raw, description(SHORT)).revision
    assert with_deck.signature == without.signature


def test_the_deck_of_a_plain_text(raw: Made) -> None:
    """A sentence between headline and text is the deck, unless it is taken for the lead."""
    unended = "Inspectors may return before the winter, people close to both capitals say"
    decks: list[str] = []
    for deck in (DECK, SHORT, unended):
        text = f"{HEADLINE}\n\n{deck}\n\n" + "\n\n".join(STORY)
        article = clean(raw(text))
        assert isinstance(article, CleanArticle)
        assert article.headline == HEADLINE
        assert (article.deck == deck) != (deck in article.body)
        decks.append(article.deck)
    assert decks[-1] == unended


@pytest.mark.parametrize("field", [{"description_text": DECK}, {"descriptions": [{"value": DECK}]}])
def test_the_deck_of_a_wire_item(field: dict[str, object], raw: Made) -> None:
    """The item's description, unless its body repeats it."""
    item = {"uri": "u", "headline": HEADLINE, "body_text": "\n\n".join(STORY)} | field
    article = clean(raw(json.dumps(item), content_type="application/json"))
    assert isinstance(article, CleanArticle)
    assert (article.deck, article.evidence["deck"]) == (DECK, "ninjs")
    repeated = item | {"description_text": STORY[0], "descriptions": []}
    article = clean(raw(json.dumps(repeated), content_type="application/json"))
    assert isinstance(article, CleanArticle)
    assert article.deck == ""
