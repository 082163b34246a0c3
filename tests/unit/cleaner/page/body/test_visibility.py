"""What readers cannot see is no text, unless a script shows the whole article."""

import pytest

from services.cleaner.page.body import verdicts
from services.cleaner.page.page_blocks import walk_page
from services.cleaner.page.parse import parse_page
from tests.article_pages import STORY, STORY_HTML, article_page, body_of

SECRET = "Hidden hockey text that no reader of this page ever gets to see in any browser at all."
HIDING = [
    'style="display:none"',
    'style="color: red; DISPLAY : none !important"',
    "hidden",
    'hidden="hidden"',
    'aria-hidden="true"',
    'style="visibility:hidden"',
    'style="visibility: collapse"',
    'style="opacity:0"',
    'style="opacity: 0.0; transition: all 1s"',
    'style="position:absolute;left:-9999px"',
    'style="text-indent: -999em"',
    'style="position: absolute; clip: rect(0 0 0 0)"',
    'style="clip:rect(1px, 1px, 1px, 1px)"',
    'style="clip-path: inset(50%)"',
    'style="width:1px; height:1px; overflow:hidden"',
    'style="max-height:0; overflow: hidden"',
    'style="font-size:0"',
    'class="sr-only"',
    'class="note Visually-Hidden"',
    'class="screen-reader-text"',
    'class="hidden"',
    'class="d-none"',
]
SHOWING = [
    'style="display:block"',
    'aria-hidden="false"',
    'style="opacity:.5"',
    'style="left:-10px"',
    'style="height:0"',
    'style="clip-path: inset(0 10%)"',
    'class="hidden md:block"',
    'class="d-none d-lg-block"',
    'class="hidden-gem"',
    'hidden="until-found"',
    'class="paywall" hidden',
]


def hides(html: str) -> bool:
    page = walk_page(parse_page(f"<div>{html}</div>"))
    return bool(page.elements.hidden[page.blocks.element[0]])


@pytest.mark.parametrize("attribute", HIDING)
def test_a_hidden_paragraph_is_no_text(attribute: str) -> None:
    """The paragraph is left out wherever it stands, and says why; the others stay."""
    inside = [*STORY_HTML]
    body = body_of(article_page([*inside[:2], f"<p {attribute}>{SECRET}</p>", *inside[2:]]))
    assert body.paragraphs == tuple(STORY)
    wrapped = f"<div {attribute}><p>{SECRET}</p></div>"
    body = body_of(article_page([*inside[:2], wrapped, *inside[2:]]))
    assert body.paragraphs == tuple(STORY)
    assert hides(f"<p {attribute}>{SECRET}</p>")


@pytest.mark.parametrize("attribute", SHOWING)
def test_what_only_looks_like_hiding_hides_nothing(attribute: str) -> None:
    """Wide screens show it, a search shows it, or the value hides nothing."""
    assert not hides(f"<p {attribute}>{SECRET}</p>")


@pytest.mark.parametrize(
    ("html", "is_hidden"),
    [
        ("<dialog><p>Accept?</p></dialog>", True),
        ("<dialog open><p>Accept?</p></dialog>", False),
        ("<details><summary>More</summary><p>Text</p></details>", False),
    ],
)
def test_a_dialog_is_seen_when_it_is_open(html: str, is_hidden: bool) -> None:
    """What a reader can open without a script counts as seen."""
    assert hides(html) == is_hidden


@pytest.mark.parametrize(
    ("html", "text"),
    [
        (
            '<p>Talks<span class="sr-only"> (opens in a new window)</span> ended.</p>',
            "Talks ended.",
        ),
        ('<p>Talks <b style="display:none">secretly </b>ended.</p>', "Talks ended."),
        ('<p>Talks ended.<a aria-hidden="true" href="#t">link</a></p>', "Talks ended."),
        (
            '<p><span aria-hidden="true">T</span><span class="sr-only">T</span>alks ended.</p>',
            "Talks ended.",
        ),
        ('<p><span class="cap" aria-hidden="true">T</span>alks ended.</p>', "Talks ended."),
        ('<p>Talks<span class="hide">: </span>Six dead</p>', "Talks: Six dead"),
        ("<p>Talks ended.<noscript>Enable it.</noscript></p>", "Talks ended."),
        ("<p>Talks ended.<template><b>Again</b></template></p>", "Talks ended."),
    ],
)
def test_hidden_words_inside_a_paragraph_are_no_text(html: str, text: str) -> None:
    """Inline elements hide, too; a drop cap is hidden from screen readers only."""
    assert walk_page(parse_page(html)).texts == [text]


@pytest.mark.parametrize(
    "wrapper",
    [
        "<div hidden id='S:1'>{}</div>",
        "<div style='opacity:0' class='fade-in'>{}</div>",
        "<div class='article-lazy hidden'>{}</div>",
        "<div aria-hidden='true'>{}</div>",
        "<section style='visibility:hidden'>{}</section>",
    ],
)
def test_an_article_that_is_hidden_until_a_script_runs_stays(wrapper: str) -> None:
    """The whole body in such a wrapper is the body."""
    inside = "".join(f"<p>{text}</p>" for text in STORY)
    assert body_of(article_page([wrapper.format(inside)])).paragraphs == tuple(STORY)


def test_paragraphs_that_fade_in_one_by_one_stay() -> None:
    """Each paragraph is transparent until a script has seen it."""
    inside = [f"<p style='opacity:0'>{text}</p>" for text in STORY]
    assert body_of(article_page(inside)).paragraphs == tuple(STORY)


def test_what_subscribers_see_is_text() -> None:
    """A wrapper that is called a paywall holds the article's further paragraphs."""
    inside = [*STORY_HTML]
    fade = f"<div class='paywall' hidden>{''.join(inside[2:])}</div>"
    assert body_of(article_page([*inside[:2], fade])).paragraphs == tuple(STORY)


def test_a_hidden_block_says_why_it_is_left_out() -> None:
    """The reason is the verdict's, where the model alone would have kept it."""
    inside = [*STORY_HTML]
    secret = f"<p style='display:none'>{SECRET}</p>"
    body = body_of(article_page([*inside[:2], secret, *inside[2:]]))
    assert [line.text for line in body.dropped] == [SECRET]
    assert body.dropped[0].why == verdicts.UNSEEN
