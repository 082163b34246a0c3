"""Dispatches of one destination that wait for their story's message. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.alerting.deliver.grouping.destination_stories import StoryPlace
from shared.messages.schemas import Dispatch


@dataclass(slots=True, kw_only=True)
class WaitingDispatch:
    """A dispatch, its record, and when its wait is over.

    ``offset`` is None once the dispatch is kept in the state, so that its source record is
    finished. ``place`` is its place in a story, once it has one; ``is_provisional``: it is given
    another one when its wait is over. ``is_redriven``: a person asked for another try.
    """

    dispatch: Dispatch
    record: Any
    headers: Mapping[str, str]
    written_at: datetime
    due: datetime
    offset: int | None
    place: StoryPlace | None = None
    is_provisional: bool = False
    is_redriven: bool = False

    @property
    def is_stored(self) -> bool:
        """Whether it is kept in the state."""
        return self.offset is None

    @property
    def has_wait(self) -> bool:
        """Whether it waits for others of its story."""
        return self.due > self.written_at

    @property
    def story_id(self) -> str:
        """The story that it belongs to; a burst or a notice is a story of its own."""
        return self.place.story_id if self.place else self.dispatch.dispatch_id


def arrival_order(waiting: WaitingDispatch) -> tuple[datetime, str, int, str]:
    """Return the sort key by which dispatches join stories, whatever their order of arrival."""
    dispatch = waiting.dispatch
    if dispatch.article is None:
        return waiting.written_at, "", 0, dispatch.dispatch_id
    clean = dispatch.article.article
    return clean.event_time, clean.article_id, clean.version, dispatch.dispatch_id
