"""What the names in class, id and the like say about an element: a list of words for each hint.

"_" is a separator or nothing (phrases.py).
"""

from functools import cache
from typing import Final

import numpy as np

from services.cleaner.page.blocks.walk.phrases import Automaton, build_automaton

HINTS: Final = {
    "body": "article_body|story_body|entry_content|post_content|article_content|article_text"
    "|story_content|story_text|body_text|artikel_text|content_body|body_content|news_text",
    "article": " article| story| entry| post| artikel|single",
    "paragraph": "paragraph| text |rich_text|absatz| copy |prose|body_copy",
    "content": "content|main",
    "related": "relat|recirc|recommend|more |read_more|also|mehr|weiter|similar|linked|outbrain"
    "|taboola|trending|popular|most|latest|ticker|read_next",
    "promo": "promo|teaser|card|tile|widget|module| box|info_box|fact_box|sidebar| rail|aside",
    "share": "share|social|facebook|twitter|whatsapp|follow|toolbar| tool | tools ",
    "comment": "comment|kommentar|disqus|discussion|forum| reply",
    "navigation": "nav|menu|breadcrumb| tab | tabs |top_bar",
    "footer": "foot|copyright|legal|imprint|disclaimer|agb",
    "offer": "newsletter|subscri|abo |sign_up|paywall|paid|premium|register|login|piano|gate|offer",
    "caption": "caption|credit|figure|image|photo|media|gallery|slide|picture|bild|video"
    "|player|embed",
    "author": "author|byline|autor|writer|contributor|bio ",
    "date": "date|time|publish|meta |dateline|updated",
    "topic": "tag|topic|categor|keyword|label|section_name|kicker|dachzeile|eyebrow",
    "headline": "head|title|headline|titel",
    "summary": "summary|lead |lede|deck|standfirst|intro|subtitle|excerpt|description|vorspann"
    "|abstract|subline|dek ",
    "advertisement": " ad | ads | adv |advert|anzeige|sponsor|werbung|banner|dfp",
    "dialog": "cookie|consent|gdpr|modal|popup|overlay|tooltip|dialog",
    "hidden": "hidden|hide|sr_only|visually|screen_reader|offscreen|invisible|print",
    "quote": "quote|zitat|pull",
    "note": "correction|note|footnote|source|editor",
    "list": "list|item|grid|row| col",
    "search": "search|audio|listen|speech|live",
}
"""Name of the hint: the words that give it, separated by bars."""

EMBEDS: Final = (
    " twitter tweet| tweet | instagram media| tiktok embed| fb post| fb video| bluesky embed"
    "| reddit embed| mastodon embed| telegram post| truthsocial embed|embedded_tweet|tweet_embed"
    "|social_embed|embedded_post"
)
"""Names of the elements in which networks have their posts embedded."""
EMBED_BIT: Final = np.uint64(1 << len(HINTS))


@cache
def hints() -> Automaton:
    """Return the automaton over all hints: bit n of what it finds is hint n.

    EMBED_BIT, the one after the last hint, is no feature.
    """
    return build_automaton([words.split("|") for words in (*HINTS.values(), EMBEDS)])
