"""Slack's limits for a message. Pure.

The renderer keeps them, deliver checks them, and the Slack stand-in enforces them. The figures are
from docs.slack.dev: Block Kit reference (each block and element), "Sending messages using incoming
webhooks" and chat.postMessage; tests hold them to the models of slack_sdk.
"""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

HEADER_CHARACTERS: Final = 150
SECTION_CHARACTERS: Final = 3_000
FIELDS: Final = 10
FIELD_CHARACTERS: Final = 2_000
CONTEXT_ELEMENTS: Final = 10
ACTIONS_ELEMENTS: Final = 25
BUTTON_CHARACTERS: Final = 75
URL_CHARACTERS: Final = 3_000
ALT_CHARACTERS: Final = 2_000
MARKDOWN_CHARACTERS: Final = 12_000
ID_CHARACTERS: Final = 255
BLOCKS: Final = 50
ATTACHMENTS: Final = 100
TEXT_CHARACTERS: Final = 40_000
MESSAGE_CHARACTERS: Final = 10_000
"""Of all texts of the blocks. Slack's limit is 12 000 with the JSON (slackapi/bolt-js#2509)."""
KNOWN_BLOCKS: Final = frozenset(
    {"header", "section", "context", "divider", "rich_text", "image", "markdown", "actions"}
)


def refusal(payload: object) -> str | None:
    """Return the error word with which Slack refuses such a payload, None if it is accepted.

    It is invalid_payload, no_text, invalid_blocks, too_many_attachments or msg_too_long.
    """
    if not isinstance(payload, Mapping):
        return "invalid_payload"
    blocks, text = payload.get("blocks"), payload.get("text")
    attachments = payload.get("attachments")
    if not isinstance(text, str | None) or not isinstance(attachments, list | None):
        return "invalid_payload"
    if not blocks and not attachments and not (text or "").strip():
        return "no_text"
    if blocks and next(find_problems(blocks), None):
        return "invalid_blocks"
    if len(attachments or ()) > ATTACHMENTS:
        return "too_many_attachments"
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
    mappings = [block for block in blocks if isinstance(block, Mapping)]
    yield from _repeated_ids([block["block_id"] for block in mappings if "block_id" in block])
    markdown = [block.get("text") for block in mappings if block.get("type") == "markdown"]
    if sum(len(text) for text in markdown if isinstance(text, str)) > MARKDOWN_CHARACTERS:
        yield f"more than {MARKDOWN_CHARACTERS} characters in all markdown blocks"


def _block(block: Any) -> Iterator[str]:
    kind = block.get("type") if isinstance(block, Mapping) else None
    if not isinstance(kind, str) or kind not in KNOWN_BLOCKS:
        yield f"unknown type {str(kind)[:40]!r}"
        return
    if "block_id" in block:
        yield from _string(block["block_id"], ID_CHARACTERS, "block_id")
    if kind in _CHECKS:
        yield from _CHECKS[kind](block)


def _repeated_ids(ids: list[Any]) -> Iterator[str]:
    texts = [each for each in ids if isinstance(each, str)]
    if len(set(texts)) < len(texts):
        yield "a block_id stands twice"


def _header(block: Mapping[str, Any]) -> Iterator[str]:
    yield from _text(block.get("text"), HEADER_CHARACTERS, kinds=("plain_text",))


def _section(block: Mapping[str, Any]) -> Iterator[str]:
    fields = block.get("fields")
    if "text" in block:
        yield from _text(block["text"], SECTION_CHARACTERS)
    elif not fields:
        yield "a section needs text or fields"
    if fields is not None:
        yield from _list(fields, FIELDS, "fields", lambda field: _text(field, FIELD_CHARACTERS))
    if "accessory" in block:
        yield from _element(block["accessory"])


def _context(block: Mapping[str, Any]) -> Iterator[str]:
    yield from _list(block.get("elements"), CONTEXT_ELEMENTS, "context elements", _context_element)


def _context_element(element: Any) -> Iterator[str]:
    if isinstance(element, Mapping) and element.get("type") == "image":
        yield from _image(element)
    else:
        yield from _text(element, SECTION_CHARACTERS)


def _actions(block: Mapping[str, Any]) -> Iterator[str]:
    yield from _list(block.get("elements"), ACTIONS_ELEMENTS, "actions elements", _element)


def _element(element: Any) -> Iterator[str]:
    """Check an interactive element or image; of the former only buttons are known here."""
    kind = element.get("type") if isinstance(element, Mapping) else None
    if kind == "image":
        yield from _image(element)
    elif kind != "button":
        yield f"unknown element {str(kind)[:40]!r}"
    else:
        yield from _text(element.get("text"), BUTTON_CHARACTERS, kinds=("plain_text",))
        limits = {"url": URL_CHARACTERS, "value": ALT_CHARACTERS, "action_id": ID_CHARACTERS}
        for name in limits.keys() & element.keys():
            yield from _string(element[name], limits[name], name)


def _image(block: Mapping[str, Any]) -> Iterator[str]:
    if "slack_file" not in block:
        yield from _string(block.get("image_url"), URL_CHARACTERS, "image_url")
    yield from _string(block.get("alt_text"), ALT_CHARACTERS, "alt_text")
    if "title" in block:
        yield from _text(block["title"], ALT_CHARACTERS, kinds=("plain_text",))


def _markdown(block: Mapping[str, Any]) -> Iterator[str]:
    yield from _string(block.get("text"), MARKDOWN_CHARACTERS, "text")


def _rich_text(block: Mapping[str, Any]) -> Iterator[str]:
    elements = block.get("elements")
    if not isinstance(elements, list) or not all(isinstance(each, Mapping) for each in elements):
        yield "elements is not a list of objects"


_CHECKS: Final[Mapping[str, Callable[[Mapping[str, Any]], Iterator[str]]]] = MappingProxyType(
    {
        "header": _header,
        "section": _section,
        "context": _context,
        "actions": _actions,
        "image": _image,
        "markdown": _markdown,
        "rich_text": _rich_text,
    }
)


def _list(
    values: object, limit: int, name: str, check: Callable[[Any], Iterator[str]]
) -> Iterator[str]:
    if not isinstance(values, list) or not 1 <= len(values) <= limit:
        yield f"there must be 1 to {limit} {name}"
        return
    for value in values:
        yield from check(value)


def _string(value: Any, limit: int, name: str) -> Iterator[str]:
    if not isinstance(value, str):
        yield f"{name} must be a text"
    elif not 1 <= len(value) <= limit:
        yield f"{name}: {len(value)} characters, 1 to {limit} allowed"


def _text(
    text: Any, limit: int, kinds: tuple[str, ...] = ("plain_text", "mrkdwn")
) -> Iterator[str]:
    is_object = isinstance(text, Mapping) and text.get("type") in kinds
    if not is_object or not isinstance(text.get("text"), str):
        yield f"text must be an object of type {' or '.join(kinds)}"
    elif not 1 <= len(text["text"]) <= limit:
        yield f"{len(text['text'])} characters, 1 to {limit} allowed"
