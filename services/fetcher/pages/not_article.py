"""Name the pages that are no articles, although a feed links to them. Pure.

To lose an article is worse than to let another page pass, which the cleaner may still drop: a page
that states that it is an article, that has its entry's headline or enough text, is never refused
for its look.
"""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from services.fetcher.addresses.comparable_address import comparable_address, telling_path
from services.fetcher.pages.headline_words import similarity, word_set
from services.fetcher.pages.obstacle_titles import name_titles
from services.fetcher.pages.page_facts import PageFacts, read_facts, read_types
from services.fetcher.pages.page_kinds import NotArticle

LITTLE_PROSE: Final = 400
"""Bytes of text outside links; of the evaluation pages' articles one in a hundred has less."""
MANY_LINKS: Final = 25
SAME_HEADLINE: Final = 0.5

_ARTICLE_TYPE: Final = re.compile(
    r"article|story|.*(?:article|posting|report|blogpost)|(?:claim)?review|quotation|speech.*"
)
_LIST_TYPES: Final = frozenset(
    ("collectionpage", "itemlist", "searchresultspage", "profilepage", "website")
)
_VIDEO_TYPE: Final = re.compile(r"video.*|clip|tvepisode|broadcastevent")
_GALLERY_TYPES: Final = frozenset(("imagegallery", "mediagallery", "gallery"))
_LIST_PATH: Final = re.compile(
    r"/(?:[a-z]{2}/)?(?:tags?|topics?|categor(?:y|ies)|sections?|authors?|search|archives?"
    r"|thema|themen|rubrik(?:en)?|schlagwort|etiquetas?|rubriques?|auteurs?|autor(?:es)?)(?:/|\Z)",
    re.IGNORECASE,
)
_VIDEO_PATH: Final = re.compile(r"/(?:videos?|watch|mediathek|tv)(?:/|\Z)", re.IGNORECASE)
_GALLERY_PATH: Final = re.compile(
    r"/(?:galler(?:y|ies)|photos?|pictures|slideshows?|bildergalerien?|fotostrecken?|fotogaler[^/]*"
    r"|diaporamas?)(?:/|\Z)",
    re.IGNORECASE,
)
_LOGIN_PATH: Final = re.compile(
    r"/(?:log-?in|sign-?in|sso|anmelden|einloggen|connexion|acceso)(?:[./?]|\Z)", re.IGNORECASE
)
_CONSENT_ADDRESS: Final = re.compile(r"(?:consent|privacy-?mgmt|cmp)\.|[^/]*/consent(?:/|\Z)")


@dataclass(frozen=True, slots=True, kw_only=True)
class PageContext:
    """What is known of a page beside its content.

    ``url``: the address that its entry links to; ``final_url``: where redirects led, "" if nowhere
    else. ``headline``: the entry's. ``was_article``: an article was read there before.
    """

    url: str
    final_url: str = ""
    headline: str | None = None
    was_article: bool = False


def name_page(content: bytes, context: PageContext) -> NotArticle | None:
    """Return what a page is if it is clearly no article, else None."""
    if any(_ARTICLE_TYPE.fullmatch(stated) for stated in read_types(content)):
        return None
    facts = read_facts(content)
    if facts.prose >= LITTLE_PROSE:
        return None
    kind = None if _has_headline(facts, context.headline) else _name_obstacle(facts, context)
    if kind is not None or context.was_article:
        return kind
    return _name_list(facts, context) or _name_media(facts, context.url)


def is_bot_check(content: bytes) -> bool:
    """Return whether the page of a refusal (403, 503) checks for robots."""
    return NotArticle.BOT_CHECK in name_titles(read_facts(content).titles)


def _has_headline(facts: PageFacts, headline: str | None) -> bool:
    words = word_set(headline)
    return any(similarity(words, word_set(title)) >= SAME_HEADLINE for title in facts.titles)


def _name_obstacle(facts: PageFacts, context: PageContext) -> NotArticle | None:
    """Name what a site shows instead of the page that was asked for."""
    address = comparable_address(context.final_url) if _has_led_away(context) else ""
    host, _, path = address.partition("/")
    if address and _CONSENT_ADDRESS.match(address):
        return NotArticle.CONSENT_PAGE
    if address and _LOGIN_PATH.search(f"/{path}"):
        return NotArticle.LOGIN_WALL
    kinds = name_titles(facts.titles)
    if not facts.asks_password:
        kinds -= {NotArticle.LOGIN_WALL}
    named = next((kind for kind in NotArticle if kind in kinds), None)
    return named or (NotArticle.FRONT_PAGE if host and not path else None)


def _has_led_away(context: PageContext) -> bool:
    """Return whether a redirect led to another page, and not to another spelling of its address."""
    if not context.final_url.startswith(("https://", "http://")):
        return False
    return comparable_address(context.final_url) != comparable_address(context.url)


def _name_list(facts: PageFacts, context: PageContext) -> NotArticle | None:
    """Name a page of links to articles: its address or its types, and its look, say so."""
    if facts.links < MANY_LINKS:
        return None
    parts = urlsplit(context.final_url or context.url)
    if parts.path in ("", "/") and not parts.query:
        return NotArticle.FRONT_PAGE
    is_list = bool(facts.types & _LIST_TYPES) or _LIST_PATH.match(parts.path)
    is_telling = telling_path(comparable_address(context.url))
    return NotArticle.INDEX_PAGE if is_list and not is_telling else None


def _name_media(facts: PageFacts, url: str) -> NotArticle | None:
    """Name a page that shows moving or still pictures and hardly says anything."""
    path = urlsplit(url).path
    is_video = any(_VIDEO_TYPE.fullmatch(stated) for stated in facts.types)
    if is_video and (_VIDEO_PATH.search(path) or facts.prose < LITTLE_PROSE // 2):
        return NotArticle.VIDEO_PAGE
    if _GALLERY_TYPES & facts.types or (_GALLERY_PATH.search(path) and not facts.prose):
        return NotArticle.GALLERY_PAGE
    return None
