"""What a publisher says about an article in its own text: a correction, or that it is withdrawn.

The cleaner reads the forms of agencies at the start of a text (``signal``); these are the sentences
inside it: "An earlier version misstated …", "The story is withdrawn". To add a form, add a line.
"""

import re
from typing import Final

from services.alerting.stories.article import StoryArticle

_PIECE: Final = r"(?:story|stories|article|report|item|dispatch|version)"
_WHOSE: Final = r"(?:this|its|the|our|that)"
_WITHDRAWALS: Final = rf"""
mandatory kill\b
\bkill:
\b{_PIECE} (?:is |has been |was )?withdrawn\b
\b(?:withdraw|withdrew|retract|kill|pull)(?:s|n|ed|ing)? {_WHOSE} (?:[\w'’-]+ ){{0,4}}{_PIECE}\b
\b(?:has|have) been (?:retracted|withdrawn)\b
\bdisregard\b.{{0,60}}\b{_PIECE}\b
\bdo not (?:publish|use|run|print)\b
\bplease (?:kill|disregard)\b
\bmust not be (?:used|published)\b
\b(?:wird|wurde|ist) zurückgezogen\b
\bbitte nicht (?:verwenden|veröffentlichen)\b
\b(?:queda|ha sido) (?:anulad[oa]|retirad[oa])\b
\b(?:annulé|retirée?)e?\b.{{0,20}}\bdépêche\b
"""
_CORRECTIONS: Final = rf"""
^\W*(?:corrections?|corrected|corrects|clarification|clarifies|refil(?:es?|ed|ing))\b
^\W*(?:berichtigung|korrektur|rectificatif|corrección|correzione|correção|editor['’]s note)\b
\b(?:corrects?|corrected|correcting|clarif(?:y|ies|ied)) (?:its|the|an?|our|this|that|earlier)\b
\b(?:corrects?|corrected|correcting) (?:to|in|spelling|figure|name|date|day)\b
\bthis {_PIECE} (?:corrects|clarifies|(?:has been |was )?corrected)\b
\b(?:earlier|previous|first|original) {_PIECE} (?:mis\w+|wrongly|incorrectly|gave|said|stated)\b
\b(?:earlier|previous|first|original) {_PIECE} of (?:this|the|our|an?) {_PIECE}\b
\bin an? (?:earlier|previous) {_PIECE}\b(?! of)
\b(?:misstated|misspell?ed|misspelt|misidentified|misreported|erroneously)\b
\b(?:incorrectly|wrongly|mistakenly) (?:said|stated|reported|gave|named|identified|wrote|put)\b
\bas (?:we )?(?:stated|reported|said|wrote|given) (?:in (?:an?|our) )?(?:earlier|previous|first)\b
\bnot [\w ,.'’-]{{1,40}} as (?:we|originally|previously|initially|earlier|first|stated|reported)\b
\bwe (?:wrote|reported|said|stated) (?:that|in|on)\b
\b(?:got|gave) the (?:wrong \w+|\w+ wrong)\b
\bour error\b
"""
_NOTE: Final = re.compile(
    r"""\W*(?P<word>correction|corrected|corrects|clarification|refiled?|berichtigung|korrektur
      |rectificatif|corrección|correzione|(?:story\ |mandatory\ )?kill|(?:story\ )?withdrawn
      |update(?:\ ?\d+)?|updated|recast|rpt|repeat)
      \s*\d?\s*(?:\([^()]{0,40}\)\s*)?[:–—-]+\s*""",
    re.IGNORECASE | re.VERBOSE,
)
_MAX_CHARACTERS: Final = 600
"""Of a sentence: a note says at once what it is."""


def _any_of(lines: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{line})" for line in lines.split("\n")[1:-1]), re.IGNORECASE)


_WITHDRAWN: Final = _any_of(_WITHDRAWALS)
_CORRECTED: Final = _any_of(_CORRECTIONS)


def without_note(headline: str) -> str:
    """Return a headline without "CORRECTED:", "KILL:", "UPDATE 2-" and the like before it."""
    note = _NOTE.match(headline)
    return headline[note.end() :] if note and note.end() < len(headline) else headline


def withdraws(sentence: str) -> bool:
    """Return whether a sentence takes an article back."""
    return bool(_WITHDRAWN.search(sentence, 0, _MAX_CHARACTERS))


def corrects(sentence: str) -> bool:
    """Return whether a sentence says that an earlier text was wrong."""
    return bool(_CORRECTED.search(sentence, 0, _MAX_CHARACTERS))


def is_withdrawal(article: StoryArticle) -> bool:
    """Return whether the publisher takes the article back."""
    if article.is_canceled or article.signal == "kill":
        return True
    note = _NOTE.match(article.headline)
    return bool(note and note["word"].casefold().endswith(("kill", "withdrawn")))


def is_correction(article: StoryArticle) -> bool:
    """Return whether the publisher says in headline or signal that this version corrects one."""
    if article.signal in {"correction", "refile"}:
        return True
    note = _NOTE.match(article.headline)
    return bool(note and corrects(note["word"]))
