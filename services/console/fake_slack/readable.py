"""A Slack message as a person would read it without Slack: in the terminal. Pure."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

_LINK: Final = re.compile(r"<([^<>|]+)\|([^<>]*)>")
_BARE_LINK: Final = re.compile(r"<(https?://[^<>|]+)>")
_ENTITIES: Final = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}


def readable(payload: Mapping[str, Any]) -> str:
    """Return the message's lines, or its fallback text if it has no blocks.

    Links become ``label (address)``, entities are decoded, control characters removed.
    """
    texts = list(_texts(payload.get("blocks"))) or [str(payload.get("text") or "")]
    return "\n".join(map(_decode, texts))


def _texts(blocks: object) -> Iterator[str]:
    for block in _mappings(blocks):
        if isinstance(block.get("text"), Mapping):
            yield str(block["text"].get("text"))
        texts = [str(field.get("text")) for field in _mappings(block.get("fields"))]
        elements = _mappings(block.get("elements"))
        texts += [each["text"] for each in elements if isinstance(each.get("text"), str)]
        if texts:
            yield " · ".join(texts)


def _mappings(values: object) -> list[Mapping[str, Any]]:
    return (
        [each for each in values if isinstance(each, Mapping)] if isinstance(values, list) else []
    )


def _decode(text: str) -> str:
    text = _BARE_LINK.sub(r"\1", _LINK.sub(r"\2 (\1)", text)).replace("\u200b", "")
    for entity, character in _ENTITIES.items():
        text = text.replace(entity, character)
    return "".join(
        character if character.isprintable() or character == "\n" else " " for character in text
    )
