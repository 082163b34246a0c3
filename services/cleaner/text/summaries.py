"""Whether a text sums an article up: a sentence about it that its body does not repeat."""

import re
from collections.abc import Collection, Iterable
from typing import Final

from services.cleaner.lines.line_types import (
    COPYRIGHT,
    FURNITURE,
    SUBSCRIPTION,
    TEMPLATE,
    is_one_of,
)
from services.cleaner.text.characters import normalise, tokens, word_count, word_overlap

_END: Final = re.compile(r"[.!?。！？؟।][\"'”’»«)\]』」]*$")
_SENTENCE_WORDS: Final = 7
_CUT_OFF: Final = re.compile(r"(?:…|\.\.\.|\[[.…]+\])\s*$")
_OF_THE_SITE: Final = re.compile(
    r"^(?:read|get|find|discover|browse|watch|follow|stay|visit|subscribe|join|sign up|click|see"
    r"|lesen sie|erfahren sie|alle|aktuelle|hier|jetzt|lire|lisez|retrouvez|suivez|toute"
    r"|lea|descubre|todas?|sigue|leggi|scopri|segui)\b.{0,300}"
    r"\b(?:latest|breaking|news|updates?|stories|coverage|headlines|nachrichten"
    r"|info(?:s|rmation(?:en)?)?|actualités?|noticias|notizie|more (?:on|at|about))\b"
    r"|\b(?:cookies?|javascript|all rights reserved|is a website|your (?:trusted )?source)\b"
    r"|\b(?:online|news) (?:portal|site|website)\b"
    r"|(?:[€$£]\s?\d|\d\s?€).{0,80}\b(?:article|artikel|abo|subscri)|ご覧ください",
    re.IGNORECASE,
)
_ABOUT_NEWS: Final = re.compile(
    r"\b(?:news|latest|website|portal|magazine|newspaper|nachrichten|zeitung|actualités?|journal"
    r"|noticias|periódico|notizie|giornale)\b",
    re.IGNORECASE,
)
NEVER_DECK: Final = frozenset((TEMPLATE, COPYRIGHT, FURNITURE, SUBSCRIPTION))
"""Types of lines that are no deck."""
_MAX_MARKS: Final = 0.34
_RUN: Final = 4
_REPEATED: Final = 0.8
_STOPS: Final = " .!?…"
_BEGINNING: Final = 300
"""Characters of a body, beside twice the summary's, in which the summary's words are looked for."""
_FULL_WORDS: Final = 10
"""So many words are a sentence without its full stop."""


def ends_sentence(text: str) -> bool:
    """Return whether the text ends with the mark of a sentence."""
    return bool(_END.search(text))


def is_of_the_site(text: str) -> bool:
    """Return whether the text speaks of the site, its news or its offers."""
    return bool(_OF_THE_SITE.search(text))


def is_summary(text: str, headline: str, sites: Collection[str] = ()) -> bool:
    """Return whether a text is a sentence about the article, and not cut off.

    Lists of keywords, the headline again and what the site says of itself are none.
    """
    words = word_count(text)
    is_sentence = ends_sentence(text) or words >= _FULL_WORDS
    is_list = text.count(",") + text.count("|") + text.count(";") > words * _MAX_MARKS
    if words < _SENTENCE_WORDS or not is_sentence or is_list or _CUT_OFF.search(text):
        return False
    if is_one_of(text, words, NEVER_DECK) or is_of_the_site(text):
        return False
    key = normalise(text)
    names_site = any(f" {normalise(site)} " in f" {key} " for site in sites if site)
    if names_site and _ABOUT_NEWS.search(text):
        return False
    return word_overlap(key, normalise(headline)) < _REPEATED


def is_quoted(text: str, paragraphs: Iterable[str]) -> bool:
    """Return whether a paragraph has the text, letter by letter."""
    bare = text.rstrip(_STOPS)
    return any(bare in paragraph for paragraph in paragraphs)


def is_repeated(text: str, paragraphs: Collection[str]) -> bool:
    """Return whether the paragraphs have the text, or begin with most of its words."""
    if is_quoted(text, paragraphs):
        return True
    body = "\n".join(paragraphs)
    runs = _runs(text)
    beginning = _runs(body[: _BEGINNING + 2 * len(text)])
    return len(runs & beginning) >= _REPEATED * len(runs)


def _runs(text: str) -> set[tuple[str, ...]]:
    words = tokens(normalise(text))
    return set(zip(*(words[start:] for start in range(_RUN)), strict=False))
