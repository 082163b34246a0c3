"""Slack's limits for a message. Pure.

The renderer keeps them, deliver checks them, and the Slack stand-in enforces them. The figures are
from docs.slack.dev: Block Kit reference (header, section, context, rich text), and "Sending
messages using incoming webhooks".
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

HEADER_CHARACTERS: Final = 150
SECTION_CHARACTERS: Final = 3_000
CONTEXT_ELEMENTS: Final = 10
BLOCKS: Final = 50
TEXT_CHARACTERS: Final = 40_000
KNOWN_BLOCKS: Final = frozenset(
    {"header", "section", "context", "divider", "rich_text", "image", "markdown"}
)


def refusal(payload: object) -> str | None:
    """Return the error word of Slack's 400 for such a payload, or None if it is accepted.

    It is invalid_payload, no_text, invalid_blocks or msg_too_long.
    """
    if not isinstance(payload, Mapping):
        return "invalid_payload"
    blocks, text = payload.get("blocks"), payload.get("text")
    if text is not None and not isinstance(text, str):
        return "invalid_payload"
    if not blocks and not (text or "").strip():
        return "no_text"
    if blocks and next(find_problems(blocks), None):
        return "invalid_blocks"
    return "msg_too_long" if len(text or "") > TEXT_CHARACTERS else None


def find_problems(blocks: object) -> Iterator[str]:
    """Yield everything that is wrong with a message's blocks."""
    if not isinstance(blocks, list):
        yield "blocks is not a list"
        return
    if len(blocks) > BLOCKS:
        yield f"{len(blocks)} blocks, {BLOCKS} at most"
    for number, block in enumerate(blocks):
        yield from (f"block {number}: {problem}" for problem in _block(block))


def _block(block: Any) -> Iterator[str]:
    kind = block.get("type") if isinstance(block, Mapping) else None
    if kind not in KNOWN_BLOCKS:
        yield f"unknown type {str(kind)[:40]!r}"
    elif kind == "header":
        yield from _text(block.get("text"), HEADER_CHARACTERS, kinds=("plain_text",))
    elif kind == "section":
        yield from _section(block)
    elif kind == "context":
        yield from _context(block.get("elements"))


def _section(block: Mapping[str, Any]) -> Iterator[str]:
    if "text" in block:
        yield from _text(block["text"], SECTION_CHARACTERS)
    elif not block.get("fields"):
        yield "a section needs text or fields"


def _context(elements: object) -> Iterator[str]:
    if not isinstance(elements, list) or not 1 <= len(elements) <= CONTEXT_ELEMENTS:
        yield f"a context holds 1 to {CONTEXT_ELEMENTS} elements"
        return
    for element in elements:
        yield from _text(element, SECTION_CHARACTERS)


def _text(
    text: Any, limit: int, kinds: tuple[str, ...] = ("plain_text", "mrkdwn")
) -> Iterator[str]:
    is_object = isinstance(text, Mapping) and text.get("type") in kinds
    if not is_object or not isinstance(text.get("text"), str):
        yield f"text must be an object of type {' or '.join(kinds)}"
    elif not 1 <= len(text["text"]) <= limit:
        yield f"{len(text['text'])} characters, 1 to {limit} allowed"
