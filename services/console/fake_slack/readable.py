"""A Slack message as a person would read it without Slack: for the terminal and the page of the stand-in. Pure."""

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

_LINK: Final = re.compile(r"<([^<>|]+)\|([^<>]*)>")
_BARE: Final = re.compile(r"<(https?://[^<>|]+)>")
_ENTITIES: Final = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}
_PAGE: Final = """<!doctype html><html lang="en"><meta charset="utf-8"><meta http-equiv="refresh" content="3"><title>Slack stand-in</title>
<style>body{{font:15px/1.5 system-ui;max-width:46rem;margin:2rem auto;padding:0 1rem}}article{{border-left:4px solid #1164a3;margin:1rem 0;
padding:.2rem 1rem}}pre{{white-space:pre-wrap;font:inherit;margin:0}}small{{color:#616061}}</style>
<h1>Slack stand-in</h1><p>{count} messages accepted; newest first. The same as <a href="/posts">JSON lines</a>.</p>{articles}</html>
"""


def readable(payload: Mapping[str, Any]) -> str:
    """The message's lines: links as ``label (address)``, entities decoded, no control characters; the fallback text where there are no blocks."""
    texts = list(_texts(payload.get("blocks") or [])) or [str(payload.get("text") or "")]
    return "\n".join(_decoded(text) for text in texts)


def page(posts: Iterable[tuple[str, str, str]]) -> str:
    """All messages as a page; each is (when, webhook, readable text), oldest first."""
    shown = [
        f"<article><small>{html.escape(when)} · {html.escape(hook)}</small><pre>{html.escape(text)}</pre></article>"
        for when, hook, text in posts
    ]
    return _PAGE.format(count=len(shown), articles="".join(reversed(shown)))


def _texts(blocks: Iterable[Any]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block.get("text"), dict):
            yield str(block["text"].get("text"))
        elements = [
            element
            for element in block.get("elements") or []
            if isinstance(element.get("text"), str)
        ]
        if elements:
            yield " · ".join(element["text"] for element in elements)


def _decoded(text: str) -> str:
    text = _BARE.sub(r"\1", _LINK.sub(r"\2 (\1)", text)).replace("\u200b", "")
    for entity, character in _ENTITIES.items():
        text = text.replace(entity, character)
    return "".join(
        character if character.isprintable() or character == "\n" else " " for character in text
    )
