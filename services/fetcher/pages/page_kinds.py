"""The kinds of pages that are no articles. Pure."""

from enum import StrEnum
from typing import Final


class NotArticle(StrEnum):
    """What a page is that is no article, as logs, metrics and ``feeds try`` show it."""

    BOT_CHECK = "a check for robots"
    CONSENT_PAGE = "a consent page"
    LOGIN_WALL = "a login wall"
    PAYWALL = "an offer of subscription"
    SOFT_404 = "an error page"
    FRONT_PAGE = "a front page"
    INDEX_PAGE = "a list of articles"
    VIDEO_PAGE = "a video"
    GALLERY_PAGE = "a gallery"


TRANSIENT: Final = frozenset(
    (
        NotArticle.BOT_CHECK,
        NotArticle.CONSENT_PAGE,
        NotArticle.LOGIN_WALL,
        NotArticle.PAYWALL,
        NotArticle.SOFT_404,
        NotArticle.FRONT_PAGE,
    )
)
"""What stands in for an article that may come with the next request."""
