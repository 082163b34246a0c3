"""The signed links: what they carry, how long they hold, and that nobody can make one."""

import base64
import zlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.feedback.message_links import (
    LinkExpired,
    LinkRefused,
    MessageLinks,
    MessageReference,
    parse_keys,
)

NOW = datetime(2026, 3, 6, 12, tzinfo=UTC)
WEEK = timedelta(days=7)
OLD, NEW = "old-" * 10, "new-" * 10
MESSAGE = MessageReference(
    notification_id="9d4c7e8f3a1b2c3d4e5f605f0c6a1e2b",
    destination="slack:asia",
    story_id="7e8f3a1b2c3d4e5f605f0c6a1e2b9d4c",
    rules=("second-summit", "nuclear-pledge"),
)
LINKS = MessageLinks([NEW], WEEK, "https://board.example/")


def test_a_link_leads_back_to_its_message() -> None:
    """Until it expires, to the second."""
    token = LINKS.sign(MESSAGE, NOW)
    assert LINKS.address("wrong", token) == f"https://board.example/feedback/wrong/{token}"
    assert LINKS.read(token, NOW + WEEK - timedelta(seconds=1)) == MESSAGE
    with pytest.raises(LinkExpired):
        LINKS.read(token, NOW + WEEK)
    assert token == LINKS.sign(MESSAGE, NOW), "the same message has the same link"


def test_keys_are_rotated_without_breaking_links() -> None:
    """The first key signs, all are accepted; once a key is removed its links hold no longer."""
    before, between = MessageLinks([OLD], WEEK), MessageLinks([NEW, OLD], WEEK)
    token = before.sign(MESSAGE, NOW)
    assert between.read(token, NOW) == MESSAGE
    with pytest.raises(LinkRefused):
        LINKS.read(token, NOW)
    assert LINKS.read(between.sign(MESSAGE, NOW), NOW) == MESSAGE


def test_a_link_shows_nothing_but_which_message() -> None:
    """No key, no address, no text of an article."""
    token = LINKS.sign(MESSAGE, NOW)
    payload = token.rpartition(".")[0]
    raw = base64.urlsafe_b64decode(payload.lstrip(".") + "==")
    text = (zlib.decompress(raw) if payload.startswith(".") else raw).decode()
    assert NEW not in text
    assert "http" not in text
    for part in (*MESSAGE.rules, MESSAGE.destination, MESSAGE.story_id, MESSAGE.notification_id):
        text = text.replace(part, "")
    assert set(text) <= set('[]",0123456789')
    assert len(token) < 400


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_a_changed_link_is_refused(place: int, change: int) -> None:
    """Whichever character of it."""
    token = LINKS.sign(MESSAGE, NOW)
    at = place % len(token)
    replaced = chr((ord(token[at]) + change) % 256)
    changed = token[:at] + replaced + token[at + 1 :]
    try:
        assert LINKS.read(changed, NOW) == MESSAGE  # the last character has spare bits
    except LinkRefused:
        return
    assert at == len(token) - 1


@pytest.mark.parametrize(
    "token",
    ["", ".", "..", "a", "a.b", "é.é", "\x00", "x" * 100_000, "." * 1_999, "[1,2].x", "\ud800.a"],
)
def test_what_was_never_a_link_is_refused(token: str) -> None:
    """Quickly, whatever its length."""
    with pytest.raises(LinkRefused):
        LINKS.read(token, NOW)


def test_another_purpose_of_the_same_key_signs_no_links() -> None:
    """What else is signed with it, or of another shape, is no link."""
    from itsdangerous import URLSafeSerializer  # noqa: PLC0415 - only this test makes such tokens

    for value in ("x", [], [1, 2, 3, 4, 5], {"notification_id": "n"}, ["n", "d", "s", [], "soon"]):
        with pytest.raises(LinkRefused):
            LINKS.read(URLSafeSerializer(NEW).dumps(value), NOW)
        with pytest.raises(LinkRefused):
            LINKS.read(LINKS._serializer.dumps(value), NOW)


@pytest.mark.parametrize("text", [f"{NEW},{OLD}", f"{NEW}\n{OLD}\n", f" {NEW} ,, {OLD}"])
def test_keys_are_separated_by_commas_or_lines(text: str) -> None:
    """As a variable or a file has them."""
    assert parse_keys(text) == (NEW, OLD)


@pytest.mark.parametrize(
    ("text", "message"), [("", "no key"), (f"{NEW},secret", "key 2 has fewer")]
)
def test_a_key_that_can_be_guessed_is_refused(text: str, message: str) -> None:
    """Without showing it."""
    with pytest.raises(ValueError, match=message) as error:
        parse_keys(text)
    assert "secret" not in str(error.value)
