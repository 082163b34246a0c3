"""Text from feeds in Slack's mrkdwn: it must not ping, link, format, or end a bold mark. Pure.

Slack decodes only ``&amp;``, ``&lt;`` and ``&gt;``, and has no escape for its formatting characters
(star, underscore, tilde, backtick). A zero-width space on both sides keeps such a character from
opening or closing a format, and shows it as it is; one behind a colon keeps ``:code:`` from being
an emoji.
"""

import re
from collections.abc import Callable, Sequence
from typing import Final
from urllib.parse import quote

from services.alerting.deliver.channels.message.shorten import clip
from shared.messages.schemas import Span
from shared.text.spans import merge_spans

ZERO_WIDTH: Final = "\u200b"
URL_CHARACTERS: Final = 1_000
_ESCAPES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_CONTROL: Final = dict.fromkeys([*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029], " ")
_BIDI: Final = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)], ZERO_WIDTH)
"""They turn the direction of all that follows; letters have a direction of their own."""
_ONE_LINE: Final = _CONTROL | _BIDI
_QUOTE_START: Final = re.compile(r"(?=\s{0,99}&gt;)")
_FORMATS: Final = re.compile(r"[*_~`]")
_CODE_START: Final = re.compile(r":(?=[^\s:<>&]{1,100}:)")
"""Emoji are named by letters of any script, figures and signs: ``:+1:``."""
_SPECIAL: Final = re.compile(r"[&<>]")
_URL: Final = re.compile(
    r"https?://[^\x00-\x20\x7f\s/?#<>|\"\\^`{}]+(?:[/?#].*)?", re.IGNORECASE | re.DOTALL
)
_UNSAFE_IN_URL: Final = re.compile(r"[\x00-\x20\x7f\s<>|\"\\^`{}]")
"""What no address may contain (RFC 3986); some of it would end Slack's link."""


def escape(text: str) -> str:
    """Escape & < > as Slack decodes them."""
    return _SPECIAL.sub(lambda match: _ESCAPES[match[0]], text)


def one_line(text: str) -> str:
    """Replace each control character and line break by a blank, so that offsets stay valid.

    Characters that turn the direction of the text become zero-width spaces.
    """
    return text.translate(_ONE_LINE)


def literal(text: str) -> str:
    """Escape text so that Slack shows it as it is."""
    text = without_emoji(escape(one_line(text)))
    text = f"{ZERO_WIDTH}{text}" if _QUOTE_START.match(text) else text
    return _FORMATS.sub(rf"{ZERO_WIDTH}\g<0>{ZERO_WIDTH}", text)


def without_emoji(text: str) -> str:
    """Return the text with colon codes that Slack shows as written, also in plain messages."""
    return _CODE_START.sub(f":{ZERO_WIDTH}", text)


def fit(text: str, limit: int, escaping: Callable[[str], str]) -> str:
    """Return what ``escaping`` makes of the text, cut so that it is at most ``limit`` long."""
    length = min(len(text), limit)
    while len(result := escaping(clip(text, length))) > limit and length:
        length = length * limit // len(result)
    return result


def link(url: str | None, text: str) -> str:
    """Return the text as a link, or plain if Slack would not accept the address.

    Characters that no address may contain are percent-encoded.
    """
    address, label = (url or "").strip(), literal(text)
    target = escape(_UNSAFE_IN_URL.sub(lambda match: quote(match[0]), address))
    is_valid = _URL.fullmatch(address) and len(target) <= URL_CHARACTERS
    return f"<{target}|{label}>" if is_valid else label


def bold_marks(text: str, marks: Sequence[Span]) -> str:
    """Escape the text and make its marks bold.

    Marks are in code points of ``text``. They may touch, overlap, or reach beyond the text.
    """
    text, parts, end = one_line(text), list[str](), 0
    trimmed = (_without_blanks(text, mark) for mark in marks)
    for mark in merge_spans((mark for mark in trimmed if mark.start < mark.end), touching=True):
        parts += [literal(text[end : mark.start]), _bold(text, mark.start, mark.end)]
        end = mark.end
    return "".join([*parts, literal(text[end:])])


def _bold(text: str, start: int, end: int) -> str:
    """Return ``*…*``, with a zero-width space where a neighbour would hide the mark from Slack."""
    before = ZERO_WIDTH if start and not text[start - 1].isspace() else ""
    after = ZERO_WIDTH if end < len(text) and not text[end].isspace() else ""
    return f"{before}*{literal(text[start:end])}*{after}"


def _without_blanks(text: str, mark: Span) -> Span:
    """Return the part of the mark that lies in the text, without blanks at its edges."""
    start, end = (min(max(0, index), len(text)) for index in (mark.start, mark.end))
    inner = text[start:end]
    return Span(start=start + len(inner) - len(inner.lstrip()), end=start + len(inner.rstrip()))
