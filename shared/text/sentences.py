"""Split running text into sentences: the one splitter of the cleaner, the tagger and the rules.

A sentence ends

- at 。 ！ ？ । ॥ ۔ ። ។ ៕ ။ wherever they stand, and at a blank line;
- at . ! ? … ؟ before white space and something that opens a sentence: a capital, a digit, a letter
  of a script without capitals, with or without a quotation mark, bracket, dash or sign before it.

Closing quotation marks and brackets belong to the sentence that they close. A single full stop ends
no sentence where it belongs to the word before it: a title ("Mr. Kim"), an initial ("J. Smith"), an
abbreviation ("e.g.", "No. 5"), a German ordinal ("am 12. September"), or Thai and Lao, which write
full stops only in abbreviations. "U.S.", "Inc." and the like end one only before a word that opens
sentences and no name ("The", "He"): "in the U.S. The summit", but "the U.S. Secretary of State".

The tables of tests/passages/sentences.txt show what is meant, kind by kind.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from shared.messages.schemas import CleanArticle, Span
from shared.text.abbreviations import (
    BEFORE_NUMBERS,
    FOREIGN_OPENERS,
    GERMAN_MONTHS,
    NAME_PARTS,
    NEVER_LAST,
    OPENERS,
    ORDINAL_CUES,
    TITLES,
)
from shared.text.writing_systems import LETTERED, SIGNS, UNSPACED

_FULL_STOPS: Final = "\u3002\uff01\uff1f\uff61\u0964\u0965\u06d4\u1362\u17d4\u17d5\u104b"
"""。 ！ ？ ｡ । ॥ ۔ ። ។ ៕ ။: they need no white space after them."""
_QUOTES: Final = "\"'“”„‟‘’‚«»‹›「」『』＂＇"
_CLOSING: Final = re.escape("\"'”’»›」』＂＇)]}）］｝】》〉")
_CLOSING_IN_SOME_LANGUAGES: Final = "“‘‟«‹"
_BEFORE_WORDS: Final = re.escape(_QUOTES + "([{（［｛【《〈¿¡–—-•·*$€£¥₩§#@")
_INVISIBLE: Final = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
_STOP: Final = re.compile(
    rf"""(?P<marks>[.．!?‼⁇⁈⁉…؟{_FULL_STOPS}]++)
         (?:[{_CLOSING}]
          | [{_CLOSING_IN_SOME_LANGUAGES}](?=[\s)]|\Z)    # German „So.“, »So.«
          | [\x20\u00a0\u202f]»(?!\w)                     # French « Oui. »
         )*+
       | (?P<blank_line>\n[^\S\n]*+\n|\u2029)""",
    re.VERBOSE,
)
_MAY_STOP: Final = re.compile(f"[.．!?‼⁇⁈⁉…؟{_FULL_STOPS}\n\u2029]")
"""What every stop begins with: a set of characters is searched for in a quarter of the time."""
_GAP: Final = re.compile(rf"(?P<blank>[\s{_INVISIBLE}]*+)[\s{_INVISIBLE}{_BEFORE_WORDS}]*+")
_LAST_WORD: Final = re.compile(rf"[^\s{_BEFORE_WORDS}/‐‑]*\Z")
_PREVIOUS_WORD: Final = re.compile(r"(\w+\.?)\s+\Z")
_FIRST_WORD: Final = re.compile(r"[^\W\d_]+(?![\w.\-‐‑])")
_INITIAL: Final = re.compile(r"[^\W\d_]\.")
_DAY_OR_MONTH: Final = re.compile(r"\d{1,2}\.")
_ORDINAL: Final = re.compile(r"\d{1,2}|[IVX]+")
_DOTTED: Final = re.compile(r"[^\W\d_]{1,2}(?:\.[^\W\d_]{1,2})+|([A-HJ-UWYZ])\1")
"""Letters with stops between them, such as "U.S" or "Ph.D"; also "EE" of "EE. UU." and "MM"."""
_VOWELS: Final = frozenset("aeiouyàáâäèéêëìíîïòóôöùúûüаеёиоуыэюя")
_UNITS: Final = frozenset("ghlmtгклмтч")
"""Letters that end a sentence after a number: "500 g. Dann", "в 2018 г. Президент"."""
_SIGN: Final = re.compile(f"[{SIGNS}]")
_UNSPACED: Final = re.compile(f"[{UNSPACED}]")
_UNSPACED_LETTER: Final = re.compile(f"[{LETTERED}]")
_RIGHT_TO_LEFT: Final = re.compile("[\u0590-\u07bf\u08a0-\u08ff]")
_CONTEXT: Final = 24
"""Characters looked at on either side of a stop, so that no text makes this slow."""


def split_sentences(text: str, start: int = 0, end: int | None = None) -> Iterator[Span]:
    """Yield the sentences between two offsets in order: all of the text but white space."""
    end = _skip_back(text, len(text) if end is None else end)
    start = _skip(text, start, end)
    for stop in _iter_stops(text, start, end):
        if start < stop.start() and _ends_sentence(text, start, stop, end):
            last = stop.end() if stop["marks"] else _skip_back(text, stop.start())
            yield Span(start=start, end=last)
            start = _skip(text, stop.end(), end)
    if start < end:
        yield Span(start=start, end=end)


def sentences_in_message(article: CleanArticle) -> Sequence[Span] | None:
    """Return the sentences that an article's message states for its body, None if it does not.

    The cleaner states them; other programs may leave them out, or write spans out of order.
    """
    starts = [span.start for span in article.sentences]
    return article.sentences if starts and starts == sorted(starts) else None


def _iter_stops(text: str, start: int, end: int) -> Iterator[re.Match[str]]:
    """Yield what may end a sentence."""
    while start < end and (first := _MAY_STOP.search(text, start, end)):
        stop = _STOP.match(text, first.start(), end)
        if stop:
            yield stop
        start = (stop or first).end()


class _FullStop(NamedTuple):
    """A full stop that may belong to the word before it, and the text on both sides."""

    word: str
    before: str
    after: str
    is_first: bool
    """Whether no word of the sentence stands before this one."""


def _ends_sentence(text: str, start: int, stop: re.Match[str], end: int) -> bool:
    marks = stop["marks"]
    if not marks or (marks != "." and any(mark in _FULL_STOPS for mark in marks)):
        return True
    gap = _GAP.match(text, stop.end(), end)
    if gap is None or gap.end() == end:
        return False
    following = text[gap.end()]
    if not gap["blank"]:
        return marks[0] in "!?…" and bool(_SIGN.match(following))
    if not _can_open(following):
        return False
    return marks not in (".", "．") or not _belongs_to_word(_look_around(text, start, stop, gap))


def _can_open(character: str) -> bool:
    """Return whether a sentence can begin with the character: no small letter, no sign."""
    is_capital_or_digit = character.isalnum() and not character.islower()
    return is_capital_or_digit or bool(_UNSPACED.match(character))


def _look_around(text: str, start: int, stop: re.Match[str], gap: re.Match[str]) -> _FullStop:
    last_word = _LAST_WORD.search(text, max(start, stop.start() - _CONTEXT), stop.start())
    first = last_word.start() if last_word else stop.start()
    before = text[max(start, first - _CONTEXT) : first]
    after = text[gap.end() : min(gap.endpos, gap.end() + _CONTEXT)]
    return _FullStop(text[first : stop.start()], before, after, is_first=first == start)


def _belongs_to_word(stop: _FullStop) -> bool:
    """Return whether the stop is part of an abbreviation that goes on rather than an end."""
    word, key = stop.word, stop.word.casefold()
    if not word:
        return False
    if key in NEVER_LAST or _UNSPACED_LETTER.match(word[-1]):
        return True
    if len(word) == 1 and word.isalpha():
        return _is_initial(stop)
    if key in TITLES:
        return word[0].isupper() or not _opens_sentence(stop.after)
    if key in BEFORE_NUMBERS:
        return stop.after[0].isdigit()
    if key in NAME_PARTS or _DOTTED.fullmatch(word):
        return not _opens_sentence(stop.after)
    return bool(_ORDINAL.fullmatch(word)) and _is_ordinal(stop)


def _opens_sentence(after: str) -> bool:
    """Return whether the text begins with a word that opens a sentence and no name."""
    word = _first_word(after)
    return _opens_english(after) or (word.istitle() and word.casefold() in FOREIGN_OPENERS)


def _opens_english(after: str) -> bool:
    word = _first_word(after)  # of two capitals it is no opener: "the U.S. IT sector", "9 a.m. ET"
    return word.casefold() in OPENERS and (word.istitle() or len(word) > 2)


def _first_word(after: str) -> str:
    first_word = _FIRST_WORD.match(after)
    return first_word[0] if first_word else ""


def _previous_word(before: str) -> str:
    word = _PREVIOUS_WORD.search(before)
    return word[1] if word else ""


def _is_ordinal(stop: _FullStop) -> bool:
    """Return whether a number is one of a list ("1. Introduction") or a German ordinal."""
    if stop.is_first or _DAY_OR_MONTH.match(stop.after):
        return True
    if _first_word(stop.after).casefold() in GERMAN_MONTHS:
        return True
    is_cued = _previous_word(stop.before).casefold() in ORDINAL_CUES
    return is_cued and not _opens_sentence(stop.after)


def _is_initial(stop: _FullStop) -> bool:
    """Return whether a single letter is an initial or an abbreviation: "J. Smith", "v. Wade"."""
    word, previous = stop.word, _previous_word(stop.before)
    if stop.is_first or _RIGHT_TO_LEFT.match(word):
        return True
    if word.isupper():
        is_spaced = len(previous) == 2 and previous[0].islower() and previous[1] == "."
        return is_spaced or not _opens_english(stop.after)  # "z. B. Die Linke"
    is_unit = word in _UNITS and previous[-1:].isdigit()
    if not word.islower() or is_unit or stop.before.endswith(("-", "'", "’", "ʼ")):
        return False  # a word of one letter, or the last part of one: "allez-y", "isn't"
    return bool(_INITIAL.match(stop.after)) or (
        word not in _VOWELS and not _opens_sentence(stop.after)
    )


def _skip(text: str, start: int, end: int) -> int:
    while start < end and text[start].isspace():
        start += 1
    return start


def _skip_back(text: str, end: int) -> int:
    while end and text[end - 1].isspace():
        end -= 1
    return end
