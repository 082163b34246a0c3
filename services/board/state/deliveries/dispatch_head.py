"""The part of a dispatch that the board reads: which alerts, for whom. Pure."""

from datetime import datetime
from typing import Final

import msgspec

from services.board.state.cards import HEADLINE_CHARACTERS
from services.board.state.excerpt import shorten

MAX_ALERTS: Final = 2_000


class _HeadAlert(msgspec.Struct):
    alert_id: str
    headline: str = ""


class _HeadArticle(msgspec.Struct):
    article_id: str
    revision: str
    headline: str


class _HeadTagged(msgspec.Struct):
    article: _HeadArticle


class DispatchHead(msgspec.Struct):
    """A dispatch without its article's text; the decoder skips what is not named here."""

    dispatch_id: str
    destination: str
    severity: str
    alerts: tuple[_HeadAlert, ...] = ()
    article: _HeadTagged | None = None
    reason: str = ""
    omitted: int = 0
    waits_since: datetime | None = None
    waits_because: str = ""

    @property
    def alert_ids(self) -> tuple[str, ...]:
        """The ids of its alerts."""
        return tuple(alert.alert_id for alert in self.alerts[:MAX_ALERTS])

    @property
    def headline(self) -> str:
        """Its article's headline; that of its first alert, or its text, if it has no article."""
        if self.article is not None:
            return shorten(self.article.article.headline, HEADLINE_CHARACTERS)
        first = self.alerts[0].headline if self.alerts else self.reason
        return shorten(first, HEADLINE_CHARACTERS)

    @property
    def version(self) -> tuple[str, str]:
        """Its article's id and revision; empty without one."""
        article = self.article.article if self.article else None
        return (article.article_id, article.revision) if article else ("", "")
