"""HTML that is built from elements, so that no text can become markup. Pure."""

import html
from collections.abc import Iterable


class Markup(str):
    """HTML; every other text is escaped where it is put into an element."""

    __slots__ = ()


def element(name: str, /, *content: str, **attributes: str | bool) -> Markup:
    """Build an element. An attribute True has no value, False is left out.

    ``_`` stands for ``-`` in the names of attributes, and is dropped at their end.
    """
    parts = [
        f" {key.rstrip('_').replace('_', '-')}"
        + (f'="{html.escape(value)}"' if value is not True else "")
        for key, value in attributes.items()
        if isinstance(value, str) or value
    ]
    opening = f"<{name}{''.join(parts)}>"
    return Markup(opening if name in _VOID else f"{opening}{join(content)}</{name}>")


def join(content: Iterable[str]) -> Markup:
    """Put pieces one after the other."""
    return Markup(
        "".join(each if isinstance(each, Markup) else html.escape(each) for each in content)
    )


_VOID = frozenset({"input", "link", "meta", "hr", "br", "img"})
