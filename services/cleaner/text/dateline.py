"""Step 7: the dateline, e.g. "WASHINGTON/SEOUL" of "WASHINGTON/SEOUL -- U.S. President …". It is recorded, and stays in the body.

Known by its form: at the start of the first paragraph, a place in capitals (with a date, or an agency in brackets, behind it) or any
capitalised place followed by an agency in brackets, then a dash.
"""

import re
from dataclasses import replace
from typing import Final

from services.cleaner.article_draft import ArticleDraft

_LONGEST: Final = 90
_DASH: Final = re.compile(r"\s*(?:--|[—–―]|\s-)(?=\s)\s*")
_CAPITALS: Final = re.compile(
    r"[^\W\d_a-z]{2,}[^a-z]*(?:,[^()]{0,40})?(?:\([^()]{2,30}\))?", re.UNICODE
)
_WITH_AGENCY: Final = re.compile(r"[^\W\d_][^()]{1,50}\([^()]{2,30}\)")
_BEHIND_PLACE: Final = re.compile(r"\s*(?:[,(=]|\s\d)")
_KOREAN: Final = re.compile(r"[(\[][^()\[\]=]{1,20}=[^()\[\]]{1,30}[)\]]")


def find_dateline(draft: ArticleDraft) -> ArticleDraft:
    """Fill ``dateline`` and ``located``."""
    first = draft.cut.paragraphs[0] if draft.cut.paragraphs else ""
    found = dateline(first)
    return replace(draft, dateline=found, located=place(found) if found else None)


def dateline(paragraph: str) -> str | None:
    """The dateline with which the paragraph begins, without its dash; None where there is none."""
    korean = _KOREAN.match(paragraph)
    if korean:
        return korean.group()
    dash = _DASH.search(paragraph, 0, _LONGEST)
    before = paragraph[: dash.start()].strip() if dash else ""
    if (
        before
        and (_CAPITALS.fullmatch(before) or _WITH_AGENCY.fullmatch(before))
        and any(character.isupper() for character in before)
    ):
        return before
    return None


def place(found: str) -> str | None:
    """The place that a dateline names, without date and agency: "SEOUL, Sept. 11 (Reuters)" → "SEOUL"; None where it names none."""
    named = _BEHIND_PLACE.split(found.strip("()[]"), maxsplit=1)[0].strip()
    return named or None
