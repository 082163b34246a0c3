"""Datelines and credits: "SEOUL (Reuters) -" before a text, "(Reporting by AP)" behind it."""

import re
from typing import Final

_NAME: Final = r"[^\W\d_][\w.&'’-]*(?: [\w.&'’-]+){0,3}"
_DATELINE: Final = re.compile(
    rf"\s*(?:[^\W\d_a-z][^()\n]{{0,60}})?\(({_NAME})\)\s*(?:[-–—:]+\s*)?(?=[\"“„A-Z])"
)
_AGENCIES_BEFORE_DASH: Final = re.compile(r"(Reuters|AP|AFP|dpa|EFE|Kyodo|Yonhap)\s+[-–—]+\s+")
_CREDIT: Final = re.compile(
    rf"[.!?\"”’]?\s*\((?:(?:reporting|with\s+material|material|source|quelle)(?:\s+by|\s+from|:)?\s+)?"
    rf"({_NAME})\)\s*\Z",
    re.IGNORECASE,
)
_BYLINE: Final = re.compile(
    r"(?:by|from|von)\s+(?:our\s+|news\s+|wire\s+|staff\s+)*(?:agenc\w+|correspondents?|staff|writers?|"
    r"reporters?|agenturen)[\w\s]{0,20}\.?\s*\Z",
    re.IGNORECASE,
)
_START_CHARACTERS: Final = 120
_END_CHARACTERS: Final = 80


def dateline_length(text: str) -> int:
    """Return how many characters of a text's start are its dateline: 0 if it has none."""
    match = _dateline(text)
    return match.end() if match else 0


def agency_in_dateline(text: str) -> str | None:
    """Return the agency that a text's dateline names."""
    match = _dateline(text)
    return match[1] if match else None


def agency_in_credit(text: str) -> str | None:
    """Return the agency that the credit at a text's end names."""
    match = _CREDIT.search(text.rstrip()[-_END_CHARACTERS:])
    return match[1] if match else None


def is_credit(sentence: str) -> bool:
    """Return whether a sentence is nothing but a credit: "(Reuters)", "By agencies."."""
    is_short = len(sentence) <= _END_CHARACTERS
    return is_short and bool(_CREDIT.match(sentence) or _BYLINE.match(sentence))


def _dateline(text: str) -> re.Match[str] | None:
    start = text[:_START_CHARACTERS]
    return _DATELINE.match(start) or _AGENCIES_BEFORE_DASH.match(start)
