"""Datelines and credits: "SEOUL (Reuters) -" before a text, "(Reporting by AP)" behind it."""

import re
from typing import Final

_NAME: Final = r"[^\W\d_][\w.&'’-]*(?: [\w.&'’-]+){0,3}"
_DATELINES: Final = (
    re.compile(
        rf"\s*(?:[^\W\d_a-z][^()/\n]{{0,60}})?[(/](?P<agency>(?!(?i:correct|update|add|refile|recast)){_NAME})[)/]\.?\s*(?:[-–—:]+\s*)?"
        r"(?=[\"“„A-Z])"
    ),
    re.compile(r"(?P<agency>Reuters|AP|AFP|dpa|EFE|Kyodo|Yonhap)\s+[-–—]+\s+"),
    re.compile(
        r"[^\W\d_a-z]{3}[^()\n]{0,40}?,\s(?:[^\W\d_]{3,9}\.?\s\d\d?|\d\d?\s[^\W\d_]{3,9}\.?)"
        r"(?:,\s(?P<agency>[^\W\d_a-z][\w&]+))?\s+[-–—]+\s+"
    ),
    re.compile(r"(?P<agency>)[^\W\d_a-z]{3}[^()\n.]{0,30}?\s--\s"),
)
"""Forms of datelines: "SEOUL (Reuters) -", "Kyodo -", "SEOUL, Aug. 23, Yonhap -", "SEOUL --"."""
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
_CREDIT_LINES: Final = r"""
(?:©|\(c\)|copyright\b)[^.]{0,60}
(?:all|alle) (?:rights|rechte) [^.]{0,60}
(?:source|quelle|fuente)s?: [^.]{1,50}
(?:additional |with )?(?:reporting|writing|editing|photos?|files?|material) (?:by|from) [^.]{1,60}
[\w .&/-]{1,40} contributed (?:to )?(?:this |the )?(?:report|story|article)
"""
_CREDIT_LINE: Final = re.compile("|".join(_CREDIT_LINES.split("\n")[1:-1]), re.IGNORECASE)
_SIGNATURE: Final = re.compile(r"[^\W\d_][\w&’'-]*(?:[ /][^\W\d_][\w&’'-]*){0,2}")
"""What stands alone in the last line: "BELGA", "Lusa/CM"."""
_START_CHARACTERS: Final = 120
_END_CHARACTERS: Final = 80


def dateline_length(text: str) -> int:
    """Return how many characters of a text's start are its dateline: 0 if it has none."""
    match = _dateline(text)
    return match.end() if match else 0


def agency_in_dateline(text: str) -> str | None:
    """Return the agency that a text's dateline names."""
    match = _dateline(text)
    return (match["agency"] or None) if match else None


def agency_in_credit(text: str) -> str | None:
    """Return the agency that the credit at a text's end names."""
    match = _CREDIT.search(text.rstrip()[-_END_CHARACTERS:])
    return match[1] if match else None


def is_credit(sentence: str) -> bool:
    """Return whether a sentence is nothing but a credit: "(Reuters)", "By agencies."."""
    if len(sentence) > _END_CHARACTERS:
        return False
    is_line = _CREDIT_LINE.fullmatch(sentence.strip().rstrip("."))
    return bool(is_line or _CREDIT.match(sentence) or _BYLINE.match(sentence))


def credit_start(sentence: str) -> int:
    """Return where the credit in a sentence's last line begins, its length if there is none.

    Behind "6 a.m." the credit may stand in the same sentence.
    """
    text = sentence.rstrip()
    start = text.rfind("\n") + 1
    if start and _SIGNATURE.fullmatch(text[start:].rstrip(".")):
        return start
    behind_stop = text.rstrip(".").rfind(". ", -_END_CHARACTERS) + 1
    starts = (at for at in (start, behind_stop) if at and is_credit(text[at:]))
    return next(starts, len(sentence))


def _dateline(text: str) -> re.Match[str] | None:
    start = text[:_START_CHARACTERS]
    matches = (form.match(start) for form in _DATELINES)
    return next((match for match in matches if match), None)
