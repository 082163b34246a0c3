"""Step 7: find the dateline, e.g. "WASHINGTON/SEOUL" of "WASHINGTON/SEOUL -- U.S. President …".

It is recorded, and stays in the body. Its form identifies it: at the start of the first paragraph,
a place in capitals (with a date, or an agency in brackets, behind it) or any capitalised place
followed by an agency in brackets, then a dash.
"""

import re
from dataclasses import replace
from typing import Final

from services.cleaner.article_draft import ArticleDraft

_MAX_CHARACTERS: Final = 90
_DASH: Final = re.compile(r"\s*(?:--|[—–―]|\s-)(?=\s)\s*")
_CAPITALS: Final = re.compile(
    r"[^\W\d_a-z]{2,}[^a-z]*(?:,[^()]{0,40})?(?:\([^()]{2,30}\))?", re.UNICODE
)
_WITH_AGENCY: Final = re.compile(r"[^\W\d_][^()]{1,50}\([^()]{2,30}\)")
_AFTER_PLACE: Final = re.compile(r"\s*(?:[,(=]|\s\d)")
_KOREAN: Final = re.compile(r"[(\[][^()\[\]=]{1,20}=[^()\[\]]{1,30}[)\]]")


def find_dateline(draft: ArticleDraft) -> ArticleDraft:
    """Fill ``dateline`` and ``located``."""
    paragraphs = draft.extraction.paragraphs
    dateline = parse_dateline(paragraphs[0]) if paragraphs else None
    return replace(draft, dateline=dateline, located=parse_place(dateline) if dateline else None)


def parse_dateline(paragraph: str) -> str | None:
    """Return the dateline that the paragraph begins with, without its dash; None without one."""
    korean = _KOREAN.match(paragraph)
    if korean:
        return korean.group()
    dash = _DASH.search(paragraph, 0, _MAX_CHARACTERS)
    before = paragraph[: dash.start()].strip() if dash else ""
    if not before or not any(character.isupper() for character in before):
        return None
    return before if _CAPITALS.fullmatch(before) or _WITH_AGENCY.fullmatch(before) else None


def parse_place(dateline: str) -> str | None:
    """Return the place of a dateline without date and agency; None if it names no place.

    For example, it is "SEOUL" for "SEOUL, Sept. 11 (Reuters)".
    """
    place = _AFTER_PLACE.split(dateline.strip("()[]"), maxsplit=1)[0].strip()
    return place or None
