"""The blocks of a message as HTML. Pure.

A block that Slack would not take shows what can be shown of it: the page never fails for one.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from services.console.fake_slack.page.mrkdwn import (
    link,
    render_mrkdwn,
    render_plain,
    show_text,
)
from services.console.fake_slack.page.tags import Markup, element, join

Block = Mapping[str, Any]
_STYLES: Final = {"bold": "b", "italic": "i", "strike": "s", "code": "code"}
_MAX_DEPTH: Final = 8


def render_content(payload: Mapping[str, Any]) -> Markup:
    """Render a message: its blocks and attachments, or its text if it has no blocks."""
    blocks = list(map(_block, _mappings(payload.get("blocks"))))
    if not blocks and isinstance(text := payload.get("text"), str):
        shown = render_plain(text) if payload.get("mrkdwn") is False else render_mrkdwn(text)
        blocks = [element("div", shown, class_="section", dir="auto")]
    return join([*blocks, *map(_attachment, _mappings(payload.get("attachments")))])


def _block(block: Block) -> Markup:
    render = _RENDER.get(str(block.get("type")), _unknown)
    return render(block)


def _header(block: Block) -> Markup:
    return element("h2", _text(block.get("text")), dir="auto")


def _section(block: Block) -> Markup:
    parts = [element("div", _text(block["text"]), dir="auto")] if "text" in block else []
    fields = [element("div", _text(field), dir="auto") for field in _mappings(block.get("fields"))]
    parts += [element("div", *fields, class_="fields")] if fields else []
    accessory = block.get("accessory")
    parts += [_element(accessory)] if isinstance(accessory, Mapping) else []
    return element("div", *parts, class_="section")


def _context(block: Block) -> Markup:
    elements = [
        element("span", _element(each), dir="auto") for each in _mappings(block.get("elements"))
    ]
    return element("div", *elements, class_="context")


def _actions(block: Block) -> Markup:
    return element("div", *map(_element, _mappings(block.get("elements"))), class_="actions")


def _divider(_: Block) -> Markup:
    return element("hr")


def _image(block: Block) -> Markup:
    """Render an image by its description: this page loads nothing from elsewhere."""
    description = f"Image: {block.get('alt_text') or block.get('image_url')}"
    return element("span", show_text(description), class_="image")


def _markdown(block: Block) -> Markup:
    return element(
        "div", show_text(str(block.get("text") or "")), class_="section verbatim", dir="auto"
    )


def _rich_text(block: Block) -> Markup:
    return element("div", *_rich_elements(block.get("elements"), 0), class_="section", dir="auto")


def _rich_elements(elements: object, depth: int) -> Iterator[Markup]:
    for each in _mappings(elements) if depth < _MAX_DEPTH else ():
        kind, text = str(each.get("type")), str(each.get("text") or "")
        if kind == "text":
            yield _styled(text, each.get("style"))
        elif kind == "link" and str(each.get("url")).startswith(("https://", "http://")):
            yield link(str(each["url"]), text or str(each["url"]))
        elif kind in ("emoji", "user", "usergroup", "channel", "broadcast"):
            yield _rich_name(kind, each)
        else:
            tag = {"rich_text_quote": "blockquote", "rich_text_preformatted": "pre"}.get(
                kind, "div"
            )
            yield element(tag, *_rich_elements(each.get("elements"), depth + 1))


def _rich_name(kind: str, block: Block) -> Markup:
    name = next((str(block[key]) for key in ("name", "range", f"{kind}_id") if key in block), "")
    if kind == "emoji":
        return render_plain(f":{name}:")
    sign = "#" if kind == "channel" else "@"
    return element("span", show_text(sign + name), class_="mention")


def _styled(text: str, style: object) -> Markup:
    shown = show_text(text)
    for name, tag in _STYLES.items():
        if isinstance(style, Mapping) and style.get(name):
            shown = element(tag, shown)
    return shown


def _unknown(block: Block) -> Markup:
    return element("div", show_text(f"a block of type {block.get('type')}"), class_="context")


def _element(block: Block) -> Markup:
    if block.get("type") == "image":
        return _image(block)
    if block.get("type") != "button":
        return _text(block)
    label, address = _text(block.get("text")), str(block.get("url") or "")
    if not address.startswith(("https://", "http://")):
        return element("button", label, type="button", disabled=True)
    return element(
        "a",
        label,
        href=address,
        class_="button",
        rel="noopener noreferrer nofollow",
        target="_blank",
    )


def _text(value: object) -> Markup:
    """Render a text object."""
    if not isinstance(value, Mapping):
        return Markup("")
    text = str(value.get("text") or "")
    if value.get("type") == "mrkdwn":
        return render_mrkdwn(text, is_verbatim=value.get("verbatim") is True)
    return render_plain(text, has_emoji=value.get("emoji") is not False)


def _attachment(attachment: Block) -> Markup:
    lines = [str(attachment[name]) for name in ("pretext", "title", "text") if attachment.get(name)]
    text = "\n".join(lines) or str(attachment.get("fallback") or "")
    return element("div", render_mrkdwn(text), class_="attachment", dir="auto")


def _mappings(values: object) -> Sequence[Block]:
    return (
        [each for each in values if isinstance(each, Mapping)] if isinstance(values, list) else []
    )


_RENDER: Final[Mapping[str, Callable[[Block], Markup]]] = {
    "header": _header,
    "section": _section,
    "context": _context,
    "actions": _actions,
    "divider": _divider,
    "image": _image,
    "markdown": _markdown,
    "rich_text": _rich_text,
}
