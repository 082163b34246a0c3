"""The links of a message: which ones, on every channel, and only with a key."""

import json
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest

from services.alerting.deliver.channels.channel import Post
from services.alerting.deliver.channels.console import render_text
from services.alerting.deliver.channels.message.action_links import build_action_links
from services.alerting.deliver.channels.slack import check_limits
from services.alerting.deliver.channels.slack_message import render, render_plain
from services.alerting.deliver.channels.templates.samples import SAMPLES
from services.alerting.deliver.channels.webhook import build_payload
from shared.feedback.message_links import MessageLinks, reference
from shared.messages.schemas import NotificationKind

NOW: Final = datetime(2026, 3, 14, 9, 26, tzinfo=UTC)
LINKS: Final = MessageLinks(["k" * 32], timedelta(days=7), "https://board.example")
BOARD: Final = "https://board.example"


def post_of(kind: NotificationKind) -> Post:
    notification = SAMPLES[kind].notification
    return Post(
        notification=notification, action_links=build_action_links(notification, LINKS, NOW)
    )


@pytest.mark.parametrize("kind", list(SAMPLES))
def test_a_story_can_be_silenced_and_a_notice_has_no_links(kind: NotificationKind) -> None:
    """A burst and a digest are about several stories; of a digest nothing is wrong as a whole."""
    labels = [label for label, _ in post_of(kind).action_links]
    assert labels == {
        "notice": [],
        "digest": ["Acknowledge"],
        "burst": ["Wrong", "Acknowledge"],
    }.get(kind, ["Silence", "Wrong", "Acknowledge"])
    message = reference(SAMPLES[kind].notification)
    assert bool(message.story_id) == (kind not in ("burst", "digest"))


@pytest.mark.parametrize("kind", list(SAMPLES))
def test_every_channel_shows_them_within_its_limits(kind: NotificationKind) -> None:
    """As plain links, whatever the message says besides."""
    post = post_of(kind)
    payload = render(post, BOARD)
    check_limits(payload)
    for label, address in post.action_links:
        assert f"<{address}|{label}>" in json.dumps(payload)
        assert f"{label}: {address}" in render_text(post, BOARD)
        assert build_payload(post)["links"][label.lower()] == address


def test_without_a_key_a_message_has_none() -> None:
    """Nor has the minimal form, which follows when the full one was refused."""
    notification = SAMPLES["first"].notification
    assert build_action_links(notification, None, NOW) == ()
    assert "feedback" not in json.dumps(render(Post(notification=notification), BOARD))
    assert "feedback" not in json.dumps(render_plain(post_of("first")))
    assert "links" not in build_payload(Post(notification=notification))


def test_the_same_message_has_the_same_links() -> None:
    """They follow from the message and the time; nothing else is read."""
    assert post_of("first") == post_of("first")
