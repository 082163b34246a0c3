"""What a feed carries of an article: its HTML, how much of it a reader sees, whether it is cut off.

Pure, and in linear time: it reads what anybody may have written.
"""

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from services.fetcher.parsing.entry_text import plain_text
from shared.messages.ids import content_id
from shared.text.writing_systems import UNSPACED

FULL_LENGTH: Final = 1_200
"""Characters of a whole article, about 200 words: what is shorter may be a summary."""
SIGN_LENGTH: Final = 3
"""What a sign of a script without spaces counts: one says as much as three Latin letters."""
MAX_CHARACTERS: Final = 512 * 1024
"""More is not carried: the page is downloaded."""
FINGERPRINT_CHARACTERS: Final = 16
_TAIL: Final = 200
_SIGN: Final = re.compile(f"[{UNSPACED}]")
_APPEARED: Final = re.compile(r"\s*The post .{1,160} (?:first )?appeared (?:first )?on .{1,60}$")
"""WordPress's own last line, which stands below whole texts and excerpts alike."""
_MORE: Final = (
    *("read more", "continue reading", "read the full", "read full", "keep reading", "learn more"),
    *("read the rest", "full story", "weiterlesen", "mehr lesen", "lire la suite", "leer más"),
    *("seguir leyendo", "continua a leggere", "leggi tutto", "leia mais", "читать далее"),
    *(
        "читать полностью",
        "続きを読む",
        "続きはこちら",
        "阅读全文",
        "閱讀全文",
        "더 보기",
        "더보기",
    ),
    *("xem thêm", "đọc tiếp", "اقرأ المزيد", "baca selengkapnya", "lees verder", "läs mer"),
)
_CUT_OFF: Final = re.compile(
    r"(?:\[?(?:…|\.\.\.)\]?|(?:" + "|".join(map(re.escape, _MORE)) + r")\W{0,12})\s*$",
    re.IGNORECASE,
)
_CUT_WITH_NAME: Final = re.compile(r"(?:…|\.\.\.)\]?\s*(?:" + "|".join(map(re.escape, _MORE)) + ")")
_PARAGRAPH: Final = re.compile(r"\n[ \t]*\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryContent:
    """The HTML of an entry's text, and the characters of it that a reader sees.

    ``is_body``: the feed gives it as the article's content and not as its description.
    ``is_cut``: it ends like an excerpt. ``fingerprint`` is a hash of what a reader sees.
    """

    html: str
    fingerprint: str
    length: int
    is_body: bool
    is_cut: bool

    @property
    def is_full(self) -> bool:
        """Whether this is the whole article, so that its page need not be downloaded."""
        return self.is_body and not self.is_cut and self.length >= FULL_LENGTH


def read_content(texts: Iterable[str], *, is_body: bool) -> EntryContent | None:
    """Return the longest of some texts in HTML; None if none is readable or of a bearable size."""
    contents = [_measure(text, is_body=is_body) for text in texts if text]
    return max(filter(None, contents), key=lambda content: content.length, default=None)


def html_of_text(text: str) -> str:
    """Return plain text as HTML: a blank line ends a paragraph."""
    parts = (html.escape(part.strip()) for part in _PARAGRAPH.split(text))
    return "".join(f"<p>{part}</p>" for part in parts if part)


def build_document(content: EntryContent, headline: str | None, language: str | None) -> bytes:
    """Return the text as a minimal page in UTF-8, with the headline that the feed states."""
    title = html.escape(headline or "")
    lang = f' lang="{html.escape(language)}"' if language else ""
    heading = f"<h1>{title}</h1>" if title else ""
    document = (
        f'<!DOCTYPE html>\n<html{lang}><head><meta charset="utf-8"><title>{title}</title></head>\n'
        f"<body><article>{heading}\n{content.html}\n</article></body></html>\n"
    )
    return document.encode("utf-8", "replace")


def _measure(text: str, *, is_body: bool) -> EntryContent | None:
    if len(text) > MAX_CHARACTERS:
        return None
    visible = plain_text(text, is_html=True, limit=MAX_CHARACTERS)
    if visible is None:
        return None
    return EntryContent(
        html=text,
        fingerprint=content_id("feed text", visible)[:FINGERPRINT_CHARACTERS],
        length=len(visible) + (SIGN_LENGTH - 1) * len(_SIGN.findall(visible)),
        is_body=is_body,
        is_cut=_is_cut(visible),
    )


def _is_cut(visible: str) -> bool:
    tail = _APPEARED.sub("", visible[-2 * _TAIL :])[-_TAIL:]
    return bool(_CUT_OFF.search(tail) or _CUT_WITH_NAME.search(tail.lower()))
