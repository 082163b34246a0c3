"""Boxes in an article are no body: embedded posts, facts, captions, offers; lists are."""

import pytest

from services.cleaner.page.body import boxes
from tests.article_pages import STORY, STORY_HTML, article_page, body_of

TWEET = (
    "<blockquote{}><p>Three hours on this platform and nobody tells us anything at all about it."
    '</p>{}Jo Field (@jo_field) <a href="https://x.example/1">3 May 2026</a></blockquote>'
)
FACTS = "<ul><li>Opened: 1971</li><li>Length: 412 metres</li><li>Cars a day: 31,000</li></ul>"
BOXES = [
    TWEET.format(' class="twitter-tweet"', "&mdash; "),
    TWEET.format(' class="x9"', "— "),
    f"<div class='q1'>{TWEET.format('', '– ')}</div>",
    "<figure><img src='/1.jpg'><figcaption>Workers hang flags along the road before the leaders arrive at the opera house on Tuesday.</figcaption></figure>",
    "<figcaption>The delegations leave the hotel by a side door.</figcaption>",
    "<figure><a href='/1'><img src='/1.jpg'></a><figcaption><span>A guard.</span> He has stood there since the morning.</figcaption></figure>",
    f"<h3>The bridge by numbers</h3>{FACTS}",
    f"<div class='z'><h2>The summit at a glance</h2>{FACTS}</div>",
    f"<section><p><strong>Key facts</strong></p>{FACTS}</section>",
    "<div><h4>Hanoi in numbers</h4><p>Eight million people live in the city.</p><p>Six bridges cross the river.</p></div>",
    "<p>Are you affected by the issues raised in this story? Get in touch by emailing <a href='mailto:you@wire.example'>you@wire.example</a>.</p>",
    "<p>Were you at the opera house? Tell us what you saw.</p>",
    "<p>Got a tip? Contact our reporters at tips@wire.example.</p>",
    "<p>Get in touch with us via the form below.</p>",
    "<p>Sign up for our morning newsletter and get the day's stories in your inbox.</p>",
    "<p>Subscribe to the Asia briefing, a weekly newsletter about the region.</p>",
    "<p>Follow us on Twitter and Instagram.</p>",
    "<p>Read next: Why the second summit matters</p>",
    "<p>You may also like: Ten hotels with a lake view</p>",
    "<div><h3>More on this story</h3><ul><li><a href='/1'>How the first summit went</a></li><li><a href='/2'>What the treaty says</a></li></ul></div>",
]
MORE_BOXES = [
    "<p>You can also get in touch in the following ways:</p>",
    "<p>If you have been affected by the closure, please email haveyoursay@wire.example.</p>",
    "<p>Share your experience by emailing news@wire.example. Please include a contact number.</p>",
    "<p>WhatsApp: +44 7700 900000</p>",
    "<p>Follow Wire Asia on Facebook, Twitter and Instagram.</p>",
    "<p>Get the day's top stories in your inbox every morning.</p>",
    "<p>Want more stories like this? Sign up to our Friday letter.</p>",
    "<p>Listen to our podcast about the summit here.</p>",
    "<p>Download the Wire app for breaking news.</p>",
    "<p><a href='/x'>Read more about the first summit in Singapore</a></p>",
    "<p>Read more: <a href='/x'>What the first summit achieved</a></p>",
    "<p><b>See also:</b> <a href='/x'>What the first summit achieved</a></p>",
    "<p>READ NEXT: <a href='/1'>The men who plan the dinners</a></p>",
    "<h3>Top stories</h3><ul><li><a href='/1'>Storm closes airports in the north</a></li><li><a href='/2'>Minister resigns over the letter</a></li></ul>",
    "<div><h4>Recommended for you</h4><p><a href='/2'>Minister resigns over the letter</a></p></div>",
    "<blockquote class='instagram-media'><a href='https://instagram.com/p/1'>View this post on Instagram</a><p>A post shared by Jo Field (@jo.field)</p></blockquote>",
    "<blockquote class='bluesky-embed'><p>The lake is closed and so is the road to it.</p>— Jo Field (@jofield.bsky.social) 26 February 2019</blockquote>",
    "<div class='fb-post'><blockquote><p>The lake is closed and so is the road to it.</p>Posted by Jo Field on Tuesday</blockquote></div>",
    "<div class='tweet'><p>The lake is closed and so is the road to it.</p><p>Jo Field @jofield · 26 Feb</p></div>",
    "<div><h3>By the numbers: the second summit</h3><p>3,000 journalists were accredited.</p><p>The hotel has 364 rooms.</p></div>",
    "<aside><h3>Facts and figures</h3><ul><li>Journalists: 3,000</li><li>Rooms: 364</li></ul></aside>",
    "<div class='fact-box'><h3>Opera house</h3><p>Built in 1911 by a French architect.</p><p>It has 598 seats.</p></div>",
    "<div><strong>Key figures</strong><table><tr><td>Journalists</td><td>3,000</td></tr><tr><td>Rooms</td><td>364</td></tr></table></div>",
    "<div><h2>The opera house in brief</h2><ul><li>Built in 1911</li><li>598 seats</li></ul></div>",
    "<p class='caption'>A guard waits at the door of the hotel. Photo: Jan Dahl</p>",
    "<div class='image'><img src='/1.jpg'><p class='image-caption'>A guard waits at the door of the hotel on Tuesday.</p></div>",
    "<form><p>Enter your email address to get the Asia letter every week.</p><input></form>",
    "<div class='newsletter-signup'><h3>The Asia letter</h3><p>Every Friday our correspondents write about the region.</p></div>",
]


@pytest.mark.parametrize("box", [*BOXES, *MORE_BOXES])
def test_a_box_is_no_body(box: str) -> None:
    """Nothing of it is in the body, and every paragraph around it is."""
    inside = [*STORY_HTML[:3], box, *STORY_HTML[3:]]
    assert body_of(article_page(inside)).paragraphs == STORY
    components = [f"<div class='css-a1'><div class='css-b2'>{part}</div></div>" for part in inside]
    assert body_of(article_page(components)).paragraphs == STORY


TEXTS = [
    "<ul><li><p>The first point of the draft calls for liaison offices in both capitals.</p></li><li><p>The second point names a panel that would inspect the site by the lake.</p></li></ul>",
    "<ol><li>The first point of the draft calls for liaison offices in both capitals.</li><li>The second point names a panel that would inspect the site by the lake.</li></ol>",
    "<dl><dt>Offices</dt><dd>The first point of the draft calls for liaison offices in both capitals.</dd><dt>Panel</dt><dd>The second point names a panel that would inspect the site by the lake.</dd></dl>",
    "<table><tr><td>The first point of the draft calls for liaison offices in both capitals.</td></tr><tr><td>The second point names a panel that would inspect the site by the lake.</td></tr></table>",
    "<blockquote><p>The first point of the draft calls for liaison offices in both capitals. The second point names a panel that would inspect the site by the lake.</p></blockquote>",
]


@pytest.mark.parametrize("html", TEXTS)
def test_lists_tables_and_quotations_are_text(html: str) -> None:
    """Sentences in them are part of the body, in their order."""
    body = body_of(article_page([*STORY_HTML[:3], html, *STORY_HTML[3:]]))
    text = " ".join(body.paragraphs)
    assert "calls for liaison offices in both capitals." in text
    assert "inspect the site by the lake." in text
    assert [part for part in body.paragraphs if part in STORY] == [*STORY]


def test_a_box_says_what_it_is() -> None:
    """Every dropped block of an embedded post has the reason."""
    post = BOXES[0].replace("twitter-tweet", "x9")
    body = body_of(article_page([*STORY_HTML[:3], post, *STORY_HTML[3:]]))
    assert len(body.dropped) == 2
    assert boxes.EMBEDDED in {line.why for line in body.dropped}


def test_a_section_of_prose_is_no_fact_box() -> None:
    """A subhead that speaks of numbers does not take the story below it along."""
    inside = f"<section><h2>The city in numbers</h2>{''.join(STORY_HTML[2:])}</section>"
    body = body_of(article_page([*STORY_HTML[:2], inside]))
    assert [part for part in body.paragraphs if part in STORY] == [*STORY]
