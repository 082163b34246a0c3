"""Pages of one article for tests of the cleaner: a menu, the article, a footer; and their bodies."""

from collections.abc import Iterable
from typing import Final

from services.cleaner.page.blocks.boosted_trees import load_model
from services.cleaner.page.body.find_body import Body, find_body
from services.cleaner.page.head import parse_head
from services.cleaner.page.page_blocks import walk_page
from services.cleaner.page.parse import parse_page

TITLE: Final = "Leaders arrive for second summit"
STORY: Final = (
    "The two leaders are expected to sit down for dinner at a hotel in the old quarter on Wednesday evening, officials on both sides said.",
    "Workers hung flags of three countries along the lakeside road, and police closed several streets around the opera house before dawn.",
    "Negotiators spent a fifth day on a draft statement that would commit both sides to further steps, according to a person briefed on the talks.",
    "Diplomats cautioned that the text could still change, because neither delegation has the authority to settle the hardest questions alone.",
    "Residents said that they were proud to host the meeting and hoped that it would bring visitors to the city long after the motorcades left.",
)
STORY_HTML: Final = tuple(f"<p>{text}</p>" for text in STORY)


def article_page(inside: Iterable[str], head: str = "") -> str:
    """Build a page with this HTML in its article."""
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{TITLE} | The Wire'
        f'</title><meta property="og:title" content="{TITLE}"><meta property="og:type"'
        f' content="article"><meta property="og:site_name" content="The Wire">{head}</head><body><nav><a href="/">Home</a> <a href="/world">World</a> <a href="/asia">Asia</a></nav>'
        f"<article><h1>{TITLE}</h1>{''.join(inside)}</article><footer>© The Wire. All rights"
        ' reserved. <a href="/terms">Terms</a></footer></body></html>'
    )


def body_of(html: str, headline: str = TITLE) -> Body:
    """Extract the body with the packaged model."""
    tree = parse_page(html)
    head = parse_head(tree)
    return find_body(walk_page(tree), head, headline, load_model())
