"""What feeds write, for readers whose markup is not known. Pure.

Services read Markdown, HTML or a markup of their own, and find mentions, emoji and links in plain
text. Zero-width spaces keep a text from being any of that; people see it as it was written.
"""

import re
from typing import Final

_ZERO_WIDTH: Final = "\u200b"
_SIGNS: Final = re.compile(r"[*_~`|@#<>&\[\](){}\\$^!]")
_COLON: Final = re.compile(r":(?=\S)")
"""It would begin an emoji or the address of a link."""
_DOT: Final = re.compile(r"(?<=[^\W_])\.(?=[^\W_])")
"""The name of a host is a link for some."""
_LINE_START: Final = re.compile(r"[-+=\d]")


def neutralise(text: str) -> str:
    """Return one line of text with zero-width spaces where a service might see more than text."""
    text = _SIGNS.sub(rf"{_ZERO_WIDTH}\g<0>{_ZERO_WIDTH}", text)
    text = _COLON.sub(f":{_ZERO_WIDTH}", text)
    text = _DOT.sub(f".{_ZERO_WIDTH}", text)
    return f"{_ZERO_WIDTH}{text}" if _LINE_START.match(text) else text
