"""Slack's limits, held to the models of Slack's own library."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block

from services.alerting.deliver.channels.slack_sizes import find_problems, refusal
from tests.hypothesis_profiles import examples


def plain(length: int) -> dict[str, Any]:
    return {"type": "plain_text", "text": "x" * length}


def mrkdwn(length: int) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": "x" * length}


def button(**fields: Any) -> dict[str, Any]:
    return {"type": "button", "text": plain(5), **fields}


def image(url: int = 20, alt: int = 5) -> dict[str, Any]:
    return {"type": "image", "image_url": "https://" + "x" * (url - 8), "alt_text": "x" * alt}


EDGES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"type": "header", "text": plain(150)}, {"type": "header", "text": plain(151)}),
    ({"type": "section", "text": mrkdwn(3_000)}, {"type": "section", "text": mrkdwn(3_001)}),
    (
        {"type": "section", "fields": [mrkdwn(2_000)] * 10},
        {"type": "section", "fields": [mrkdwn(5)] * 11},
    ),
    ({"type": "section", "text": plain(1)}, {"type": "section"}),
    (
        {"type": "context", "elements": [mrkdwn(5)] * 9 + [image()]},
        {"type": "context", "elements": [mrkdwn(5)] * 11},
    ),
    (
        {"type": "actions", "elements": [button()] * 25},
        {"type": "actions", "elements": [button()] * 26},
    ),
    (image(3_000, 2_000), image(3_001)),
    (image(), image(alt=2_001)),
    (
        {"type": "divider", "block_id": "x" * 255},
        {"type": "divider", "block_id": "x" * 256},
    ),
    ({"type": "markdown", "text": "x" * 12_000}, {"type": "markdown", "text": "x" * 12_001}),
    (
        {"type": "section", "text": plain(1), "accessory": button(url="x" * 3_000)},
        {"type": "section", "text": plain(1), "accessory": button(url="x" * 3_001)},
    ),
    (
        {"type": "actions", "elements": [{"type": "button", "text": plain(75)}]},
        {"type": "actions", "elements": [{"type": "button", "text": plain(76)}]},
    ),
]


@pytest.mark.parametrize(("largest", "too_large"), EDGES)
def test_the_largest_block_passes_and_a_larger_one_does_not(
    largest: dict[str, Any], too_large: dict[str, Any]
) -> None:
    """Here and in slack_sdk, one more character or element is one too many."""
    assert list(find_problems([largest])) == []
    assert is_valid_in_sdk(largest)
    assert refusal({"blocks": [too_large]}) == "invalid_blocks"
    assert not is_valid_in_sdk(too_large)


def is_valid_in_sdk(block: dict[str, Any]) -> bool:
    """Return whether slack_sdk takes the block, and every element in it."""
    try:
        for part in (block, *_parts(block)):
            parsed = part if part is not block else Block.parse(block)
            if parsed is None:
                return False
            parsed.to_dict()
    except (SlackObjectFormationError, AttributeError, TypeError):
        return False
    return True


def _parts(block: dict[str, Any]) -> Iterator[Any]:
    parsed: Any = Block.parse(block)
    accessory = getattr(parsed, "accessory", None)
    yield from [accessory] if accessory else []
    yield from getattr(parsed, "elements", None) or []


LENGTHS = st.sampled_from([1, 75, 76, 150, 151, 2_000, 2_001, 3_000, 3_001])
TEXT_OBJECTS = st.builds(
    lambda kind, length: kind(length), st.sampled_from([plain, mrkdwn]), LENGTHS
)
ELEMENTS = st.builds(lambda text, url: button(text=text, url=url), LENGTHS.map(plain), st.just("x"))
BLOCKS = st.one_of(
    st.builds(lambda text: {"type": "header", "text": text}, TEXT_OBJECTS),
    st.builds(lambda text: {"type": "section", "text": text}, TEXT_OBJECTS),
    st.builds(
        lambda fields: {"type": "section", "fields": fields}, st.lists(TEXT_OBJECTS, max_size=11)
    ),
    st.builds(
        lambda elements: {"type": "context", "elements": elements},
        st.lists(TEXT_OBJECTS, max_size=11),
    ),
    st.builds(
        lambda elements: {"type": "actions", "elements": elements}, st.lists(ELEMENTS, max_size=26)
    ),
    st.builds(image, LENGTHS.filter(lambda length: length > 8), LENGTHS),
)


@examples(300)
@given(block=BLOCKS)
def test_slacks_library_takes_what_passes_here(block: dict[str, Any]) -> None:
    """These limits are nowhere wider than those of slack_sdk."""
    logging.getLogger("slack_sdk").setLevel(logging.ERROR)
    if not list(find_problems([block])):
        assert is_valid_in_sdk(block)


@pytest.mark.parametrize(
    ("payload", "word"),
    [
        (None, "invalid_payload"),
        ({"text": 1}, "invalid_payload"),
        ({"text": "x", "attachments": {}}, "invalid_payload"),
        ({"text": " "}, "no_text"),
        ({"blocks": []}, "no_text"),
        ({"attachments": [{"text": "x"}]}, None),
        ({"text": "x", "attachments": [{}] * 101}, "too_many_attachments"),
        ({"text": "x" * 40_000}, None),
        ({"text": "x" * 40_001}, "msg_too_long"),
        ({"blocks": [{"type": "divider"}] * 50}, None),
        ({"blocks": [{"type": "divider"}] * 51}, "invalid_blocks"),
        ({"blocks": [{"type": "divider", "block_id": "a"}] * 2}, "invalid_blocks"),
        ({"blocks": [{"type": "markdown", "text": "x" * 6_001}] * 2}, "invalid_blocks"),
        ({"blocks": "x"}, "invalid_blocks"),
        ({"blocks": [{"type": ["section"]}]}, "invalid_blocks"),
        ({"blocks": [{"type": "rich_text", "elements": ["x"]}]}, "invalid_blocks"),
        ({"blocks": [{"type": "section", "text": plain(1), "accessory": {}}]}, "invalid_blocks"),
    ],
)
def test_says_what_slack_says(payload: Any, word: str | None) -> None:
    """One word for each reason, None for what is taken."""
    assert refusal(payload) == word
