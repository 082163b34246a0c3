"""What publishers write at the start of a headline or lead about the version. Pure.

It is a kill, a correction, a refile, a repeat or an update. Forms count, not words: "KILL" alone or
before a colon is an order to editors, "Kill bill passes" is news. AP, Reuters, AFP, dpa, EFE, Kyodo
and Yonhap write them as listed; to add one, add a line.
"""

import re
from typing import Final

from shared.messages.schemas import Signal

_STANDS_ALONE = r"(?=\s*(?:[:–—]|--|-\s|$))"
"""Behind a word that is an order: a colon, a dash or nothing. "KILL-OR-CURE" is a word."""
_PREFIX = r"(?:\s*\(\w{1,12}\))?(?:\s*\d{1,2})?\s*[-–—:]"
"""Behind a word before a headline: "CORRECTED-", "UPDATE 2-", "CORRECTED (OFFICIAL)-", "UPDATED:".
"""
_NOTE = r"\b[^()]{0,600}(?:\)|$)"
"""The rest of a note in brackets: "(Corrects spelling of name in paragraph 3)"."""

_KILL = rf"""
(?:BULLETIN|MANDATORY|URGENT)\s+(?:MANDATORY\s+)?KILL\b
(?:STORY\s+)?KILL{_STANDS_ALONE}
(?:STORY\s+REMOVED|STORY\s+WITHDRAWN|WITHDRAWAL|ANNULATION|ANNULÉ|ANULACIÓN|ANULADA){_STANDS_ALONE}
WITHDRAWN(?:{_PREFIX}|$)
\((?i:mandatory\s+kill|withdrawn|withdraws){_NOTE}
[\[(<【]\s*전문\s*취소\s*[\])>】]
"""

_CORRECTION = rf"""
(?:CORRECTED|CORRECTS|CORREGIDO){_PREFIX}
(?:CORRECTION|CORRECTED|CLARIFICATION|BERICHTIGUNG|KORREKTUR|CORRIGÉ){_STANDS_ALONE}
(?:RECTIFICATIF|CORRECCIÓN|CORREZIONE|CORREÇÃO|ИСПРАВЛЕНИЕ){_STANDS_ALONE}
(?:Correction|Corrected|Clarification|Berichtigung|Korrektur|Corrigé|Rectificatif)\s*:
(?:Corrección|Corregido|Correzione|Correção)\s*:
\((?i:corrects|corrected|correction|correcting|clarifies|berichtigt|berichtigung){_NOTE}
\((?i:corrige|corrección|rectifica){_NOTE}
\((?i:this\b[^()]{{0,60}}\bstory\s+(?:corrects|has\s+been\s+corrected|was\s+corrected)){_NOTE}
(?i:eds|editors)\s*:\s*(?i:corrects)\b
[\[(<【]\s*(?:정정|訂正|更正)[^\])>】]{{0,40}}[\])>】]
(?:정정|訂正|更正)\s*[:：]
"""

_REFILE = rf"""
REFILE{_PREFIX}
\((?i:refiles|refiled|refiling){_NOTE}
\((?i:this\b[^()]{{0,60}}\bstory\s+(?:has\s+been\s+|was\s+)?(?:refiled|refiles)){_NOTE}
"""

_REPEAT = rf"""
(?:RPT|REPITE|REITERA){_PREFIX}
\((?i:repeats|repeating){_NOTE}
"""

_UPDATE = rf"""
(?:UPDATE|ACTUALIZA)\s*\d{{1,2}}\s*[-–—:]
(?:UPDATE|UPDATED|ACTUALIZACIÓN|MISE\s+À\s+JOUR){_STANDS_ALONE}
\((?i:updates|updated|adds|recasts){_NOTE}
\((?:UPDATE\s*\d{{0,2}}|LEAD|\d{{1,2}}(?:st|nd|rd|th)\s+LD|LD)\)
[\[(<]\s*(?:종합\s*\d?보?|\d보)\s*[\])>]
"""


def _any_of(lines: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{line})" for line in lines.split("\n")[1:-1]))


_PATTERNS: Final[tuple[tuple[Signal, re.Pattern[str]], ...]] = (
    ("kill", _any_of(_KILL)),
    ("correction", _any_of(_CORRECTION)),
    ("refile", _any_of(_REFILE)),
    ("repeat", _any_of(_REPEAT)),
    ("update", _any_of(_UPDATE)),
)


def parse_signal(text: str) -> tuple[Signal, str] | None:
    """Return the signal that a text begins with, and its words; None for any other text."""
    for kind, pattern in _PATTERNS:
        if match := pattern.match(text):
            return kind, match.group()
    return None
