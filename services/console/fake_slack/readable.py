"""A Slack message as a person would read it without Slack: in the terminal and on a page. Pure."""

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

_LINK: Final = re.compile(r"<([^<>|]+)\|([^<>]*)>")
_BARE_LINK: Final = re.compile(r"<(https?://[^<>|]+)>")
_ENTITIES: Final = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}
_PAGE: Final = """\
<!doctype html><html lang="en"><meta charset="utf-8"><meta http-equiv="refresh" content="3">
<title>Slack stand-in</title>
<style>body{{font:15px/1.5 system-ui;max-width:46rem;margin:2rem auto;padding:0 1rem}}
article{{border-left:4px solid #1164a3;margin:1rem 0;padding:.2rem 1rem}}
pre{{white-space:pre-wrap;font:inherit;margin:0}}small{{color:#616061}}</style>
<h1>Slack stand-in</h1>
<p>{count} messages accepted; newest first. The same as <a href="/posts">JSON lines</a>.</p>
{articles}</html>
"""


def readable(payload: Mapping[str, Any]) -> str:
    """Return the message's lines, or its fallback text if it has no blocks.

    Links become ``label (address)``, entities are decoded, control characters removed.
    """
    texts = list(_texts(payload.get("blocks") or [])) or [str(payload.get("text") or "")]
    return "\n".join(map(_decode, texts))


def page(posts: Iterable[tuple[str, str, str]]) -> str:
    """Return a page of all messages; each is (time, webhook, readable text), oldest first."""
    articles = [
        f"<article><small>{html.escape(time)} · {html.escape(hook)}</small>"
        f"<pre>{html.escape(text)}</pre></article>"
        for time, hook, text in posts
    ]
    return _PAGE.format(count=len(articles), articles="".join(reversed(articles)))


def _texts(blocks: Iterable[Any]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block.get("text"), dict):
            yield str(block["text"].get("text"))
        elements = block.get("elements") or []
        texts = [element["text"] for element in elements if isinstance(element.get("text"), str)]
        if texts:
            yield " · ".join(texts)


def _decode(text: str) -> str:
    text = _BARE_LINK.sub(r"\1", _LINK.sub(r"\2 (\1)", text)).replace("\u200b", "")
    for entity, character in _ENTITIES.items():
        text = text.replace(entity, character)
    return "".join(
        character if character.isprintable() or character == "\n" else " " for character in text
    )
