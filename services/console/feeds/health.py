"""How a feed does, for people and for programs. Pure."""

from datetime import datetime
from typing import Any

from services.console.feeds.spans import format_span
from shared.messages.feed_health import unusual_quiet_s
from shared.messages.schemas import FeedState


def health_fields(state: FeedState, now: datetime) -> dict[str, Any]:
    """Return the state's rhythm and health for programs; spans in seconds."""
    return {
        "error_kind": state.error_kind,
        "succeeded_at": state.succeeded_at,
        "entry_at": state.entry_at,
        "usual_gap_s": state.rhythm.usual_gap_s if state.rhythm else None,
        "quiet_s": unusual_quiet_s(state, now),
        "moved_to": state.moved.url if state.moved else None,
    }


def health_words(state: FeedState, now: datetime) -> list[str]:
    """Return the same for people, as far as there is something to say."""
    words = list[str]()
    if state.rhythm and state.rhythm.usual_gap_s:
        words.append(f"usual gap {format_span(state.rhythm.usual_gap_s)}")
    if quiet_s := unusual_quiet_s(state, now):
        words.append(f"quiet for {format_span(quiet_s)}")
    if state.moved:
        words.append(f"moved to {state.moved.url.partition('?')[0]}")
    return words
