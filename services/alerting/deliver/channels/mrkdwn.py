"""Feed text inside Slack's mrkdwn: nothing in it may ping, link, format, or end a bold mark of ours. Pure.

Slack decodes only ``&amp;``, ``&lt;`` and ``&gt;``, and has no escape for its formatting characters (star, underscore, tilde, backtick):
a zero-width space on both sides keeps one of these from opening or closing a format, and leaves the character as it stands.
"""

import re
from collections.abc import Sequence
from typing import Final

from shared.messages.schemas import Span
from shared.text.spans import clip_spans, merge_spans, window_around

ZERO_WIDTH: Final = "\u200b"
ELLIPSIS: Final = "…"
URL_CHARACTERS: Final = 1_000
_ESCAPES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_CONTROL: Final = dict.fromkeys([*range(0x20), 0x7F, 0x2028, 0x2029], " ")
_FORMATS: Final = re.compile(r"[*_~`]")
_SPECIAL: Final = re.compile(r"[&<>]")
_URL: Final = re.compile(r"https?://[^\s<>|\"]+", re.IGNORECASE)


def escape(text: str) -> str:
    """The text with & < > written as Slack decodes them."""
    return _SPECIAL.sub(lambda found: _ESCAPES[found[0]], text)


def one_line(text: str) -> str:
    """Every control character and line break is one blank: as long as before, so offsets still hold."""
    return text.translate(_CONTROL)


def literal(text: str) -> str:
    """Feed text that shows as it is written."""
    return _FORMATS.sub(rf"{ZERO_WIDTH}\g<0>{ZERO_WIDTH}", escape(one_line(text)))


def clip(text: str, limit: int) -> str:
    """At most ``limit`` code points, ending in … where something was cut."""
    return text if len(text) <= limit else text[: max(0, limit - 1)].rstrip() + ELLIPSIS


def fit(text: str, limit: int) -> str:
    """The text escaped, cut with … so that what is sent has at most ``limit`` code points; no entity is cut in two."""
    text = one_line(text)
    keep = len(text)
    while len(escaped := escape(clip(text, keep))) > limit:
        keep -= max(1, (len(escaped) - limit) // 5)
    return escaped


def link(url: str | None, text: str) -> str:
    """The text as a link; plain where there is no address that Slack would take."""
    target = escape(url or "").replace("|", "%7C")
    shown = literal(text)
    return (
        f"<{target}|{shown}>"
        if _URL.fullmatch(url or "") and len(target) <= URL_CHARACTERS
        else shown
    )


def bold_marks(text: str, marks: Sequence[Span]) -> str:
    """Feed text with the marked stretches bold. Marks may touch, overlap or leave the text; they are code points of ``text``."""
    text, parts, at = one_line(text), list[str](), 0
    trimmed = (_without_blanks(text, mark) for mark in marks)
    for mark in merge_spans((mark for mark in trimmed if mark.start < mark.end), touching=True):
        parts += [literal(text[at : mark.start]), _bold(text, mark.start, mark.end)]
        at = mark.end
    return "".join([*parts, literal(text[at:])])


def window(text: str, marks: Sequence[Span], limit: int) -> tuple[str, list[Span]]:
    """At most ``limit`` code points of a text that hold its first mark, … where something was cut, and the marks moved along."""
    if len(text) <= limit:
        return text, list(marks)
    first = min((mark.start for mark in marks), default=0)
    part = window_around(first, len(text), size=limit - 2 * len(ELLIPSIS), lead=limit // 3)
    head, tail = ELLIPSIS if part.start else "", ELLIPSIS if part.end < len(text) else ""
    return head + text[part.start : part.end] + tail, clip_spans(marks, part, offset=len(head))


def _bold(text: str, start: int, end: int) -> str:
    """``*…*``, with a zero-width space where a neighbour would keep Slack from seeing the mark."""
    before = ZERO_WIDTH if start and not text[start - 1].isspace() else ""
    after = ZERO_WIDTH if end < len(text) and not text[end].isspace() else ""
    return f"{before}*{literal(text[start:end])}*{after}"


def _without_blanks(text: str, mark: Span) -> Span:
    """Return the part of the mark that lies in the text, without blanks at its edges."""
    start, end = (min(max(0, at), len(text)) for at in (mark.start, mark.end))
    inner = text[start:end]
    return Span(start=start + len(inner) - len(inner.lstrip()), end=start + len(inner.rstrip()))
