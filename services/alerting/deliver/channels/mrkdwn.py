"""Text from feeds in Slack's mrkdwn: it must not ping, link, format, or end a bold mark. Pure.

Slack decodes only ``&amp;``, ``&lt;`` and ``&gt;``, and has no escape for its formatting characters
(star, underscore, tilde, backtick). A zero-width space on both sides keeps such a character from
opening or closing a format, and shows it as it is; one behind a colon keeps ``:code:`` from being
an emoji.
"""

import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import quote

from shared.messages.schemas import Span
from shared.text.spans import clip_spans, merge_spans, window_around

ZERO_WIDTH: Final = "\u200b"
ELLIPSIS: Final = "…"
URL_CHARACTERS: Final = 1_000
_ESCAPES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_CONTROL: Final = dict.fromkeys([*range(0x20), 0x7F, 0x2028, 0x2029], " ")
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
    """Replace each control character and line break by one blank, so that offsets stay valid."""
    return text.translate(_CONTROL)


def literal(text: str) -> str:
    """Escape text so that Slack shows it as it is."""
    text = without_emoji(escape(one_line(text)))
    return _FORMATS.sub(rf"{ZERO_WIDTH}\g<0>{ZERO_WIDTH}", text)


def without_emoji(text: str) -> str:
    """Return the text with colon codes that Slack shows as written, also in plain messages."""
    return _CODE_START.sub(f":{ZERO_WIDTH}", text)


def clip(text: str, limit: int) -> str:
    """Cut the text to ``limit`` code points; … marks the cut."""
    return text if len(text) <= limit else text[: max(0, limit - 1)].rstrip() + ELLIPSIS


def fit(text: str, limit: int) -> str:
    """Escape the text and cut it, so that the result has at most ``limit`` code points.

    No entity is cut in two.
    """
    text = one_line(text)
    length = len(text)
    while len(escaped := escape(clip(text, length))) > limit:
        length -= max(1, (len(escaped) - limit) // 5)
    return escaped


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


def clip_around_marks(text: str, marks: Sequence[Span], limit: int) -> tuple[str, list[Span]]:
    """Cut a text to ``limit`` code points around its first mark, and move the marks with it.

    … marks each cut.
    """
    if len(text) <= limit:
        return text, list(marks)
    first = min((mark.start for mark in marks), default=0)
    part = window_around(first, len(text), size=limit - 2 * len(ELLIPSIS), lead=limit // 3)
    head, tail = ELLIPSIS if part.start else "", ELLIPSIS if part.end < len(text) else ""
    return head + text[part.start : part.end] + tail, clip_spans(marks, part, offset=len(head))


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
