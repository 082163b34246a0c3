"""Slack's mrkdwn as HTML: what would ping, link or format in Slack does so here, visibly. Pure.

Nothing else does: every text is escaped, only web and mail addresses become links, and characters
that could hide or reverse text are shown by their number.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import Final

from services.console.fake_slack.page.emoji import EMOJI
from services.console.fake_slack.page.tags import Markup, element, join

_ZERO_WIDTH: Final = "\u200b"
_ENTITY: Final = re.compile(r"&(?:amp|lt|gt);")
_ENTITIES: Final = {"&amp;": "&", "&lt;": "<", "&gt;": ">"}
_LINE_BREAKS: Final = re.compile(r"\r\n?")
_BLANK: Final = rf"\s{_ZERO_WIDTH}"
_PIECE: Final = re.compile(
    r"```(?P<pre>[^`]+)```"
    rf"|(?<![\w`])`(?![{_BLANK}`])(?P<code>[^`\n]*[^`{_BLANK}])`(?![\w`])"
    r"|<(?P<control>[^<>\n]+)>"
    r"|(?P<address>https?://[^\s<>|`]+)"
    r"|:(?P<emoji>[a-z0-9_+-]{1,40}):"
    rf"|(?<![\w*])\*(?![{_BLANK}*])(?P<bold>[^*\n]*[^*{_BLANK}])\*(?![\w*])"
    rf"|(?<![\w_])_(?![{_BLANK}_])(?P<italic>[^_\n]*[^_{_BLANK}])_(?![\w_])"
    rf"|(?<![\w~])~(?![{_BLANK}~])(?P<strike>[^~\n]*[^~{_BLANK}])~(?![\w~])"
)
"""No part may contain what ends it, so that each character is looked at a few times at most."""
_TAGS: Final = {"bold": "b", "italic": "i", "strike": "s"}
_WEB: Final = re.compile(r"(?:https?://|mailto:)\S+", re.IGNORECASE)
_QUOTE: Final = re.compile(r"(?:&gt;|>) ?")
_DIRECTIONS: Final = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)


def render_mrkdwn(text: str, *, is_verbatim: bool = False) -> Markup:
    """Render a text, with lines that begin with > as quotations.

    If it is verbatim, addresses that stand bare in it are no links, as in Slack.
    """
    text = _LINE_BREAKS.sub("\n", text)
    if "```" in text:
        return join(_pieces(text, is_verbatim))
    return join(_lines(text.split("\n"), is_verbatim))


def render_plain(text: str, *, has_emoji: bool = True) -> Markup:
    """Render a plain_text: nothing in it formats or links, only emoji are shown."""
    parts = re.split(r":([a-z0-9_+-]{1,40}):", text) if has_emoji else [text]
    shown: list[str] = []
    for index, part in enumerate(parts):
        shown.append(_emoji(part) if index % 2 else show_text(decode(part)))
    return join(shown)


def show_text(text: str) -> Markup:
    """Escape a text, and show the characters in it that would hide or reverse text."""
    if text.isascii() and text.isprintable():
        return join([text])
    return join(map(_show_character, text))


def decode(text: str) -> str:
    """Decode the three entities that Slack knows, once."""
    return _ENTITY.sub(lambda match: _ENTITIES[match[0]], text)


def _lines(lines: list[str], is_verbatim: bool) -> Iterator[Markup]:
    for number, line in enumerate(lines):
        quote = _QUOTE.match(line)
        if quote:
            yield element("blockquote", *_pieces(line[quote.end() :], is_verbatim))
            continue
        if number and not _QUOTE.match(lines[number - 1]):
            yield element("br")
        yield join(_pieces(line, is_verbatim))


def _pieces(text: str, is_verbatim: bool) -> Iterator[Markup]:
    """Yield the parts of a text; formats nest, but none can stand within itself."""
    end = 0
    for match in _PIECE.finditer(text):
        kind = match.lastgroup or ""
        yield show_text(decode(text[end : match.start()]))
        if kind in _TAGS:
            yield element(_TAGS[kind], *_pieces(match[kind], is_verbatim))
        elif kind == "address" and is_verbatim:
            yield show_text(decode(match[0]))
        else:
            yield _RENDER[kind](match[kind])
        end = match.end()
    yield show_text(decode(text[end:]))


def _pre(text: str) -> Markup:
    return element("pre", show_text(decode(text.strip("\n"))), tabindex="0")


def _code(text: str) -> Markup:
    return element("code", show_text(decode(text)))


def _control(inner: str) -> Markup:
    """Render what stands between < and >: a link, a mention, or something that is neither."""
    target, bar, label = inner.partition("|")
    if target.startswith(("@", "#", "!")):
        return _mention(target, label if bar else "")
    if _WEB.fullmatch(target):
        return link(decode(target), label if bar else target)
    return show_text(decode(f"<{inner}>"))


def _mention(target: str, label: str) -> Markup:
    """Render a mention as Slack shows it; what notifies people must be noticed here, too."""
    if target.startswith("!date"):
        return element("time", show_text(decode(label)))
    name = label.lstrip("@#") or target[1:].partition("^")[2] or target[1:]
    sign = "#" if target.startswith("#") else "@"
    return element("span", show_text(sign + decode(name)), class_="mention")


def link(address: str, label: str) -> Markup:
    """Render a link that opens elsewhere and learns nothing of this page; ``label`` is encoded."""
    return element(
        "a",
        show_text(decode(label)),
        href=address,
        rel="noopener noreferrer nofollow",
        target="_blank",
    )


def _address(text: str) -> Markup:
    """Render a bare address, which Slack makes a link; a full stop behind it is not part of it."""
    address = text.rstrip(".,;:!?)'\"*_~")
    return join([link(decode(address), address), show_text(decode(text[len(address) :]))])


def _emoji(name: str) -> Markup:
    if name not in EMOJI:
        return show_text(f":{name}:")
    return element("span", EMOJI[name], class_="emoji", title=f":{name}:")


def _show_character(character: str) -> str:
    if character == _ZERO_WIDTH:
        return ""
    is_hidden = character in _DIRECTIONS or unicodedata.category(character) in ("Cc", "Cs", "Co")
    if not is_hidden or character in "\n\t":
        return character
    code = f"U+{ord(character):04X}"
    return element("span", code, class_="hidden", title="a character that cannot be seen")


_RENDER: Final[dict[str, Callable[[str], Markup]]] = {
    "pre": _pre,
    "code": _code,
    "control": _control,
    "address": _address,
    "emoji": _emoji,
}
