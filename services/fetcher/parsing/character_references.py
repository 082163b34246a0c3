"""Character references, as feeds and their HTML write them: ``&eacute;``, ``&#233;``. Pure."""

import html
import re
from typing import Final

_REFERENCE: Final = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_SURROGATES: Final = re.compile(r"(?:&#(?:[xX]0{0,2}[dD][89a-fA-F][0-9a-fA-F]{2}|0?5[5-7]\d{3});)+")
_NUMBER: Final = re.compile(r"&#([xX]?)([0-9a-fA-F]+);")


def unescape_references(text: str) -> str:
    """Replace character references by what they stand for; a bare & remains as it is."""
    if "&" not in text:
        return text
    return _REFERENCE.sub(lambda match: html.unescape(match[0]), join_surrogates(text))


def join_surrogates(text: str) -> str:
    """Replace references to UTF-16 surrogates: a pair by its character, a lone one by U+FFFD."""
    return _SURROGATES.sub(_decode_units, text) if "&#" in text else text


def _decode_units(match: re.Match[str]) -> str:
    units = (int(digits, 16 if x else 10) for x, digits in _NUMBER.findall(match[0]))
    encoded = "".join(map(chr, units)).encode("utf-16-le", "surrogatepass")
    return encoded.decode("utf-16-le", "replace")
