"""Step 4: the sentences of the body, as spans, and from them a headline where none was found.

A sentence ends at . ! ? or … (with the quotes and brackets that close it) before white space and something that can begin a sentence: a
capital, a digit, an opening quote, a letter of a script without capitals. It ends at 。！？ and the full stops of Khmer and Burmese
always, and with its paragraph. It does not
end after a title, an initial or an abbreviation that wants a name or number; after "U.S." and the like only before a word that hardly
ever goes on with a name ("The", "He"); nor after a number of one or two digits before a capital ("12. September").
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from services.cleaner.article_draft import ArticleDraft
from shared.messages.schemas import Span
from shared.text.writing_systems import UNSPACED

_STOP: Final = re.compile(r"[.!?…؟۔।។៕။。！？]+[\"'”’»«)\]』」）]*")
_ENDS_ALWAYS: Final = frozenset("。！？។៕။")
_OPENING: Final = "\"'“‘«»„‚([「『（¿¡–—-"
_INITIALS: Final = re.compile(r"(?:[^\W\d_]\.)+")
_BEGIN = "The He She It They We But And In On At A An This That These Those His Her Its Their Both As After"
_TITLES = """
mr mrs ms dr prof gen lt col maj capt cmdr adm sgt sen rep gov pres sec amb hon rev st mt vs nos fig vol pp dept supt
jan feb mar apr jun jul aug sep sept oct nov dec bzw ca evtl ggf inkl vgl mme mlle sra dra avda núm approx
"""
_ENDINGS = "inc corp co ltd llc plc bros jr sr etc usw"
_STARTERS: Final = frozenset(_BEGIN.split())
_BEFORE_NAMES: Final = frozenset(_TITLES.split())
_AFTER_NAMES: Final = frozenset(_ENDINGS.split())
_ORDINAL: Final = re.compile(r"\d{1,2}\.")
_LONGEST_WORD: Final = 24
_HEADLINE_CHARACTERS: Final = 160


def split_sentences(draft: ArticleDraft) -> ArticleDraft:
    """Fill ``sentences`` and ``headline``."""
    spans = tuple(
        span for paragraph in draft.paragraphs for span in sentences(draft.body, paragraph)
    )
    if draft.extraction.headline:
        return replace(draft, sentences=spans, headline=draft.extraction.headline)
    first = draft.body[spans[0].start : spans[0].end]
    headline = (
        first
        if len(first) <= _HEADLINE_CHARACTERS
        else first[: _HEADLINE_CHARACTERS - 1].rstrip() + "…"
    )
    return replace(draft, sentences=spans, headline=headline).with_evidence(
        headline="first sentence"
    )


def sentences(body: str, paragraph: Span) -> Iterator[Span]:
    """The sentences of one paragraph, in order: together they are all of it but the white space between them."""
    start = paragraph.start
    for stop in _STOP.finditer(body, paragraph.start, paragraph.end):
        if stop.end() < paragraph.end and _ends_sentence(body, stop, paragraph.end):
            yield Span(start=start, end=stop.end())
            start = stop.end()
            while start < paragraph.end and body[start].isspace():
                start += 1
    if start < paragraph.end:
        yield Span(start=start, end=paragraph.end)


def _ends_sentence(body: str, stop: re.Match[str], end: int) -> bool:
    if any(sign in _ENDS_ALWAYS for sign in stop.group()):
        return True
    if not body[stop.end()].isspace():
        return False
    following = body[stop.end() + 1 : min(end, stop.end() + 1 + _LONGEST_WORD)].lstrip(
        _OPENING + " \n"
    )
    if not following or not _can_begin(following[0]):
        return False
    return (
        stop.group()[0] != "."
        or stop.group().startswith("..")
        or not _abbreviated(body, stop, following)
    )


def _can_begin(character: str) -> bool:
    return (
        character.isupper()
        or character.isdigit()
        or (character.isalpha() and not character.islower())
        or bool(re.match(f"[{UNSPACED}]", character))
    )


def _abbreviated(body: str, stop: re.Match[str], following: str) -> bool:
    window = body[max(0, stop.start() - _LONGEST_WORD) : stop.start() + 1]
    word = (window.split() or ["."])[-1].lstrip(_OPENING)
    bare = word[:-1].casefold()
    if bare in _BEFORE_NAMES or (len(bare) == 1 and word[0].isupper()):
        return True
    starts_anew = following.split(maxsplit=1)[0].rstrip(",") in _STARTERS
    return not starts_anew and (
        bare in _AFTER_NAMES or bool(_INITIALS.fullmatch(word)) or bool(_ORDINAL.fullmatch(word))
    )
