"""One part of a page, which a CSS selector of the feeds file names. Pure.

The shell runs this in a child process with limits: a hostile page can be nested without end.
"""

from typing import Any, Final

from shared.text.charsets import decode_as_declared

MAX_SELECTOR: Final = 300
MAX_PARTS: Final = 200
CONTENT_TYPE: Final = "text/html; charset=utf-8"


def is_selector(text: str) -> bool:
    """Return whether the text is a CSS selector."""
    from selectolax.lexbor import LexborHTMLParser, SelectolaxError  # noqa: PLC0415 - slow to import, and few feeds have one

    try:
        LexborHTMLParser("<p>").css_first(text)
    except SelectolaxError:
        return False
    return bool(text.strip()) and len(text) <= MAX_SELECTOR


def select_part(content: bytes, content_type: str, selector: str) -> bytes | None:
    """Return the page with its head and only the selected elements, in UTF-8; None without any.

    An element inside another selected one is not repeated.
    """
    from selectolax.lexbor import LexborHTMLParser  # noqa: PLC0415 - warmup.py loads it in the children

    decoded = decode_as_declared(content, content_type)
    tree = LexborHTMLParser(decoded.text if decoded else content.decode("latin-1"))
    if tree.body is None:
        return None
    parts = _outermost(tree.body.css(selector))
    if not any(part.text(strip=True) for part in parts):
        return None
    head = tree.head.html if tree.head is not None else ""
    body = "\n".join(part.html or "" for part in parts)
    page = f"<!DOCTYPE html>\n<html>{head}\n<body><article>\n{body}\n</article></body></html>\n"
    return page.encode("utf-8", "replace")


def _outermost(nodes: list[Any]) -> list[Any]:
    """Return the nodes, in the order of the page, that are in none of the others.

    Each element above them is visited once, so that deep pages take no longer than flat ones.
    """
    selected = {node.mem_id for node in nodes}
    is_inside = dict[int, bool]()
    return [node for node in nodes if not _is_inside(node, selected, is_inside)][:MAX_PARTS]


def _is_inside(node: Any, selected: set[int], is_inside: dict[int, bool]) -> bool:
    """Return whether the node is in a selected one; ``is_inside`` remembers it of those above."""
    above, parent = list[int](), node.parent
    while parent is not None and parent.mem_id not in selected and parent.mem_id not in is_inside:
        above.append(parent.mem_id)
        parent = parent.parent
    result = parent is not None and (parent.mem_id in selected or is_inside[parent.mem_id])
    is_inside.update(dict.fromkeys(above, result))
    return result
